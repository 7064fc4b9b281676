import { mappedRange, roundHalfEven } from "./grey.js";
import { modalityFunction } from "./modality-lut.js";
import { describeModality, type GreyInput, type RuleCurves } from "./rule.js";

/**
 * Radiographs as the reference shows them: modality LUT, then the first window, else full range, then MONOCHROME1
 * inverted. Its window is centre ± floor(width / 2), rounded, and not the formula of PS3.3 C.11.2.1.2; VOI LUT tables
 * are not used.
 */
export function xrayCurve(input: GreyInput, minMax: boolean): RuleCurves {
  const { lut } = input.modality;
  const toValue = modalityFunction(lut);
  const inverted = input.layout.photometric === "MONOCHROME1";
  const window = input.window ?? (minMax ? undefined : input.voi.windows[0]);
  const half = window ? Math.floor(window.width / 2) : 0;
  const warnings: string[] = [];
  if (input.voi.windows.length > 1 && !input.window)
    warnings.push("The file has several windows; the first was used.");
  if (!window && input.voi.tables.length > 0)
    warnings.push("The file's VOI LUT sequence is not used, as in the reference.");
  if (!window && input.voi.unusable)
    warnings.push("The file's window has no width; the full range is shown.");
  const base =
    window && half > 0
      ? windowCurve(window.center - half, window.center + half, toValue)
      : fullRange(input, toValue);
  const shown = window && half > 0 ? `window ${window.center - half}..${window.center + half}` : "full range";
  return {
    curves: [inverted ? (stored) => 255 - base(stored) : base],
    rule: "radiograph by window or full range",
    steps: [...describeModality(lut), shown, ...(inverted ? ["monochrome1 inverted"] : [])],
    warnings,
  };
}

/** np.interp over the clipped range, then round. */
function windowCurve(
  low: number,
  high: number,
  toValue: (stored: number) => number,
): (stored: number) => number {
  const slope = 255 / (high - low);
  return (stored) => roundHalfEven(slope * (Math.min(high, Math.max(low, toValue(stored))) - low));
}

/**
 * Without a window: 8-bit pictures stay as they are; wider ones are stretched from smallest to largest over their whole
 * unsigned type (cut, not rounded) and then brought to 8 bits (rounded).
 */
function fullRange(input: GreyInput, toValue: (stored: number) => number): (stored: number) => number {
  const whole = (stored: number) => Math.trunc(toValue(stored));
  if (input.layout.bitsAllocated <= 8 && !input.layout.signed) {
    return (stored) => Math.min(255, Math.max(0, whole(stored)));
  }
  const { min: low, max: high } = mappedRange(input, whole);
  const top = input.layout.bitsAllocated <= 8 ? 255 : 2 ** input.layout.bitsAllocated - 1;
  const slope = top / (high - low);
  return (stored) => {
    const value = whole(stored);
    const stretched = value >= high ? top : Math.trunc(slope * (value - low));
    return roundHalfEven(stretched / (top / 255));
  };
}
