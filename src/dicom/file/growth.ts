import { MedGemmaError } from "../../base/errors.js";
import { type Limits, tooLarge } from "./limits.js";

/**
 * What something packed may grow to. Studies shrink to a half or a third, volumes that are mostly air to a tenth; what grows
 * a thousandfold is made to fill the memory.
 */
const MOST_GROWTH = 16;
/** Grows as it likes: a mask, a phantom. */
const ALWAYS_ALLOWED = 128 * 1024 * 1024;

/** Bytes that so many packed ones may become. */
export function mayGrowTo(packed: number, { maxBytes }: Limits): number {
  return Math.min(maxBytes, ALWAYS_ALLOWED + packed * MOST_GROWTH);
}

export function grownTooLarge(limit: number): MedGemmaError {
  return tooLarge("inflated bytes", limit + 1, limit);
}

/** Node's zlib refuses to make more than it was told it may. */
export function isTooMuch(error: unknown): boolean {
  return !MedGemmaError.isInstance(error) && (error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE";
}
