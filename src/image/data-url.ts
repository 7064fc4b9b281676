import { badOption } from "../base/errors.js";
import type { Filled } from "../base/options.js";
import { decodeBase64 } from "./base64.js";
import type { ImageLimits } from "./limits.js";

/**
 * Bytes of a `data:...;base64,...` URL. Its media type is ignored: the bytes tell. Throws `bad_option` (no base64 data
 * URL), and as {@link decodeBase64}.
 */
export async function decodeDataUrl(
  url: string,
  limits: Filled<ImageLimits>,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const comma = url.indexOf(",");
  if (comma < 0 || !/;\s*base64\s*$/i.test(url.slice(0, Math.min(comma, 1024)))) {
    throw badOption("input", "a base64 data URL (data:image/png;base64,...)", url);
  }
  return decodeBase64(url, comma + 1, limits, signal);
}
