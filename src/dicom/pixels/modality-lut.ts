import { FrameAttributes } from "../file/attributes.js";
import type { Dataset } from "../file/dataset.js";
import { unreadable } from "../file/fail.js";
import { TAG, tagName } from "../file/tags.js";
import { type LookupTable, lookUp, readLut } from "./lut.js";

/** From stored values to the manufacturer-independent ones: HU, optical density, ... (PS3.3 C.11.1). */
export type ModalityLut =
  | { readonly kind: "none" }
  | { readonly kind: "linear"; readonly slope: number; readonly intercept: number }
  | { readonly kind: "table"; readonly table: LookupTable };

export interface ModalityAttributes {
  readonly lut: ModalityLut;
  /** Slope and intercept, also where a table goes before them. */
  readonly rescale: Extract<ModalityLut, { kind: "linear" | "none" }>;
  /** One of slope and intercept is present without the other. */
  readonly incomplete: boolean;
  /** A Rescale Slope of 0 is written, which would make every value the same. */
  readonly flat: boolean;
  /** Rescale Type says something other than HU or nothing. */
  readonly notHounsfield: boolean;
}

/**
 * Reads the LUT sequence, or slope and intercept, of a frame; of both the table counts. A slope of 0 is `flat`, and not
 * applied; one that is no number is refused (`dicom_unreadable`), for the stored values would pass for measured ones.
 */
export function readModalityLut(
  dataset: Dataset,
  frame: number,
  signed: boolean,
  bigEndian: boolean,
): ModalityAttributes {
  const attributes = new FrameAttributes(dataset, frame);
  for (const tag of [TAG.rescaleSlope, TAG.rescaleIntercept]) {
    if (attributes.holder(TAG.pixelTransformation, tag)?.isMalformed(tag))
      throw unreadable(`${tagName(tag)} is present and is no number, so the values' meaning is unknown.`);
  }
  const slope = attributes.number(TAG.pixelTransformation, TAG.rescaleSlope);
  const intercept = attributes.number(TAG.pixelTransformation, TAG.rescaleIntercept);
  const type = attributes.holder(TAG.pixelTransformation, TAG.rescaleType)?.string(TAG.rescaleType);
  const item = dataset.item(TAG.modalityLut, 0);
  const table = item && readLut(item, signed, bigEndian);
  const incomplete = (slope === undefined) !== (intercept === undefined);
  const notHounsfield = type !== undefined && type.toUpperCase() !== "HU";
  const rescale =
    slope !== undefined && slope !== 0 && intercept !== undefined
      ? ({ kind: "linear", slope, intercept } as const)
      : ({ kind: "none" } as const);
  return {
    lut: table ? { kind: "table", table } : rescale,
    rescale,
    incomplete,
    flat: slope === 0,
    notHounsfield,
  };
}

/** PS3.3 C.11.1.1.2: output = slope * stored + intercept; or the table's entry. */
export function modalityFunction(lut: ModalityLut): (stored: number) => number {
  switch (lut.kind) {
    case "none":
      return (stored) => stored;
    case "linear":
      return (stored) => lut.slope * stored + lut.intercept;
    case "table":
      return (stored) => lookUp(lut.table, stored);
  }
}
