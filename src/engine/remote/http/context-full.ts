import { MedGemmaError } from "../../../base/errors.js";

interface ErrorBody {
  readonly message?: unknown;
  readonly type?: unknown;
  readonly n_prompt_tokens?: unknown;
  readonly n_ctx?: unknown;
}

/** llama-server's name for a prompt that is longer than its context; with it come the numbers, and no text. */
const LLAMA_SERVER = "exceed_context_size_error";
/** vLLM and TGI tell it in words that have changed over time; only the numbers are taken from them. */
const TGI = {
  context: [/max_new_tokens` must be <= (\d+)/i, /must have less than (\d+) tokens/i],
  prompt: [/given: (\d+) `inputs` tokens/i, /less than \d+ tokens\. given: (\d+)/i],
  answer: /and (\d+) `max_new_tokens`/i,
};
const CONTEXT = [/context length is (?:only )?(\d+)/i, /maximum model length of (\d+)/i, ...TGI.context];
const PROMPT = [
  /(\d+) in the messages/i,
  /(\d+) input tokens/i,
  /prompt \(length (\d+)\)/i,
  /(?:resulted in|requested) (\d+) tokens/i,
  ...TGI.prompt,
];
const ANSWER = [
  /(\d+) in the completion/i,
  /(\d+) output tokens/i,
  /max_tokens.*? is too large: (\d+)/is,
  TGI.answer,
];
/** OpenAI's, of an answer alone. */
const LONGEST_ANSWER = [/at most (\d+) completion tokens/i];
/** vLLM stops counting where it is too much. */
const AT_LEAST = /at least \d+ input tokens/i;

/**
 * The error for a body that says that prompt and answer are too long together, with what there is too much of;
 * undefined for all others, whose text is not kept.
 */
export function contextFull(body: unknown): MedGemmaError | undefined {
  const { error = body } = (body ?? {}) as { error?: unknown };
  const { message, type, n_prompt_tokens, n_ctx } =
    // TGI's error is the words themselves.
    (typeof error === "string" ? { message: error } : (error ?? {})) as ErrorBody;
  if (type === LLAMA_SERVER && Number.isInteger(n_prompt_tokens) && Number.isInteger(n_ctx))
    return promptTooLong(Number(n_prompt_tokens), 0, Number(n_ctx));
  if (typeof message !== "string") return undefined;
  // What is said is said at the beginning, and the patterns are slow on megabytes.
  const text = message.slice(0, 10_000);
  const most = numberOf(text, LONGEST_ANSWER);
  if (most !== undefined) return answerTooLong(most);
  const [available, prompt, answer = 0] = [CONTEXT, PROMPT, ANSWER].map((words) => numberOf(text, words));
  if (available === undefined || prompt === undefined) return undefined;
  if (prompt >= available || answer === 0) return promptTooLong(prompt, answer, available);
  return noRoom(prompt, answer, available, !AT_LEAST.test(text));
}

function numberOf(message: string, words: readonly RegExp[]): number | undefined {
  const found = words.map((some) => some.exec(message)?.[1]).find((text) => text !== undefined);
  return found === undefined ? undefined : Number(found);
}

function promptTooLong(prompt: number, answer: number, available: number): MedGemmaError {
  return new MedGemmaError(
    "context_full",
    `The prompt has ${prompt} tokens; the endpoint's context holds ${available}.`,
    { facts: { required: prompt + answer, available } },
  );
}

/** The prompt would fit. */
function noRoom(prompt: number, maxTokens: number, available: number, exact: boolean): MedGemmaError {
  const counted = exact ? `${prompt}` : `at least ${prompt}`;
  const fitting = exact ? `: ${available - prompt} fit` : ", or a shorter prompt";
  return new MedGemmaError(
    "context_full",
    `The answer's maxTokens of ${maxTokens} is too much beside a prompt of ${counted} tokens; the endpoint's context holds ${available}.`,
    {
      facts: { required: prompt + maxTokens, available, option: "maxTokens", maxTokens },
      remedy: `Ask with a smaller \`maxTokens\` (\`--max-tokens\`)${fitting}.`,
    },
  );
}

function answerTooLong(most: number): MedGemmaError {
  return new MedGemmaError("bad_option", `The endpoint answers with ${most} tokens at most.`, {
    facts: { option: "maxTokens", most },
    remedy: `Ask with \`maxTokens\` (\`--max-tokens\`) of at most ${most}.`,
  });
}
