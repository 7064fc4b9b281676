import { MedGemmaError } from "../../errors.js";

interface ErrorBody {
  readonly message?: unknown;
  readonly type?: unknown;
  readonly n_prompt_tokens?: unknown;
  readonly n_ctx?: unknown;
}

/** llama-server's name for a prompt that is longer than its context; with it come the numbers, and no text. */
const LLAMA_SERVER = "exceed_context_size_error";
/** vLLM tells it in words that have changed over time; only the numbers are taken from them. */
const VLLM = [
  /maximum context length is (?<available>\d+) tokens.*?(?:requested|contains at least|has|passed) (?<required>\d+)/is,
  /prompt \(length (?<required>\d+)\) is longer than the maximum model length of (?<available>\d+)/i,
];

/** The error for a body that says that the prompt is too long; undefined for all others, whose text is not kept. */
export function contextFull(body: unknown): MedGemmaError | undefined {
  const { error = body } = (body ?? {}) as { error?: unknown };
  const { message, type, n_prompt_tokens, n_ctx } = (error ?? {}) as ErrorBody;
  if (type === LLAMA_SERVER && Number.isInteger(n_prompt_tokens) && Number.isInteger(n_ctx))
    return toError(Number(n_prompt_tokens), Number(n_ctx));
  if (typeof message !== "string") return undefined;
  const found = VLLM.map((words) => words.exec(message)?.groups).find((groups) => groups !== undefined);
  return found && toError(Number(found.required), Number(found.available));
}

function toError(required: number, available: number): MedGemmaError {
  return new MedGemmaError(
    "context_full",
    `The prompt has ${required} tokens; the endpoint's context holds ${available}.`,
    { facts: { required, available } },
  );
}
