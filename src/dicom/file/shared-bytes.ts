import { setImmediate } from "node:timers/promises";
import { throwIfAborted } from "../../base/errors.js";

/** What is shorter is copied to a worker faster than it is shared. */
export const WORTH_SHARING = 1 << 20;
/** Bytes copied in one go: a few milliseconds. */
const PIECE = 1 << 24;

/** Bytes that are kept for the next call, and how long. */
const MOST_KEPT = 512 << 20;
const KEEP_MS = 30_000;

/**
 * Memory that all threads share is freed when each thread that saw it has collected its garbage, and no thread is urged to:
 * of a hundred calls all copies would be there still. So it is used again.
 */
class SharedMemory {
  /** By size. */
  readonly #free: SharedArrayBuffer[] = [];
  #dropping: NodeJS.Timeout | undefined;

  take(bytes: number): SharedArrayBuffer {
    // Not a far larger one, which is counted by what is taken of it.
    const fits = this.#free.findIndex(({ byteLength }) => byteLength >= bytes && byteLength <= 2 * bytes);
    return fits < 0 ? new SharedArrayBuffer(bytes) : (this.#free.splice(fits, 1)[0] as SharedArrayBuffer);
  }

  give(memory: SharedArrayBuffer): void {
    this.#free.push(memory);
    this.#free.sort((a, b) => a.byteLength - b.byteLength);
    const kept = () => this.#free.reduce((sum, { byteLength }) => sum + byteLength, 0);
    while (kept() > MOST_KEPT) this.#free.shift();
    clearTimeout(this.#dropping);
    this.#dropping = setTimeout(() => this.#free.splice(0), KEEP_MS).unref();
  }
}

const memory = new SharedMemory();

/** The bytes of one call that every worker can read, so that a large file is not copied for each job. */
export class SharedBytes {
  readonly #taken: SharedArrayBuffer[] = [];

  constructor(private readonly signal: AbortSignal | undefined) {}

  /** The same bytes, copied in pieces; small ones as they are. @throws MedGemmaError `aborted`. */
  async share(bytes: Uint8Array): Promise<Uint8Array> {
    if (bytes.length < WORTH_SHARING || bytes.buffer instanceof SharedArrayBuffer) return bytes;
    const taken = memory.take(bytes.length);
    this.#taken.push(taken);
    const shared = new Uint8Array(taken, 0, bytes.length);
    for (let from = 0; from < bytes.length; from += PIECE) {
      shared.set(bytes.subarray(from, from + PIECE), from);
      await setImmediate();
      throwIfAborted(this.signal);
    }
    return shared;
  }

  /** The call is over: what still reads them reads for nobody. */
  end(): void {
    for (const taken of this.#taken.splice(0)) memory.give(taken);
  }
}
