import { Breather } from "../base/breather.js";
import { MedGemmaError } from "../base/errors.js";
import type { Filled } from "../base/options.js";
import { checkBytes, type ImageLimits } from "./limits.js";
import { readSignature } from "./signature.js";

/** Characters decoded in one go: about a millisecond. */
const SLICE = 1 << 18;
/** Characters that a format is told by: a DICOM file by its bytes 128 to 131. */
const HEAD = 180;
/** The smallest picture there is has more; a path's name hardly so many without a dot. */
const SHORTEST = 48;

/**
 * Whether a text is a file in base64 and no path, as other programs take pictures: its first bytes are then those of a
 * known format. A JPEG's begin with a slash.
 */
export function isBareBase64(text: string): boolean {
  if (text.length < SHORTEST) return false;
  const head = text.slice(0, HEAD).replace(/\s+/g, "");
  if (!/^[A-Za-z0-9+/_-]+=*$/.test(head)) return false;
  return readSignature(Buffer.from(head, "base64")) !== undefined;
}

/**
 * Bytes of base64, decoded in slices so that a large one does not hold up the event loop. Throws `image_unreadable`
 * (characters that are not base64), `image_too_large`, `aborted`.
 * @param start Where it begins in the text.
 */
export async function decodeBase64(
  text: string,
  start: number,
  limits: Filled<ImageLimits>,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const bytes = Math.ceil(((text.length - start) * 3) / 4);
  checkBytes(bytes - 2, limits);

  const decoded = Buffer.allocUnsafe(bytes);
  let length = 0;
  let rest = "";
  const breather = new Breather(signal);
  for (let from = start; from < text.length; from += SLICE) {
    const slice = rest + clean(text.slice(from, from + SLICE));
    // Only the last slice may end within a group of four.
    const whole = from + SLICE >= text.length ? slice.length : slice.length - (slice.length % 4);
    length += decoded.write(slice.slice(0, whole), length, "base64");
    rest = slice.slice(whole);
    await breather.breathe();
  }
  return decoded.subarray(0, length);
}

function clean(slice: string): string {
  const text = slice.replace(/\s+/g, "");
  if (/[^A-Za-z0-9+/_=-]/.test(text)) {
    throw new MedGemmaError("image_unreadable", "The picture's text holds characters that are not base64.");
  }
  return text;
}
