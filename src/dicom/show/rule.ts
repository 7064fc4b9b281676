import type { Dataset } from "../file/dataset.js";
import type { GreyCurve } from "../pixels/grey.js";
import type { PixelLayout } from "../pixels/layout.js";
import type { ModalityAttributes, ModalityLut } from "../pixels/modality-lut.js";
import type { Samples } from "../pixels/samples.js";
import type { VoiAttributes, Window } from "../pixels/voi.js";

/** What a grey rule may look at. */
export interface GreyInput {
  readonly values: Samples;
  readonly layout: PixelLayout;
  readonly dataset: Dataset;
  readonly modality: ModalityAttributes;
  readonly voi: VoiAttributes;
  /** The caller's window, in place of the file's. */
  readonly window: Window | undefined;
}

/** One curve for grey, three for red, green and blue; and how to say what was done. */
export interface RuleCurves {
  readonly curves: readonly GreyCurve[];
  readonly rule: string;
  readonly steps: readonly string[];
  readonly warnings: readonly string[];
}

export function describeModality(lut: ModalityLut): string[] {
  if (lut.kind === "linear") return [`modality lut: slope ${lut.slope}, intercept ${lut.intercept}`];
  return lut.kind === "table" ? ["modality lut: table"] : [];
}
