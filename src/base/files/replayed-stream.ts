import type { ByteStream } from "./read-stream.js";

/**
 * A stream that can be read again from its beginning: its source is read once, as far as any reader has come, and what
 * it gave is kept. A reader that is stopped takes nothing from the next one.
 */
export class ReplayedStream implements AsyncIterable<Uint8Array> {
  readonly #source: ByteStream;
  readonly #steps: Promise<IteratorResult<Uint8Array>>[] = [];
  #iterator: AsyncIterator<Uint8Array> | undefined;

  constructor(source: ByteStream) {
    this.#source = source;
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    let at = 0;
    return { next: () => this.#step(at++) };
  }

  /** Also what the source threw is kept, so that each reader is told it. */
  #step(at: number): Promise<IteratorResult<Uint8Array>> {
    const known = this.#steps[at];
    if (known) return known;
    const step = (async () => {
      this.#iterator ??= this.#source[Symbol.asyncIterator]();
      return this.#iterator.next();
    })();
    // A reader that was stopped no longer waits for it.
    step.catch(() => undefined);
    this.#steps.push(step);
    return step;
  }
}
