import { badOption, MedGemmaError } from "../base/errors.js";
import { type Filled, readOnce } from "../base/options.js";

/** What a picture may cost. All but the time is checked before anything is decoded. */
export interface ImageLimits {
  /** Width times height. 1..2147483647. Defaults to `100_000_000` (decoded: 300 MB). */
  maxPixels?: number | undefined;
  /** The longer side. 1..2147483647. Defaults to `65_535`, the most that a JPEG has. */
  maxSide?: number | undefined;
  /** Bytes of the encoded picture: the file, the Blob, the buffer. 1..2147483647. Defaults to `536_870_912` (512 MiB). */
  maxBytes?: number | undefined;
  /**
   * Bytes of memory that decoding takes, as far as the header tells: some formats are decoded all at once; and that all
   * decoded pictures of a call take. 1..9007199254740991. Defaults to `800_000_000`: 100 megapixels of nearly all of
   * them, 44 of an AVIF.
   */
  maxMemory?: number | undefined;
  /** Milliseconds that decoding may take. 1..2147483647. Defaults to `10_000`. */
  timeout?: number | undefined;
  /** Milliseconds for which a Blob or a stream may give nothing. 1..2147483647. Defaults to `8_000`. */
  maxSilence?: number | undefined;
}

export const DEFAULT_LIMITS: Filled<ImageLimits> = Object.freeze({
  maxPixels: 100_000_000,
  maxSide: 65_535,
  maxBytes: 512 * 1024 * 1024,
  maxMemory: 800_000_000,
  timeout: 10_000,
  maxSilence: 8000,
});

const HIGHEST = 2 ** 31 - 1;

/** Fills in the defaults. Throws `bad_option` for an unknown name or a value out of range. */
export function resolveLimits(limits: ImageLimits | undefined): Filled<ImageLimits> {
  if (limits === undefined) return DEFAULT_LIMITS;
  const resolved: Record<keyof ImageLimits, number> = { ...DEFAULT_LIMITS };
  for (const [name, value] of Object.entries(readOnce("limits", limits))) {
    if (!Object.hasOwn(DEFAULT_LIMITS, name))
      throw badOption("limits", `only ${Object.keys(DEFAULT_LIMITS).join(", ")}`, name);
    if (value === undefined) continue;
    const highest = name === "maxMemory" ? Number.MAX_SAFE_INTEGER : HIGHEST;
    if (!Number.isInteger(value) || value < 1 || value > highest) {
      throw badOption(`limits.${name}`, `a whole number from 1 to ${highest}`, value);
    }
    resolved[name as keyof ImageLimits] = value;
  }
  return resolved;
}

export function checkPixels(width: number, height: number, limits: Filled<ImageLimits>): void {
  const pixels = width * height;
  if (pixels > limits.maxPixels) throw tooLarge(width, height, String(limits.maxPixels), limits.maxPixels);
  if (Math.max(width, height) > limits.maxSide)
    throw tooLarge(width, height, `${limits.maxSide} a side`, limits.maxSide);
}

function tooLarge(width: number, height: number, words: string, limit: number): MedGemmaError {
  const message = `The picture has ${width}x${height} pixels; the limit is ${words}.`;
  return new MedGemmaError("image_too_large", message, {
    facts: { width, height, pixels: width * height, limit },
  });
}

export function checkBytes(bytes: number, limits: Filled<ImageLimits>): void {
  if (bytes > limits.maxBytes) throw tooManyBytes(bytes, limits.maxBytes);
}

export function tooManyBytes(bytes: number, limit: number): MedGemmaError {
  return new MedGemmaError("image_too_large", `The picture has ${bytes} bytes; the limit is ${limit}.`, {
    facts: { bytes, limit },
  });
}
