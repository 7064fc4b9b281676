import { MedGemmaError } from "../../base/errors.js";
import type { Dataset } from "../file/dataset.js";
import type { DicomFacts } from "../file/facts.js";
import { greyToRgb, toRgb } from "../pixels/colour.js";
import type { DecodedFrame } from "../pixels/decode.js";
import { applyCurves, type Range, rangeOf } from "../pixels/grey.js";
import type { PixelLayout } from "../pixels/layout.js";
import { readModalityLut } from "../pixels/modality-lut.js";
import { applyPalette } from "../pixels/palette.js";
import { shadeWarnings } from "../pixels/shades.js";
import { readVoi, type VoiAttributes, type Window } from "../pixels/voi.js";
import { ctCurves } from "./rule-ct.js";
import { displayCurve } from "./rule-display.js";
import { mrCurve } from "./rule-mr.js";
import { MODALITY_RULES, type ModelVersion, type RuleKind } from "./rule-table.js";
import { xrayCurve } from "./rule-xray.js";

/** A window that the caller wants instead of the rule's, in units of the modality LUT's output (HU for CT). */
export interface WindowChoice {
  center: number;
  /** At least 1. */
  width: number;
}

export interface ShowOptions {
  readonly model: ModelVersion;
  readonly rule: "auto" | "display";
  readonly window: WindowChoice | "file" | "minmax" | undefined;
  /** Stored values' range over the acquisition, for MR; the frame's own when absent. */
  readonly range: Range | undefined;
}

export interface ShownFrame {
  /** RGB bytes. */
  readonly data: Uint8Array;
  /** Name of the rule that applied. */
  readonly rule: string;
  readonly steps: readonly string[];
  readonly warnings: readonly string[];
}

/** One frame with all that its rule may look at. */
export interface FrameInput {
  readonly dataset: Dataset;
  readonly frame: number;
  readonly layout: PixelLayout;
  readonly decoded: DecodedFrame;
  readonly facts: DicomFacts;
  readonly bigEndian: boolean;
}

/** Which rule a picture falls under. Throws `dicom_modality`. */
export function ruleFor(
  facts: DicomFacts,
  choice: "auto" | "display",
): { kind: RuleKind; warnings: string[] } {
  if (choice === "display") {
    return {
      kind: "display",
      warnings: ["Shown as a viewer would, by request; the model's own rule was not applied."],
    };
  }
  if (facts.secondaryCapture && facts.modality !== "unknown") {
    return {
      kind: "photo",
      warnings: ["A secondary capture: shown as stored, for its values are no measurements."],
    };
  }
  const entry = MODALITY_RULES.get(facts.modality);
  if (!entry) {
    throw new MedGemmaError(
      "dicom_modality",
      `There is no rule for pictures of modality ${facts.modality}.`,
      {
        facts: { modality: facts.modality },
      },
    );
  }
  return { kind: entry.rule, warnings: entry.note === undefined ? [] : [entry.note] };
}

/** Stored values to the RGB picture that the model was trained on. */
export function showFrame(input: FrameInput, options: ShowOptions): ShownFrame {
  const { decoded, layout, dataset, frame, facts } = input;
  const { kind, warnings } = ruleFor(facts, options.rule);
  if (layout.samples > 1) {
    const data = toRgb(decoded.values, decoded.photometric, layout.samples, layout.bitsStored);
    const step = decoded.photometric === "RGB" ? "stored rgb" : `${decoded.photometric.toLowerCase()} to rgb`;
    return { data, rule: `${facts.modality.toLowerCase()} stored colours`, steps: [step], warnings };
  }
  if (layout.photometric === "PALETTE COLOR") {
    const data = applyPalette(decoded.values, dataset, layout.signed, input.bigEndian);
    return {
      data,
      rule: `${facts.modality.toLowerCase()} palette colours`,
      steps: ["palette to rgb"],
      warnings,
    };
  }
  const modality = readModalityLut(dataset, frame, layout.signed, input.bigEndian);
  const signedInput = layout.signed || (modality.lut.kind === "linear" && modality.lut.intercept < 0);
  const voi = readVoi(dataset, frame, signedInput, input.bigEndian);
  const { window, asDisplayed, warnings: aboutWindow } = chooseWindow(options.window, voi, kind);
  const grey = { values: decoded.values, layout, dataset, modality, voi, window };
  const curve = asDisplayed
    ? displayCurve(grey, options.window === "minmax", facts.modality)
    : kind === "ct"
      ? ctCurves(grey, options.model)
      : kind === "mr"
        ? mrCurve(options.range ?? rangeOf(decoded.values), options.range !== undefined)
        : xrayCurve(grey);
  const bytes = applyCurves(decoded.values, curve.curves);
  const ranged = kind === "ct" || kind === "mr";
  const aboutSlope =
    modality.flat && kind !== "mr" ? ["The file's Rescale Slope is 0; it was not applied."] : [];
  const aboutShades = ranged && !asDisplayed ? [] : shadeWarnings(decoded.values, bytes);
  return {
    data: curve.curves.length === 3 ? bytes : greyToRgb(bytes),
    rule: curve.rule,
    steps: curve.steps,
    warnings: [...warnings, ...aboutWindow, ...aboutSlope, ...curve.warnings, ...aboutShades],
  };
}

/**
 * What `window` means for a kind of picture. A radiograph keeps its own rule with a window; CT and MR lose theirs, for a
 * window is grey. The file's window is its first; a VOI LUT table is a viewer's business.
 */
function chooseWindow(
  choice: ShowOptions["window"],
  voi: VoiAttributes,
  kind: RuleKind,
): { window: Window | undefined; asDisplayed: boolean; warnings: string[] } {
  const asDisplayed = kind === "photo" || kind === "display" || (choice !== undefined && kind !== "xray");
  if (typeof choice === "object")
    return { window: { ...choice, function: "LINEAR" }, asDisplayed, warnings: [] };
  if (choice !== "file") return { window: undefined, asDisplayed, warnings: [] };
  const [window] = voi.windows;
  if (!window && voi.table) return { window, asDisplayed: true, warnings: [] };
  const warnings: string[] = [];
  if (!window) warnings.push("The file has no window that can be used; the full range is shown.");
  if (voi.windows.length > 1) warnings.push("The file has several windows; the first was used.");
  return { window, asDisplayed, warnings };
}
