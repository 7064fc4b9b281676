import { setTimeout as sleep } from "node:timers/promises";
import { MedGemmaError, throwIfAborted } from "../../errors.js";

export interface Connection {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Tries after the first. */
  readonly retries: number;
  /** Milliseconds for one request with its answer. */
  readonly timeout: number;
}

const BUSY = new Set([429, 503]);
/** Refused, or an idle connection that the server closed just now: no answer has begun. */
const UNANSWERED = new Set(["ECONNREFUSED", "ECONNRESET", "UND_ERR_SOCKET", "EPIPE"]);
const FIRST_WAIT = 250;
const LONGEST_WAIT = 30_000;

/**
 * One request; tried again while the endpoint is busy or not reachable. Redirects are refused, for they would take the
 * credentials elsewhere.
 * @throws MedGemmaError `endpoint_failed` with the status only: a body may repeat the prompt; `aborted`.
 */
export async function request(
  connection: Connection,
  path: string,
  body: object | undefined,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const { url, headers, retries, timeout } = connection;
  for (let attempt = 0; ; attempt++) {
    throwIfAborted(signal);
    const limit = AbortSignal.timeout(timeout);
    let wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** attempt) * (0.5 + Math.random() / 2);
    try {
      const response = await fetch(url + path, {
        method: body ? "POST" : "GET",
        headers: { ...headers, ...(body && { "content-type": "application/json" }) },
        ...(body && { body: JSON.stringify(body) }),
        redirect: "manual",
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
      });
      if (response.ok) return response;
      if (!BUSY.has(response.status) || attempt >= retries) throw await statusError(response);
      await response.body?.cancel();
      const after = Number(response.headers.get("retry-after"));
      if (after > 0) wait = Math.min(LONGEST_WAIT, after * 1000);
    } catch (error) {
      if (MedGemmaError.isInstance(error)) throw error;
      if (signal?.aborted || !UNANSWERED.has(reasonOf(error)) || attempt >= retries)
        throw toEndpointError(error, signal);
    }
    await sleep(wait, undefined, signal && { signal }).catch(() => throwIfAborted(signal));
  }
}

/** As {@link request}, for an answer of JSON. */
export async function requestJson(
  connection: Connection,
  path: string,
  body: object | undefined,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const response = await request(connection, path, body, signal);
  try {
    return await response.json();
  } catch (error) {
    throw toEndpointError(error, signal);
  }
}

/** What went wrong under way; the caller's own abort stays one. */
export function toEndpointError(error: unknown, signal: AbortSignal | undefined): MedGemmaError {
  if (MedGemmaError.isInstance(error)) return error;
  if (signal?.aborted) return new MedGemmaError("aborted", undefined, { cause: signal.reason });
  const reason = reasonOf(error);
  return new MedGemmaError("endpoint_failed", `The endpoint failed (${reason}).`, { facts: { reason } });
}

interface ErrorBody {
  readonly error?: {
    readonly type?: string;
    readonly n_prompt_tokens?: number;
    readonly n_ctx?: number;
  };
}

/** llama-server's name for a prompt that is longer than its context; with it come the numbers, and no text. */
const CONTEXT_FULL = "exceed_context_size_error";

async function statusError(response: Response): Promise<MedGemmaError> {
  const { status } = response;
  const body = (await response.json().catch(() => undefined)) as ErrorBody | undefined;
  const { type, n_prompt_tokens: promptTokens, n_ctx: contextSize } = body?.error ?? {};
  if (type === CONTEXT_FULL && Number.isInteger(promptTokens) && Number.isInteger(contextSize))
    return new MedGemmaError(
      "context_full",
      `The prompt has ${promptTokens} tokens; the endpoint's context holds ${contextSize}.`,
      { facts: { required: promptTokens, available: contextSize } },
    );
  return new MedGemmaError("endpoint_failed", `The endpoint answered with status ${status}.`, {
    facts: { status },
  });
}

/** A short code; a message of the parser's would quote the answer. */
function reasonOf(error: unknown): string {
  const { cause, name } = error as { cause?: { code?: unknown }; name?: string };
  return typeof cause?.code === "string" ? cause.code : (name ?? "unknown");
}
