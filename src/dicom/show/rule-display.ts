import { TAG } from "../file/tags.js";
import { type GreyCurve, mappedRange } from "../pixels/grey.js";
import { modalityFunction } from "../pixels/modality-lut.js";
import { readPadding } from "../pixels/padding.js";
import { tableFunction, type Window, windowFunction } from "../pixels/voi.js";
import { windowWarnings } from "../pixels/window-share.js";
import { describeModality, type GreyInput, type RuleCurves } from "./rule.js";

/**
 * Grey as a viewer shows it (PS3.3 C.11 and PS3.4 N.2): modality LUT, VOI, presentation LUT shape; for pictures whose
 * kind has no rule of the model's own. A VOI LUT table goes before a window; without either: 8-bit pictures as they are,
 * others from smallest to largest, padding left out. The result is cut to whole numbers, as dcm2pnm does.
 */
export function displayCurve(input: GreyInput, minMax: boolean, modality: string): RuleCurves {
  const { lut } = input.modality;
  const toValue = modalityFunction(lut);
  const { curve, step, warnings } = voiCurve(input, minMax, toValue);
  const shape = input.dataset.string(TAG.presentationShape)?.toUpperCase();
  // PS3.3 C.11.6.1.2 and C.7.6.3.1.2: INVERSE goes with MONOCHROME1; either one alone inverts too.
  const inverted = input.layout.photometric === "MONOCHROME1" || shape === "INVERSE";
  const grey: GreyCurve = (stored) => {
    const share = curve(toValue(stored));
    return Math.trunc(Math.min(1, Math.max(0, inverted ? 1 - share : share)) * 255 + 1e-9);
  };
  return {
    curves: [grey],
    rule: `${modality.toLowerCase()} as displayed`,
    steps: [...describeModality(lut), step, ...(inverted ? ["inverted"] : [])],
    warnings: [
      ...warnings,
      ...(input.voi.unusable ? ["The file's window has no width; the full range is shown."] : []),
    ],
  };
}

interface VoiCurve {
  readonly curve: (value: number) => number;
  readonly step: string;
  readonly warnings: readonly string[];
}

function voiCurve(input: GreyInput, minMax: boolean, toValue: (stored: number) => number): VoiCurve {
  const { table } = input.voi;
  const window: Window | undefined = input.window ?? (minMax || table ? undefined : input.voi.windows[0]);
  if (window) {
    const { center, width } = window;
    return {
      curve: windowFunction(window),
      step: `voi ${window.function.toLowerCase()} center ${center}, width ${width}`,
      warnings: windowWarnings(input.values, toValue, center - width / 2, center + width / 2),
    };
  }
  if (table && !minMax) return { curve: tableFunction(table), step: "voi lut table", warnings: [] };
  const { layout, modality } = input;
  if (!minMax && layout.bitsAllocated === 1)
    return { curve: (value) => value, step: "bits to black and white", warnings: [] };
  if (!minMax && layout.bitsStored === 8 && !layout.signed && modality.lut.kind === "none") {
    return { curve: (value) => value / 255, step: "stored grey", warnings: [] };
  }
  return fullRange(input, toValue);
}

function fullRange(input: GreyInput, toValue: (stored: number) => number): VoiCurve {
  const { min, max } = mappedRange(input, toValue, readPadding(input.dataset, input.layout));
  if (!(max > min)) return { curve: () => 0, step: "one value only", warnings: [] };
  return { curve: (value) => (value - min) / (max - min), step: `full range ${min}..${max}`, warnings: [] };
}
