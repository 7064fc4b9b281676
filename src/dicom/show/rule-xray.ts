import { mappedRange, roundHalfEven } from "../pixels/grey.js";
import { modalityFunction } from "../pixels/modality-lut.js";
import { windowWarnings } from "../pixels/window-share.js";
import { describeModality, type GreyInput, type RuleCurves } from "./rule.js";

/**
 * Radiographs as the reference shows them since 24 February 2026 (Google-Health/medgemma, generic_dicom_handler.py):
 * modality LUT, shifted to begin at 0, the full range stretched over the whole type, MONOCHROME1 inverted. No window, for
 * a file's often does not belong to its picture. With a window of the caller's, or the file's by request, the rule that
 * the reference had before: centre ± floor(width / 2), rounded; not the formula of PS3.3 C.11.2.1.2.
 */
export function xrayCurve(input: GreyInput): RuleCurves {
  const { window } = input;
  const inverted = input.layout.photometric === "MONOCHROME1";
  const half = window ? Math.floor(window.width / 2) : 0;
  const shown =
    window && half > 0
      ? windowCurve(input, window.center - half, window.center + half)
      : fullRangeCurve(input, inverted);
  return {
    curves: [shown.curve],
    rule: window && half > 0 ? "radiograph by window" : "radiograph, full range",
    steps: [
      ...describeModality(input.modality.lut),
      shown.step,
      ...(inverted ? ["monochrome1 inverted"] : []),
    ],
    warnings: window && half === 0 ? [TOO_NARROW, ...shown.warnings] : shown.warnings,
  };
}

const TOO_NARROW =
  "The window is narrower than 2: by the reference's rule nothing is within it, and the full range is shown.";

/** Equal values, or a rescale (a slope of 0.0001) after which they all round to the same. */
const NOTHING_LEFT =
  "All values are the same after the rescale is rounded, as in the reference: the picture is one shade, nothing can be seen.";

interface Shown {
  readonly curve: (stored: number) => number;
  readonly step: string;
  readonly warnings: readonly string[];
}

/** np.interp over the clipped range, then round. */
function windowCurve(input: GreyInput, low: number, high: number): Shown {
  const toValue = modalityFunction(input.modality.lut);
  const inverted = input.layout.photometric === "MONOCHROME1";
  const slope = 255 / (high - low);
  const base = (stored: number) =>
    roundHalfEven(slope * (Math.min(high, Math.max(low, toValue(stored))) - low));
  return {
    curve: inverted ? (stored) => 255 - base(stored) : base,
    step: `window ${low}..${high}`,
    warnings: windowWarnings(input.values, toValue, low, high),
  };
}

/** Whole numbers from 0, as the reference has them before it stretches them. */
interface Unsigned {
  readonly of: (stored: number) => number;
  readonly low: number;
  readonly high: number;
  /** Largest number of their type. */
  readonly top: number;
}

/** Stretched over the whole type and cut to whole numbers, inverted there, then rounded to 8 bits. */
function fullRangeCurve(input: GreyInput, inverted: boolean): Shown {
  const { lut } = input.modality;
  const bytes = lut.kind === "none" ? isByte(input) : lut.kind === "table" && lut.table.bits <= 8;
  if (bytes) {
    const toValue = modalityFunction(lut);
    const curve = (stored: number) => Math.min(255, Math.max(0, toValue(stored)));
    return {
      curve: inverted ? (stored) => 255 - curve(stored) : curve,
      step: "8 bits as they are",
      warnings: [],
    };
  }
  const { of, low, high, top } = lut.kind === "linear" ? shiftedReals(input) : shiftedIntegers(input);
  const slope = top / (high - low);
  const stretch = (value: number) => (value >= high ? top : Math.trunc(slope * (value - low)));
  return {
    curve: (stored) => {
      const value = stretch(of(stored));
      return roundHalfEven((inverted ? top - value : value) / (top / 255));
    },
    step: "full range",
    warnings: high > low ? [] : [NOTHING_LEFT],
  };
}

function isByte({ layout }: GreyInput): boolean {
  return layout.bitsAllocated <= 8 && !layout.signed;
}

/** Integers keep their type's width; signed ones are shifted by the smallest. */
function shiftedIntegers(input: GreyInput): Unsigned {
  const { layout, modality } = input;
  const toValue = modalityFunction(modality.lut);
  const { min, max } = mappedRange(input, toValue);
  const shift = layout.signed && modality.lut.kind === "none" ? min : 0;
  const bits = modality.lut.kind === "table" ? 16 : layout.bitsAllocated;
  return {
    of: (stored) => toValue(stored) - shift,
    low: min - shift,
    high: max - shift,
    top: 2 ** Math.max(8, bits) - 1,
  };
}

/** A rescale makes real numbers: shifted by the smallest, shrunk when they do not fit 16 bits, and rounded. */
function shiftedReals(input: GreyInput): Unsigned {
  const toValue = modalityFunction(input.modality.lut);
  const { min, max } = mappedRange(input, toValue);
  const top = 65535;
  const shrink = max - min > top ? top / (max - min) : 1;
  const of = (stored: number) => roundHalfEven((toValue(stored) - min) * shrink);
  return { of, low: 0, high: roundHalfEven((max - min) * shrink), top };
}
