import { createHash } from "node:crypto";
import { Breather } from "../../../base/breather.js";
import { MedGemmaError } from "../../../base/errors.js";
import type { RgbImage } from "../../../image/rgb.js";

/**
 * Hashed and copied between two turns of the event loop: half a millisecond with SHA instructions, 3 ms without, and the
 * memory that a copy is the first to touch.
 */
const SLICE = 1 << 20;

/** A picture that nobody else can change any more, and what its pixels name it. */
export interface KeyedPicture {
  readonly key: string;
  readonly image: RgbImage;
}

/**
 * Copies a picture and names it by its pixels, so that it crosses to the engine's process once. Computed anew for every
 * call, for a caller may have drawn into the same buffer: the wrong picture must never be answered about. The key is that
 * of the copy, whatever happens to the original meanwhile.
 * @throws MedGemmaError `encode_failed`, `aborted`.
 */
export async function keyedCopy(image: RgbImage, signal?: AbortSignal): Promise<KeyedPicture> {
  const { width, height, data } = image;
  if (data.length !== width * height * 3) {
    throw new MedGemmaError("encode_failed", "The picture's bytes do not match its width and height.");
  }
  const hash = createHash("sha256").update(`${width} ${height}\n`);
  const copy = new Uint8Array(data.length);
  const breather = new Breather(signal);
  for (let from = 0; from < copy.length; from += SLICE) {
    await breather.breathe();
    const slice = copy.subarray(from, from + SLICE);
    slice.set(data.subarray(from, from + slice.length));
    hash.update(slice);
  }
  return { key: hash.digest("hex"), image: { ...image, data: copy } };
}
