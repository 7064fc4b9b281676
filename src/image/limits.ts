import { badOption, MedGemmaError } from "../errors.js";
import type { Filled } from "../options.js";

/** What a picture may cost. Checked before anything is decoded. */
export interface ImageLimits {
  /** Width times height. 1..2147483647. Defaults to `100_000_000` (decoded: 300 MB). */
  maxPixels?: number | undefined;
  /** Bytes of the encoded picture: the file, the Blob, the buffer. 1..2147483647. Defaults to `536_870_912` (512 MiB). */
  maxBytes?: number | undefined;
}

export const DEFAULT_LIMITS: Filled<ImageLimits> = Object.freeze({
  maxPixels: 100_000_000,
  maxBytes: 512 * 1024 * 1024,
});

const HIGHEST = 2 ** 31 - 1;

/** Fills in the defaults. Throws `bad_option` for an unknown name or a value out of range. */
export function resolveLimits(limits: ImageLimits | undefined): Filled<ImageLimits> {
  if (limits === undefined) return DEFAULT_LIMITS;
  if (typeof limits !== "object" || limits === null) throw badOption("limits", "an object", limits);
  const resolved: Record<keyof ImageLimits, number> = { ...DEFAULT_LIMITS };
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(DEFAULT_LIMITS, name)) throw badOption("limits", "only maxPixels and maxBytes", name);
    if (value === undefined) continue;
    if (!Number.isInteger(value) || value < 1 || value > HIGHEST) {
      throw badOption(`limits.${name}`, `a whole number from 1 to ${HIGHEST}`, value);
    }
    resolved[name as keyof ImageLimits] = value;
  }
  return resolved;
}

export function checkPixels(width: number, height: number, limits: Filled<ImageLimits>): void {
  const pixels = width * height;
  if (pixels <= limits.maxPixels) return;
  throw new MedGemmaError(
    "image_too_large",
    `The picture has ${width}x${height} pixels; the limit is ${limits.maxPixels}.`,
    { facts: { width, height, pixels, limit: limits.maxPixels } },
  );
}

export function checkBytes(bytes: number, limits: Filled<ImageLimits>): void {
  if (bytes > limits.maxBytes) throw tooManyBytes(bytes, limits.maxBytes);
}

export function tooManyBytes(bytes: number, limit: number): MedGemmaError {
  return new MedGemmaError("image_too_large", `The picture has ${bytes} bytes; the limit is ${limit}.`, {
    facts: { bytes, limit },
  });
}
