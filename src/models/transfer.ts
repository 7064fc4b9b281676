import { MedGemmaError } from "../errors.js";
import type { Claim } from "./claim.js";
import { failed, type HubResponse, Interruption, requestFile } from "./hub-request.js";
import type { PartFile } from "./part-file.js";

export interface TransferOptions {
  readonly url: URL;
  readonly file: string;
  readonly token: string | undefined;
  /** The file's exact size and hash, when known. */
  readonly bytes: number | undefined;
  readonly sha256: string | undefined;
  /** Of which state of the file the part is, when known. */
  readonly etag: string | undefined;
  readonly claim: Claim;
  readonly signal: AbortSignal | undefined;
  /** Milliseconds without a byte after which a connection is given up. */
  readonly idle: number;
  readonly onBytes: (bytes: number, total: number | undefined) => void;
  /** Called before the first byte of a file's new state is written. */
  readonly onEtag: (etag: string | undefined) => Promise<void>;
}

/** What the server said the file is. */
export interface Transferred {
  readonly hubSha256: string | undefined;
  /** More bytes came than the file has. */
  readonly tooLong: boolean;
}

/**
 * One request that appends to the part until the file is whole.
 * @throws MedGemmaError `hash_mismatch`: the hub says beforehand that it has another file; what is here stays.
 * @throws Interruption when the connection was cut; what came stays.
 */
export async function transfer(part: PartFile, options: TransferOptions): Promise<Transferred> {
  const { bytes, claim, onBytes } = options;
  const idle = new IdleSignal(options.idle, options.signal);
  try {
    const request = { ...options, from: part.bytes, signal: idle.signal };
    const { response, hubSha256 } = await idle.race(requestFile(request));
    const total = await begin(part, response, options);
    checkPromise(options, total, hubSha256);
    if (response.body === null) throw new Interruption("empty answer");
    const reader = response.body.getReader();
    for (;;) {
      const { value: chunk } = await idle.race(reader.read());
      if (chunk === undefined) break;
      idle.renew();
      if (!(await claim.held())) throw lost(options.file);
      const limit = bytes ?? total;
      if (limit !== undefined && part.bytes + chunk.byteLength > limit) return { hubSha256, tooLong: true };
      await part.append(chunk);
      onBytes(part.bytes, limit);
    }
    if (part.bytes < (bytes ?? total ?? 0)) throw new Interruption("connection cut");
    return { hubSha256, tooLong: false };
  } catch (error) {
    // fetch's own errors: a TypeError whose cause tells what the network did, or an AbortError.
    if (error instanceof TypeError || (error as Error).name === "AbortError" || idle.fired)
      throw new Interruption(idle.fired ? "silence" : "connection cut", { cause: error });
    throw error;
  } finally {
    idle.end();
  }
}

/** Brings the part to where the answer begins, and gives the file's size if the answer tells it. */
async function begin(
  part: PartFile,
  response: HubResponse["response"],
  { onEtag }: TransferOptions,
): Promise<number | undefined> {
  const { status, headers } = response;
  if (status === 206) {
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get("content-range") ?? "");
    if (range !== null && Number(range[1]) === part.bytes)
      return range[2] === "*" ? undefined : Number(range[2]);
  }
  if (status !== 200) {
    // The file has no such place (416), or these are other bytes than were asked for: begin anew.
    await part.restart();
    throw new Interruption(`unusable range (HTTP ${status})`);
  }
  await part.restart();
  await onEtag(headers.get("etag") ?? undefined);
  const length = headers.get("content-length");
  return length === null || headers.has("content-encoding") ? undefined : Number(length);
}

/** Another file is noticed before three gigabytes of it have come. */
function checkPromise(
  { file, bytes, sha256 }: TransferOptions,
  total: number | undefined,
  hubSha256: string | undefined,
): void {
  if (total !== undefined && bytes !== undefined && total !== bytes)
    throw new MedGemmaError("hash_mismatch", `${file} has ${total} bytes on the hub, not ${bytes}.`, {
      facts: { file, bytes, hubBytes: total },
    });
  if (hubSha256 !== undefined && sha256 !== undefined && hubSha256 !== sha256)
    throw new MedGemmaError("hash_mismatch", `${file} is another file on the hub, by its sha256.`, {
      facts: { file, expected: sha256, actual: hubSha256 },
    });
}

function lost(file: string): Error {
  return failed(file, "another process has taken it over while this one slept", { reason: "taken_over" });
}

/** Fires when nothing has come for a while, or with the caller's signal. */
class IdleSignal {
  fired = false;
  readonly #controller = new AbortController();
  readonly #milliseconds: number;
  readonly #outer: AbortSignal | undefined;
  readonly #onAbort = () => this.#controller.abort();
  #timer: NodeJS.Timeout | undefined;

  constructor(milliseconds: number, outer: AbortSignal | undefined) {
    this.#milliseconds = milliseconds;
    this.#outer = outer;
    if (outer?.aborted) this.#onAbort();
    outer?.addEventListener("abort", this.#onAbort);
    this.renew();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * Waits for the network, but no longer than the signal allows. fetch is given the signal too, which is not enough: in
   * Node 20 a body whose signal fires just before it is read neither ends nor fails.
   */
  race<T>(work: Promise<T>): Promise<T> {
    const { signal } = this;
    return new Promise((resolve, reject) => {
      const stop = () => reject(new DOMException("stopped", "AbortError"));
      if (signal.aborted) stop();
      signal.addEventListener("abort", stop, { once: true });
      work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
    });
  }

  renew(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.fired = true;
      this.#controller.abort();
    }, this.#milliseconds);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener("abort", this.#onAbort);
    // What was not read to its end holds a connection.
    this.#controller.abort();
  }
}
