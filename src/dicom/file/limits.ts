import { badOption, MedGemmaError } from "../../base/errors.js";
import { type Filled, readOnce } from "../../base/options.js";

/** Bounds that hold for every file, whatever it claims. */
export interface DicomLimits {
  /** Bytes of one file, after inflating too, and of all that a list holds in memory. Range 1..2147483647. Defaults to `2147483647` (2 GiB - 1, Node's largest read). */
  maxBytes?: number | undefined;
  /** Rows times columns of one frame. Defaults to `100000000`. */
  maxPixels?: number | undefined;
  /** Frames a file may declare, and slices of all files together. Defaults to `200000`. */
  maxFrames?: number | undefined;
  /** Files a folder, a list, an archive or a DICOMDIR may hold. Defaults to `20000`. */
  maxFiles?: number | undefined;
  /**
   * Bytes that the pictures of one call may take together, and one frame while it is decoded. Of a radiograph's frames and a
   * volume's slices fewer are taken, evenly spread, where they are many; what the caller names is refused. Defaults to `800000000`.
   */
  maxMemory?: number | undefined;
  /**
   * Milliseconds for one step (parsing a file, decoding a frame); then the worker is ended. Defaults to what the step
   * should need many times over: 2.5 s for a frame, more for large ones.
   */
  timeout?: number | undefined;
  /** Milliseconds for which a Blob or a stream may give nothing. Defaults to `8000`. */
  maxSilence?: number | undefined;
}

/** `timeout` of 0 is the default: by size. */
export type Limits = Filled<DicomLimits>;

export const DEFAULT_LIMITS: Limits = Object.freeze({
  maxBytes: 0x7fffffff,
  maxPixels: 100_000_000,
  maxFrames: 200_000,
  maxFiles: 20_000,
  maxMemory: 800_000_000,
  timeout: 0,
  maxSilence: 8000,
});

export function withDefaults(limits: DicomLimits | undefined): Limits {
  const merged: Record<keyof DicomLimits, number> = { ...DEFAULT_LIMITS };
  for (const [name, value] of Object.entries(readOnce("limits", limits ?? {}))) {
    if (!Object.hasOwn(DEFAULT_LIMITS, name))
      throw badOption("limits", `one of ${Object.keys(DEFAULT_LIMITS).join(", ")}`, name);
    if (value === undefined) continue;
    if (typeof value !== "number" || !(value >= 1))
      throw badOption(`limits.${name}`, "a number of at least 1", value);
    merged[name as keyof DicomLimits] = value;
  }
  return merged;
}

export function tooLarge(what: string, value: number, limit: number): MedGemmaError {
  return new MedGemmaError("image_too_large", `The file has ${value} ${what}; the limit is ${limit}.`, {
    facts: { what, value, limit },
  });
}
