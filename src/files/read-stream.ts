import { badOption, MedGemmaError, throwIfAborted } from "../errors.js";
import { failed } from "./handed-bytes.js";
import type { ReadBytesOptions } from "./read-bytes.js";

/** Bytes that come piece by piece: a web `ReadableStream`, Node's `Readable`, a generator. */
export type ByteStream = AsyncIterable<Uint8Array>;

export function isByteStream(value: unknown): value is ByteStream {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

/** A step of the caller's own stream. */
async function own<T>(step: () => T | Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw MedGemmaError.isInstance(error) ? error : failed("a stream that can be read to its end", error);
  }
}

/**
 * A stream to its end; one that is too long, or that the signal ends, is closed.
 * @throws MedGemmaError `tooLarge`'s, `bad_option` for pieces that are no bytes and when the stream itself fails, `aborted`.
 */
export async function readStream(
  stream: ByteStream,
  { most, tooLarge, signal }: ReadBytesOptions,
): Promise<Buffer> {
  throwIfAborted(signal);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const iterator = await own(() => stream[Symbol.asyncIterator]());
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(new MedGemmaError("aborted", undefined, { cause: signal?.reason }));
  });
  signal?.addEventListener("abort", abort, { once: true });
  try {
    for (;;) {
      const next = await Promise.race([own(() => iterator.next()), aborted]);
      if (next.done) return Buffer.concat(chunks);
      if (!(next.value instanceof Uint8Array)) throw badOption("input", "a stream of bytes", next.value);
      bytes += next.value.byteLength;
      if (bytes > most) throw tooLarge(bytes);
      chunks.push(next.value);
    }
  } catch (error) {
    // Not waited for: a source that hangs would hold the error up.
    own(() => iterator.return?.()).catch(() => undefined);
    throw error;
  } finally {
    signal?.removeEventListener("abort", abort);
    aborted.catch(() => undefined);
  }
}
