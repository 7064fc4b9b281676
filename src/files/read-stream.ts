import { badOption, MedGemmaError, throwIfAborted } from "../errors.js";
import type { ReadBytesOptions } from "./read-bytes.js";

/** Bytes that come piece by piece: a web `ReadableStream`, Node's `Readable`, a generator. */
export type ByteStream = AsyncIterable<Uint8Array>;

export function isByteStream(value: unknown): value is ByteStream {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

/**
 * A stream to its end; one that is too long, or that the signal ends, is closed.
 * @throws MedGemmaError `tooLarge`'s, `bad_option` for pieces that are no bytes, `aborted`.
 */
export async function readStream(
  stream: ByteStream,
  { most, tooLarge, signal }: ReadBytesOptions,
): Promise<Buffer> {
  throwIfAborted(signal);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const iterator = stream[Symbol.asyncIterator]();
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(new MedGemmaError("aborted", undefined, { cause: signal?.reason }));
  });
  signal?.addEventListener("abort", abort, { once: true });
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), aborted]);
      if (next.done) return Buffer.concat(chunks);
      if (!(next.value instanceof Uint8Array)) throw badOption("input", "a stream of bytes", next.value);
      bytes += next.value.byteLength;
      if (bytes > most) throw tooLarge(bytes);
      chunks.push(next.value);
    }
  } catch (error) {
    // Not waited for: a source that hangs would hold the error up.
    Promise.resolve(iterator.return?.()).catch(() => undefined);
    throw error;
  } finally {
    signal?.removeEventListener("abort", abort);
    aborted.catch(() => undefined);
  }
}
