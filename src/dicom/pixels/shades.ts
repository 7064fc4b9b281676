import type { Samples } from "./samples.js";

/** Fewer shades than this of at least so many stored values are told of. */
const FEW_SHADES = 8;
const MANY_VALUES = 64;

/**
 * What a rescale by a small fraction does: values that the detector told apart become a handful of shades, or one. Not for
 * acquisitions shown over their whole range, whose emptier slices are dark by nature.
 */
export function shadeWarnings(values: Samples, shown: Uint8Array): string[] {
  const shades = countUpTo(shown, FEW_SHADES);
  if (shades >= FEW_SHADES || countUpTo(values, MANY_VALUES) < MANY_VALUES) return [];
  const words = shades === 1 ? "one shade" : `${shades} shades`;
  return [
    `The picture is shown in ${words} although its stored values are many: its rescale leaves too little to see.`,
  ];
}

function countUpTo(values: ArrayLike<number>, most: number): number {
  const seen = new Set<number>();
  for (let index = 0; index < values.length && seen.size < most; index++) seen.add(values[index] as number);
  return seen.size;
}
