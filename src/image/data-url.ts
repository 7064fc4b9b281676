import { setImmediate } from "node:timers/promises";
import { badOption, MedGemmaError, throwIfAborted } from "../errors.js";
import { checkBytes, type ImageLimits } from "./limits.js";

/** Characters decoded in one go: about a millisecond. */
const SLICE = 1 << 18;

/**
 * Bytes of a `data:...;base64,...` URL, decoded in slices so that a large one does not hold up the event loop. Its
 * media type is ignored: the bytes tell. Throws `bad_option` (no base64 data URL), `image_unreadable` (characters that
 * are not base64), `image_too_large`, `aborted`.
 */
export async function decodeDataUrl(
  url: string,
  limits: Required<ImageLimits>,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const comma = url.indexOf(",");
  if (comma < 0 || !/;\s*base64\s*$/i.test(url.slice(0, Math.min(comma, 1024)))) {
    throw badOption("input", "a base64 data URL (data:image/png;base64,...)", url);
  }
  const bytes = Math.ceil(((url.length - comma - 1) * 3) / 4);
  checkBytes(bytes - 2, limits);

  const decoded = Buffer.allocUnsafe(bytes);
  let length = 0;
  let rest = "";
  for (let from = comma + 1; from < url.length; from += SLICE) {
    const slice = rest + clean(url.slice(from, from + SLICE));
    // Only the last slice may end within a group of four.
    const whole = from + SLICE >= url.length ? slice.length : slice.length - (slice.length % 4);
    length += decoded.write(slice.slice(0, whole), length, "base64");
    rest = slice.slice(whole);
    await setImmediate();
    throwIfAborted(signal);
  }
  return decoded.subarray(0, length);
}

function clean(slice: string): string {
  const text = slice.replace(/\s+/g, "");
  if (/[^A-Za-z0-9+/_=-]/.test(text)) {
    throw new MedGemmaError("image_unreadable", "The data URL holds characters that are not base64.");
  }
  return text;
}
