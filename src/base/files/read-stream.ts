import { Breather } from "../breather.js";
import { badOption, MedGemmaError } from "../errors.js";
import { failed } from "./handed-bytes.js";
import { Patience, type PatienceOptions } from "./patience.js";
import { Pieces } from "./pieces.js";

export interface ReadBytesOptions {
  /** Bytes that it may have. */
  readonly most: number;
  /** The error for more than that. */
  readonly tooLarge: (bytes: number) => MedGemmaError;
  readonly signal?: AbortSignal | undefined;
}

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

/** Of so many pieces each must have some bytes on average: byte by byte, a stream without an end would be read for hours. */
const MANY_PIECES = 100_000;
const LEAST_AVERAGE = 16;

/**
 * A stream to its end; one that is too long, too silent, or that the signal ends, is closed. Pieces without bytes are no
 * sign of life, and one that gives them without pause does not keep the event loop.
 * @throws MedGemmaError `tooLarge`'s, the silence's, `bad_option` for pieces that are no bytes and when the stream itself
 * fails, `aborted`.
 */
export async function readStream(
  stream: ByteStream,
  { most, tooLarge, signal, silence }: ReadBytesOptions & PatienceOptions,
): Promise<Buffer> {
  const patience = new Patience({ signal, silence });
  const breather = new Breather(signal);
  const pieces = new Pieces(breather);
  let count = 0;
  let iterator: AsyncIterator<Uint8Array> | undefined;
  const next = async () => {
    iterator ??= stream[Symbol.asyncIterator]();
    const { done, value } = await iterator.next();
    return { done, value };
  };
  try {
    for (;;) {
      const { done, value } = await patience.wait(own(next));
      if (done) return await pieces.joined();
      if (!(value instanceof Uint8Array)) throw badOption("input", "a stream of bytes", value);
      if (value.byteLength > 0) patience.heard();
      if (pieces.length + value.byteLength > most) throw tooLarge(pieces.length + value.byteLength);
      await pieces.add(value);
      if (++count > MANY_PIECES && pieces.length < count * LEAST_AVERAGE)
        throw badOption("input", `a stream of larger pieces (${LEAST_AVERAGE} bytes and more)`, value);
      await breather.breathe();
    }
  } catch (error) {
    // Not waited for: a source that hangs would hold the error up.
    own(() => iterator?.return?.()).catch(() => undefined);
    throw error;
  } finally {
    patience.end();
  }
}
