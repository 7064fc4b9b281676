import { MedGemmaError } from "../../base/errors.js";
import { isLoopback, retryAfter } from "../../base/http.js";

/** Bytes that a connection must have brought for the next one to follow at once. */
export const MUCH = 1 << 16;
const MAX_REDIRECTS = 10;
/** Seconds of Retry-After that are waited for; more than that is told to the user. */
const MAX_RETRY_AFTER = 300;

/** Why no connection came about: a name or a host that is not there, or nobody who listens. Another try seldom helps. */
const UNREACHABLE = new Set([
  ...["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "EHOSTUNREACH", "EHOSTDOWN", "ENETUNREACH", "ENETDOWN"],
  ...["ETIMEDOUT", "UND_ERR_CONNECT_TIMEOUT"],
]);
/** Certificates that are not trusted, as behind a proxy that looks into what passes: another try never helps. */
const UNTRUSTED = /CERT|^UNABLE_TO_|SELF_SIGNED/;

/** What may go better another time. */
export class Interruption extends Error {
  /** How often it is worth trying again where nothing has come yet; undefined: as after any cut. */
  get retries(): number | undefined {
    return UNTRUSTED.test(this.reason) ? 0 : UNREACHABLE.has(this.reason) ? 1 : undefined;
  }
  /** Milliseconds that the server asks to wait, if it does. */
  readonly retryAfter: number | undefined;
  readonly reason: string;

  constructor(reason: string, options: { retryAfter?: number; cause?: unknown } = {}) {
    super(reason, { cause: options.cause });
    this.reason = reason;
    this.retryAfter = options.retryAfter;
  }
}

export interface HubRequest {
  readonly url: URL;
  readonly file: string;
  /** Sent to the origin of `url` only, never to where it redirects, and never in the open over a network. */
  readonly token: string | undefined;
  /** First byte to ask for. */
  readonly from: number;
  /** Behind the last one; without it, all that follow. */
  readonly to?: number | undefined;
  /** With `from`: of which state of the file the bytes are that we have. */
  readonly etag: string | undefined;
  readonly signal: AbortSignal;
}

export interface HubResponse {
  readonly response: Response;
  /** sha256 and bytes of the file by the hub's own word, when it gave them. */
  readonly hubSha256: string | undefined;
  readonly hubBytes: number | undefined;
}

/**
 * A GET that follows redirects itself, for fetch tells nobody where the token went and what the hub said on the way.
 * Gives any of 200, 206 and 416.
 * @throws MedGemmaError `access_denied`, `download_failed`; Interruption for what may pass: network, 408, 429, 5xx.
 */
export async function requestFile(request: HubRequest): Promise<HubResponse> {
  const { file, token, from, to, etag, signal } = request;
  let { url } = request;
  let hubSha256: string | undefined;
  let hubBytes: number | undefined;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const isHub = url.origin === request.url.origin;
    const headers = new Headers({ "accept-encoding": "identity", "user-agent": "medgemma" });
    if (token !== undefined && isHub && isPrivate(url)) headers.set("authorization", `Bearer ${token}`);
    if (from > 0 || to !== undefined) headers.set("range", `bytes=${from}-${to === undefined ? "" : to - 1}`);
    if (from > 0 && etag !== undefined) headers.set("if-range", etag);
    const response = await send(url, headers, signal);
    if (isHub) hubSha256 ??= linkedSha256(response);
    if (isHub) hubBytes ??= linkedBytes(response);
    const { status } = response;
    if (status === 200 || status === 206 || status === 416) return { response, hubSha256, hubBytes };
    // Nobody reads it: give the connection back.
    response.body?.cancel().catch(() => undefined);
    if (![301, 302, 303, 307, 308].includes(status)) throw statusError(file, response, token !== undefined);
    url = redirected(file, url, response.headers.get("location"));
  }
  throw failed(file, "it is redirected without end", { reason: "redirects" });
}

async function send(url: URL, headers: Headers, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { headers, redirect: "manual", signal });
  } catch (cause) {
    const inner = (cause as { cause?: { code?: string } }).cause;
    throw new Interruption(inner?.code ?? "network", { cause });
  }
}

/** A part of a file, as an answer holds it. */
export interface Range {
  readonly from: number;
  /** Behind the last byte. */
  readonly to: number;
  /** Of how many, if it says that. */
  readonly total: number | undefined;
}

/**
 * Which bytes of the file an answer holds; undefined for a whole one, and for a part that does not say which it is.
 * Some servers and caches give a part with the status of a whole: its length tells.
 */
export function rangeOf({ status, headers }: Response): Range | undefined {
  const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec((headers.get("content-range") ?? "").trim());
  if (range === null || (status !== 206 && status !== 200)) return undefined;
  const [from, to] = [Number(range[1]), Number(range[2]) + 1];
  const total = range[3] === "*" ? undefined : Number(range[3]);
  if (from >= to || to > (total ?? Infinity)) return undefined;
  const length = lengthOf(headers);
  if (status === 200 && (length === undefined ? to - from === total : length === total)) return undefined;
  return length === undefined || length === to - from ? { from, to, total } : undefined;
}

/** Bytes that a body will have; undefined where it is not said, or they are packed. */
export function lengthOf(headers: Headers): number | undefined {
  const length = headers.get("content-length");
  return length === null || headers.has("content-encoding") ? undefined : Number(length);
}

/** Bytes of the whole file, as a refusal of a range behind its end says it (416). */
export function sizeBeyond({ status, headers }: Response): number | undefined {
  const size = /^bytes \*\/(\d+)$/.exec(headers.get("content-range") ?? "")?.[1];
  return status === 416 && size !== undefined ? Number(size) : undefined;
}

/** A weak tag does not promise the same bytes, and must not be used for ranges. */
export function strongEtag({ headers }: Response): string | undefined {
  const etag = headers.get("etag") ?? "";
  return etag.startsWith('"') ? etag : undefined;
}

/** https, or this machine. */
function isPrivate(address: URL): boolean {
  return address.protocol === "https:" || isLoopback(address);
}

/** Hugging Face names a large file's sha256 before it redirects to where the bytes are. */
function linkedSha256({ headers }: Response): string | undefined {
  return /^(?:W\/)?"?([0-9a-f]{64})"?$/.exec(headers.get("x-linked-etag") ?? "")?.[1];
}

/** And its size. */
function linkedBytes({ headers }: Response): number | undefined {
  const size = headers.get("x-linked-size") ?? "";
  return /^\d{1,15}$/.test(size) ? Number(size) : undefined;
}

function redirected(file: string, from: URL, location: string | null): URL {
  if (location === null || !URL.canParse(location, from.href))
    throw failed(file, "the hub redirects to nowhere", { reason: "redirects" });
  const to = new URL(location, from);
  if (to.protocol !== "https:" && !(to.protocol === "http:" && from.protocol === "http:"))
    throw failed(file, `the hub redirects from ${from.protocol} to ${to.protocol}`, { reason: "redirects" });
  return to;
}

function statusError(file: string, { status, headers }: Response, hadToken: boolean): Error {
  if (status === 401 || status === 403) {
    const remedy = hadToken
      ? "The token of HF_TOKEN was refused: accept the terms on the model's page there, and check what the token may read."
      : undefined;
    return new MedGemmaError(
      "access_denied",
      `The hub does not give ${file} to this user (HTTP ${status}).`,
      {
        facts: { file, status },
        ...(remedy !== undefined && { remedy }),
      },
    );
  }
  if (status === 404 || status === 410)
    return failed(file, `it is not there (HTTP ${status})`, { status, reason: "not_found" });
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    const wait = retryAfter(headers.get("retry-after"));
    if (wait !== undefined && wait > MAX_RETRY_AFTER * 1000) {
      const minutes = Math.ceil(wait / 60_000);
      return failed(file, `the hub asks to come back in ${minutes} minutes`, { status, reason: "busy" });
    }
    return new Interruption(`HTTP ${status}`, wait === undefined ? {} : { retryAfter: wait });
  }
  return failed(file, `the hub answers HTTP ${status}`, { status, reason: "status" });
}

/** No connection came about. */
export function unreachable(file: string, cause: Interruption): MedGemmaError {
  const untrusted = cause.retries === 0;
  const network = untrusted
    ? "Name your network's certificate in NODE_EXTRA_CA_CERTS."
    : "Check the network and MEDGEMMA_HUB; behind a proxy set HTTPS_PROXY and NODE_USE_ENV_PROXY=1 (Node 22.21, 24 or newer).";
  return failed(
    file,
    `the hub ${untrusted ? "has a certificate that is not trusted here" : "cannot be reached"} (${cause.reason})`,
    { reason: cause.reason },
    {
      cause,
      remedy: `${network} Without one, fetch the file elsewhere and pass its path (\`--model FILE --mmproj FILE\`), or copy another machine's models folder and name it in MEDGEMMA_MODELS.`,
    },
  );
}

export function failed(
  file: string,
  why: string,
  facts: { status?: number; reason: string },
  { cause, remedy }: { cause?: unknown; remedy?: string } = {},
): MedGemmaError {
  return new MedGemmaError("download_failed", `${file} cannot be fetched: ${why}.`, {
    facts: { file, ...facts },
    cause,
    ...(remedy !== undefined && { remedy }),
  });
}
