import type { DicomLimits, Limits } from "../file/limits.js";
import type { SharedBytes } from "../file/shared-bytes.js";
import type { ModelVersion } from "../show/rule-table.js";
import type { ShowOptions, WindowChoice } from "../show/show.js";
import type { DecodePool } from "../worker/pool.js";

/** What every step of one call shares. */
export interface Work extends Prepared {
  readonly shared: SharedBytes;
}

/** The same before the input is looked at. */
export interface Prepared {
  readonly pool: DecodePool;
  readonly limits: Limits;
  readonly signal: AbortSignal | undefined;
  readonly show: Omit<ShowOptions, "range">;
  readonly options: PictureOptions;
  /** Each file was named by the caller: what cannot be read is refused instead of left out. */
  readonly named: boolean;
  readonly progress: (phase: StudyProgress["phase"], done: number, total: number) => void;
}

export interface PictureOptions {
  /** The model that will look: CT windows differ between 1.0 and 1.5. Defaults to `"1.5"`. */
  model?: ModelVersion | undefined;
  /** `display` shows any kind as a viewer would, without the model's own rule. Defaults to `"auto"`. */
  rule?: "auto" | "display" | undefined;
  /**
   * Grey by a window of your own in the units of the modality LUT (HU for CT), by the `file`'s (its first, else its VOI
   * LUT), or `minmax`. Defaults to the rule of the kind, which uses no window but CT's three.
   */
  window?: WindowChoice | "file" | "minmax" | undefined;
  /**
   * Frame or frames from 0 of multi-frame pictures that are no volume. Defaults to all of a radiograph, at most 85, and
   * to `0` of others.
   */
  frame?: number | readonly number[] | "all" | undefined;
  /** Number of the series as `inspectPath` lists it, from 1. Defaults to the fullest of the fullest study. */
  series?: number | undefined;
  /** What a NIfTI volume shows. Defaults to `"auto"`: values below -500 are taken for Hounsfield units. */
  modality?: "CT" | "MR" | "auto" | undefined;
  /** Patches of a slide at most. Range 1..126. Defaults to `125`. */
  maxPatches?: number | undefined;
  limits?: DicomLimits | undefined;
  /** Takes effect between files and frames. */
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: StudyProgress) => void) | undefined;
}

export interface StudyProgress {
  readonly phase: "headers" | "range" | "pictures";
  readonly done: number;
  readonly total: number;
}
