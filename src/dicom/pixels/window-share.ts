import type { Samples } from "./samples.js";

/** A window that leaves more than this share of a picture at one end is told of. */
const TELLING_SHARE = 0.1;

/** What a window does to a picture when much of it lies beyond the window's ends: values there can no longer be told apart. */
export function windowWarnings(
  values: Samples,
  toValue: (stored: number) => number,
  low: number,
  high: number,
): string[] {
  let below = 0;
  let above = 0;
  for (let index = 0; index < values.length; index++) {
    const value = toValue(values[index] as number);
    if (value < low) below++;
    else if (value > high) above++;
  }
  return [...told(below / values.length, "below"), ...told(above / values.length, "above")];
}

function told(share: number, side: "below" | "above"): string[] {
  if (share <= TELLING_SHARE) return [];
  return [
    `${Math.round(share * 100)} % of the picture lies ${side} the window and is shown in one shade; the window may not belong to the picture.`,
  ];
}
