import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { MedGemmaError, throwIfAborted } from "../../errors.js";
import type { RgbImage } from "../../image/rgb.js";

/** Hashed between two turns of the event loop: half a millisecond with SHA instructions, 3 ms without. */
const SLICE = 1 << 20;

/**
 * Names a picture by its pixels, so that it crosses to the engine's process once. Computed anew for every call, for a
 * caller may have drawn into the same buffer: the wrong picture must never be answered about.
 * @throws MedGemmaError `encode_failed`, `aborted`.
 */
export async function pictureKey(image: RgbImage, signal?: AbortSignal): Promise<string> {
  const { width, height, data } = image;
  if (data.length !== width * height * 3) {
    throw new MedGemmaError("encode_failed", "The picture's bytes do not match its width and height.");
  }
  const hash = createHash("sha256").update(`${width} ${height}\n`);
  for (let from = 0; from < data.length; from += SLICE) {
    if (from > 0) {
      await setImmediate();
      throwIfAborted(signal);
    }
    hash.update(data.subarray(from, from + SLICE));
  }
  return hash.digest("hex");
}
