import type { Dataset } from "../file/dataset.js";
import { TAG } from "../file/tags.js";
import type { PixelLayout } from "./layout.js";

/**
 * Pixel Padding Value (0028,0120) and Range Limit (0028,0121): stored values outside the picture (PS3.3 C.7.5.1.1.2).
 * Both are signed when the pixels are.
 */
export function readPadding(
  dataset: Dataset,
  layout: PixelLayout,
): ((stored: number) => boolean) | undefined {
  const read = (tag: string) => (layout.signed ? dataset.int16(tag) : dataset.uint16(tag));
  const value = read(TAG.paddingValue);
  if (value === undefined) return undefined;
  const limit = read(TAG.paddingRange) ?? value;
  const low = Math.min(value, limit);
  const high = Math.max(value, limit);
  return (stored) => stored >= low && stored <= high;
}
