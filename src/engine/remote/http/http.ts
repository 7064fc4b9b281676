import { setTimeout as sleep } from "node:timers/promises";
import { abortedBy } from "../../../base/abort.js";
import { MedGemmaError, throwIfAborted } from "../../../base/errors.js";
import { UnboundedJson } from "../../../base/files/bounded-json.js";
import { retryAfter } from "../../../base/http.js";
import { Answer } from "./answer.js";
import { fetchPatiently } from "./fetch.js";
import { redirected, redirectOf } from "./redirect.js";
import { unreadable } from "./shape.js";
import { LONGEST_RETRY_AFTER, statusError } from "./status-error.js";
import { TimeLimit } from "./time-limit.js";

export interface Connection {
  readonly url: string;
  /** Asked before each try: a token may have run out. */
  headers(signal: AbortSignal): Promise<Readonly<Record<string, string>>>;
  /** Tries after the first, on this very endpoint. */
  readonly retries: number;
  /** Milliseconds for one request with its answer. */
  readonly timeout: number;
}

/** What is known of a request beside its body. */
export interface About {
  /** Bytes that the answer may have. Defaults to {@link JSON_BYTES}. */
  readonly most?: number | undefined;
  /** Items that its JSON may have. Defaults to {@link JSON_ITEMS}. */
  readonly items?: number | undefined;
  /** Whether it has pictures, which its refusal may be about. */
  readonly images?: boolean | undefined;
}

const BUSY = new Set([429, 503]);
/** Of a gateway whose server is gone, too. */
const TEMPORARY = new Set([...BUSY, 502, 504]);
/** Refused, or an idle connection that the server closed just now: no answer has begun. */
const UNANSWERED = new Set(["ECONNREFUSED", "ECONNRESET", "UND_ERR_SOCKET", "EPIPE"]);
/** The machine or its name is gone: another endpoint may do, the same one hardly. */
const GONE = new Set([
  "UND_ERR_CONNECT_TIMEOUT",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "EHOSTDOWN",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
]);
const FIRST_WAIT = 250;
const LONGEST_WAIT = 30_000;
const HEALTH_LIMIT = 5000;
const MOST_HOPS = 5;
/** That an answer may have where its request does not tell. */
export const JSON_BYTES = 8 << 20;
/** And so many items (see {@link JsonBounds}): a gateway's list of a thousand models has fewer. */
export const JSON_ITEMS = 50_000;

/**
 * One request; tried again while the endpoint is busy or not reachable. Of redirects only those of a question without
 * body are followed, at the same place: others would take the credentials and a patient's data elsewhere.
 * @throws MedGemmaError `endpoint_failed` with the status and the kind of error: a body may repeat the prompt;
 * `endpoint_credentials`; `context_full`; `unsupported_by_endpoint` for pictures; `aborted`.
 */
export async function request(
  connection: Connection,
  path: string,
  body: object | undefined,
  signal: AbortSignal | undefined,
  { most = JSON_BYTES, images = false }: About = {},
): Promise<Answer> {
  const { url, retries, timeout } = connection;
  const text = body && JSON.stringify(body);
  const method = body ? "POST" : "GET";
  let [address, hops] = [url + path, 0];
  for (let attempt = 0; ; attempt++) {
    throwIfAborted(signal);
    const limit = new TimeLimit(timeout, signal);
    let wait = waitAfter(attempt);
    try {
      const headers = {
        ...(await connection.headers(limit.signal)),
        ...(text !== undefined && { "content-type": "application/json" }),
      };
      const init = { method, headers, body: text ?? null, redirect: "manual", signal: limit.signal } as const;
      const answer = new Answer(await limit.race(fetchPatiently(address, init)), limit, most);
      if (answer.status >= 200 && answer.status < 300) return answer;
      const to = redirectOf(answer, address);
      if (to) {
        answer.end();
        if (body || to.origin !== new URL(address).origin || ++hops > MOST_HOPS)
          throw redirected(to, path, answer.status);
        address = to.href;
        attempt--;
        continue;
      }
      const after = retryAfter(answer.header("retry-after")) ?? 0;
      const again = BUSY.has(answer.status) && attempt < retries && after <= LONGEST_RETRY_AFTER;
      if (!again) throw await statusError(answer, images);
      answer.end();
      if (after > 0) wait = after;
    } catch (error) {
      limit.end();
      // An end while the headers were waited for is told by that signal which brought it.
      if (limit.fired) throw toEndpointError(limit.signal.reason, undefined);
      if (MedGemmaError.isInstance(error)) throw error;
      if (signal?.aborted || !UNANSWERED.has(reasonOf(error)) || attempt >= retries)
        throw toEndpointError(error, signal);
    }
    await sleep(wait, undefined, signal && { signal }).catch(() => throwIfAborted(signal));
  }
}

/** Whether it is the code of an error that another try, or another endpoint, may not have. */
export function isNetworkCode(code: unknown): boolean {
  return UNANSWERED.has(String(code)) || GONE.has(String(code));
}

/** Milliseconds, growing and never the same for two clients. */
export function waitAfter(attempt: number): number {
  return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** attempt) * (0.5 + Math.random() / 2);
}

/** Whether the endpoint answers a GET; also with a refusal, for a gateway may hide the path. Never throws. */
export async function isThere(connection: Connection, path: string, signal: AbortSignal): Promise<boolean> {
  try {
    const quick = { ...connection, retries: 0, timeout: Math.min(connection.timeout, HEALTH_LIMIT) };
    (await request(quick, path, undefined, signal)).end();
    return true;
  } catch (error) {
    const status = MedGemmaError.isInstance(error) ? Number(error.facts.status) : Number.NaN;
    return status >= 400 && status < 500 && !BUSY.has(status);
  }
}

/** Whether another endpoint, or this one later, may well take the same request. */
export function isTemporary(error: unknown): boolean {
  if (!MedGemmaError.isInstance(error) || error.code !== "endpoint_failed") return false;
  const { status, reason } = error.facts;
  return TEMPORARY.has(Number(status)) || isNetworkCode(reason) || reason === "cut";
}

/** What an endpoint says that has another model, other paths or another program than it was found with. */
const UNABLE = new Set([404, 405, 410, 500, 501]);
const UNREADABLE = new Set(["bad_json", "shape", "no_json", "redirect", "other_model", "error"]);

/** Whether an endpoint cannot do what others may: a pool asks it no more until it answers. */
export function isUnable(error: unknown): boolean {
  if (!MedGemmaError.isInstance(error)) return false;
  if (error.code === "endpoint_credentials") return true;
  const { status, reason } = error.facts;
  return error.code === "endpoint_failed" && (UNABLE.has(Number(status)) || UNREADABLE.has(String(reason)));
}

/** As {@link request}, for an answer of JSON. */
export async function requestJson(
  connection: Connection,
  path: string,
  body: object | undefined,
  signal: AbortSignal | undefined,
  about: About = {},
): Promise<unknown> {
  const answer = await request(connection, path, body, signal, about);
  try {
    return await answer.json(about.items ?? JSON_ITEMS);
  } catch (error) {
    // The parser's message would quote the answer.
    if (error instanceof SyntaxError) throw unreadable("no_json");
    if (error instanceof UnboundedJson) throw unreadable("shape");
    throw toEndpointError(error, signal);
  }
}

/** What went wrong under way; the caller's own abort stays one. */
export function toEndpointError(error: unknown, signal: AbortSignal | undefined): MedGemmaError {
  if (MedGemmaError.isInstance(error)) return error;
  if (signal?.aborted) return abortedBy(signal);
  const reason = reasonOf(error);
  return new MedGemmaError("endpoint_failed", `The endpoint failed (${reason}).`, { facts: { reason } });
}

/** A short code; a message of the parser's would quote the answer. */
function reasonOf(error: unknown): string {
  const { cause, name } = error as { cause?: { code?: unknown; message?: unknown }; name?: string };
  // fetch never speaks to the ports of some other protocols.
  if (cause?.message === "bad port") return "bad_port";
  return typeof cause?.code === "string" ? cause.code : (name ?? "unknown");
}
