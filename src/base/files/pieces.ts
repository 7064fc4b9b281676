import type { Breather } from "../breather.js";

/** Copied in one go: a few milliseconds. */
const AT_A_TIME = 1 << 23;
/** Smaller pieces are put together as they come: a million of a byte each would take a hundred times their bytes. */
const LARGE = 1 << 16;
const BLOCK = 1 << 18;

/** Bytes that came piece by piece. */
export class Pieces {
  readonly #whole: Buffer[] = [];
  #block = Buffer.alloc(0);
  #filled = 0;
  #length = 0;

  constructor(private readonly breather: Breather) {}

  get length(): number {
    return this.#length;
  }

  /** Copies it, for its source may use the same memory for the next one. @throws MedGemmaError `aborted`. */
  async add(piece: Uint8Array): Promise<void> {
    this.#length += piece.byteLength;
    if (piece.byteLength >= LARGE) {
      this.#closeBlock();
      const own = Buffer.allocUnsafe(piece.byteLength);
      await this.#copy(piece, own, 0);
      this.#whole.push(own);
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
  async joined(): Promise<Buffer> {
    this.#closeBlock();
    const [only] = this.#whole;
    if (only && this.#whole.length === 1) return only;
    const all = Buffer.allocUnsafe(this.#length);
    let end = 0;
    for (const piece of this.#whole) {
      await this.#copy(piece, all, end);
      end += piece.byteLength;
    }
    return all;
  }

  async #copy(from: Uint8Array, to: Buffer, start: number): Promise<void> {
    for (let at = 0; at < from.byteLength; at += AT_A_TIME) {
      to.set(from.subarray(at, at + AT_A_TIME), start + at);
      await this.breather.breathe();
    }
  }

  #closeBlock(): void {
    if (this.#filled > 0) this.#whole.push(this.#block.subarray(0, this.#filled));
    this.#block = this.#block.subarray(this.#filled);
    this.#filled = 0;
  }
}
