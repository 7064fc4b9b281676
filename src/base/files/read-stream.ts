import { setImmediate } from "node:timers/promises";
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

/** Bytes copied in one go: a few milliseconds. */
const AT_A_TIME = 1 << 24;

async function joined(
  chunks: readonly Uint8Array[],
  length: number,
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  const all = Buffer.allocUnsafe(length);
  let end = 0;
  let rested = 0;
  for (const chunk of chunks) {
    for (let from = 0; from < chunk.byteLength; from += AT_A_TIME) {
      const piece = chunk.subarray(from, from + AT_A_TIME);
      all.set(piece, end);
      end += piece.byteLength;
      if (end - rested < AT_A_TIME) continue;
      rested = end;
      await setImmediate();
      throwIfAborted(signal);
    }
  }
  return all;
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
      if (next.done) return await joined(chunks, bytes, signal);
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
