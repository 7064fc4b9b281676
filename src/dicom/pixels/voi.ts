import { FrameAttributes } from "../file/attributes.js";
import type { Dataset } from "../file/dataset.js";
import { TAG } from "../file/tags.js";
import { type LookupTable, lookUp, readLut } from "./lut.js";

export type VoiFunction = "LINEAR" | "LINEAR_EXACT" | "SIGMOID";

/** A window in the units of the modality LUT's output (HU for CT). */
export interface Window {
  readonly center: number;
  /** LINEAR needs at least 1, the others more than 0 (PS3.3 C.11.2.1.2). */
  readonly width: number;
  readonly function: VoiFunction;
}

export interface VoiAttributes {
  /** Usable windows, in the file's order; a width of 0 is left out. */
  readonly windows: readonly Window[];
  /** The first that can be used. */
  readonly table: LookupTable | undefined;
  /** The file has windows of numbers and none can be used. */
  readonly unusable: boolean;
}

/** Reads Window Center and Width (several values: alternatives) and the VOI LUT Sequence (PS3.3 C.11.2). */
export function readVoi(
  dataset: Dataset,
  frame: number,
  signedInput: boolean,
  bigEndian: boolean,
): VoiAttributes {
  const holder = new FrameAttributes(dataset, frame).holder(TAG.frameVoi, TAG.windowCenter);
  const centers = holder?.numbers(TAG.windowCenter) ?? [];
  const widths = holder?.numbers(TAG.windowWidth) ?? [];
  const named = holder?.string(TAG.voiFunction)?.toUpperCase();
  const kind: VoiFunction = named === "SIGMOID" || named === "LINEAR_EXACT" ? named : "LINEAR";
  const windows = centers.flatMap((center, index) => {
    const width = widths[index] ?? Number.NaN;
    const usable = Number.isFinite(center) && (kind === "LINEAR" ? width >= 1 : width > 0);
    return usable ? [{ center, width, function: kind }] : [];
  });
  // Of one that is no number the data set keeps a note of its own.
  const read = !holder?.isMalformed(TAG.windowCenter) && !holder?.isMalformed(TAG.windowWidth);
  return {
    windows,
    table: firstTable(dataset, signedInput, bigEndian),
    unusable: read && centers.length > 0 && windows.length === 0,
  };
}

/** Alternatives are few. */
const MOST_TABLES = 16;

function firstTable(dataset: Dataset, signedInput: boolean, bigEndian: boolean): LookupTable | undefined {
  for (let index = 0; index < Math.min(MOST_TABLES, dataset.count(TAG.voiLut)); index++) {
    const item = dataset.item(TAG.voiLut, index);
    const table = item && readLut(item, signedInput, bigEndian);
    if (table) return table;
  }
  return undefined;
}

/** The window's curve from input values to 0..1. */
export function windowFunction(window: Window): (value: number) => number {
  const { center: c, width: w } = window;
  switch (window.function) {
    case "LINEAR":
      // PS3.3 C.11.2.1.2.1: x <= c - 0.5 - (w-1)/2 -> min; x > c - 0.5 + (w-1)/2 -> max; else ((x-(c-0.5))/(w-1)+0.5)
      return (x) => {
        if (x <= c - 0.5 - (w - 1) / 2) return 0;
        if (x > c - 0.5 + (w - 1) / 2) return 1;
        return (x - (c - 0.5)) / (w - 1) + 0.5;
      };
    case "LINEAR_EXACT":
      // PS3.3 C.11.2.1.3.2: x <= c - w/2 -> min; x > c + w/2 -> max; else (x-c)/w + 0.5
      return (x) => (x <= c - w / 2 ? 0 : x > c + w / 2 ? 1 : (x - c) / w + 0.5);
    case "SIGMOID":
      // PS3.3 C.11.2.1.3.1: 1 / (1 + exp(-4 (x-c)/w))
      return (x) => 1 / (1 + Math.exp((-4 * (x - c)) / w));
  }
}

/** A VOI LUT's curve from input values to 0..1 (PS3.3 C.11.2.1.1). */
export function tableFunction(table: LookupTable): (value: number) => number {
  const top = 2 ** table.bits - 1;
  return (x) => lookUp(table, x) / top;
}
