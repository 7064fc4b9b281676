import { unreadable } from "../file/fail.js";
import { type GreyCurve, roundHalfEven } from "../pixels/grey.js";
import { modalityFunction } from "../pixels/modality-lut.js";
import { describeModality, type GreyInput, type RuleCurves } from "./rule.js";
import { type ChannelWindow, CT_WINDOWS, type ModelVersion } from "./rule-table.js";

/**
 * CT as the model was trained: Hounsfield units through three windows into red, green and blue.
 * Slope and intercept only: the reference does not use a Modality LUT Sequence on CT, and refuses one without the other.
 */
export function ctCurves(input: GreyInput, model: ModelVersion): RuleCurves {
  const { lut, rescale, incomplete, flat, notHounsfield } = input.modality;
  if (incomplete)
    throw unreadable("The CT has one of Rescale Slope and Rescale Intercept without the other.");
  if (flat) throw unreadable("The CT's Rescale Slope is 0, so the values' meaning is unknown.");
  const warnings: string[] = [];
  if (rescale.kind === "none")
    warnings.push("The CT has no rescale slope and intercept; stored values are taken as HU.");
  if (lut.kind === "table") warnings.push("The CT's modality LUT sequence is not used, as in the reference.");
  if (notHounsfield) warnings.push("The CT's values are not stated to be Hounsfield units.");
  const toHu = modalityFunction(rescale);
  const windows = CT_WINDOWS[model];
  return {
    curves: windows.map((window) => channelCurve(toHu, window)),
    rule: `ct-${model} three windows`,
    steps: [
      ...describeModality(rescale),
      ...windows.map(({ low, high, channel }) => `window ${low}..${high} to ${channel}`),
    ],
    warnings,
  };
}

/** The notebook's arithmetic, in float32 after the clip: (x - low) / (high - low) * 255, halves to even. */
function channelCurve(toHu: (stored: number) => number, { low, high }: ChannelWindow): GreyCurve {
  const f = Math.fround;
  return (stored) => {
    const clipped = f(Math.min(high, Math.max(low, toHu(stored))));
    return roundHalfEven(f(f(f(clipped - low) / (high - low)) * 255));
  };
}
