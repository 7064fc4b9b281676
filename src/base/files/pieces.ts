import { setImmediate } from "node:timers/promises";
import { throwIfAborted } from "../errors.js";

/** Copied in one go: a few milliseconds. */
const AT_A_TIME = 1 << 24;
/** Smaller pieces are put together as they come: a million of a byte each would take a hundred times their bytes. */
const LARGE = 1 << 16;
const BLOCK = 1 << 18;

/** Bytes that came piece by piece. */
export class Pieces {
  readonly #whole: Uint8Array[] = [];
  #block = Buffer.alloc(0);
  #filled = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(piece: Uint8Array): void {
    this.#length += piece.byteLength;
    if (piece.byteLength >= LARGE) {
      this.#closeBlock();
      this.#whole.push(piece);
      return;
    }
    if (this.#filled + piece.byteLength > this.#block.length) {
      this.#closeBlock();
      this.#block = Buffer.allocUnsafe(BLOCK);
    }
    this.#block.set(piece, this.#filled);
    this.#filled += piece.byteLength;
  }

  /** @throws MedGemmaError `aborted`. */
  async joined(signal: AbortSignal | undefined): Promise<Buffer> {
    this.#closeBlock();
    const all = Buffer.allocUnsafe(this.#length);
    let end = 0;
    let rested = 0;
    for (const piece of this.#whole) {
      for (let from = 0; from < piece.byteLength; from += AT_A_TIME) {
        const part = piece.subarray(from, from + AT_A_TIME);
        all.set(part, end);
        end += part.byteLength;
        if (end - rested < AT_A_TIME) continue;
        rested = end;
        await setImmediate();
        throwIfAborted(signal);
      }
    }
    return all;
  }

  #closeBlock(): void {
    if (this.#filled > 0) this.#whole.push(this.#block.subarray(0, this.#filled));
    this.#block = this.#block.subarray(this.#filled);
    this.#filled = 0;
  }
}
