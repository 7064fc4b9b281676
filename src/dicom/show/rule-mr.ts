import { type Range, roundHalfEven } from "../pixels/grey.js";
import type { RuleCurves } from "./rule.js";

/**
 * MR as the reference shows it: stored values, smallest to largest of the whole acquisition on 0..255, halves to even.
 * No rescale, no window, no padding. Where all values are equal the picture is white.
 */
export function mrCurve(range: Range, wholeAcquisition: boolean): RuleCurves {
  const delta = range.max - range.min;
  return {
    curves: [(stored) => (delta === 0 ? 255 : roundHalfEven(((stored - range.min) / delta) * 255))],
    rule: "mr min-max of the acquisition",
    steps: [`min-max ${range.min}..${range.max} of ${wholeAcquisition ? "the acquisition" : "this frame"}`],
    warnings: [],
  };
}
