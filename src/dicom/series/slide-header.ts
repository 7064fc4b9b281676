import { readGeometry } from "../file/attributes.js";
import type { Dataset } from "../file/dataset.js";
import type { DicomFacts } from "../file/facts.js";
import { TAG } from "../file/tags.js";

/** Level of a whole slide image (PS3.3 C.8.12.4). */
export interface SlideHeader {
  readonly totalColumns: number;
  readonly totalRows: number;
  /** `volume`, or a picture of the label, the whole slide or a thumbnail. */
  readonly kind: "volume" | "thumbnail" | "label" | "overview";
  /** Tiles are in rows from the top left without gaps; otherwise `places` counts. */
  readonly full: boolean;
  /** Millimetres a pixel. */
  readonly spacing: readonly [number, number] | undefined;
  /** Column and row of the tile that each frame is, two numbers each, when not `full`; undefined when one is off the grid. */
  readonly places: Uint32Array | undefined;
}

export function readSlide(dataset: Dataset, facts: DicomFacts, frames: number): SlideHeader {
  const types = dataset.strings(TAG.imageType).map((text) => text.toUpperCase());
  const kind = types.includes("LABEL")
    ? "label"
    : types.includes("OVERVIEW")
      ? "overview"
      : types.includes("THUMBNAIL")
        ? "thumbnail"
        : "volume";
  const full =
    dataset.string(TAG.dimensionOrganization)?.toUpperCase() === "TILED_FULL" ||
    dataset.count(TAG.perFrameGroups) === 0;
  return {
    totalColumns: dataset.uint32(TAG.totalColumns) ?? facts.columns,
    totalRows: dataset.uint32(TAG.totalRows) ?? facts.rows,
    kind,
    full,
    spacing: readGeometry(dataset, 0).spacing,
    places: full ? new Uint32Array() : placesOf(dataset, facts, frames),
  };
}

function placesOf(dataset: Dataset, { rows, columns }: DicomFacts, frames: number): Uint32Array | undefined {
  const places = new Uint32Array(2 * Math.min(frames, dataset.count(TAG.perFrameGroups)));
  for (let frame = 0; frame * 2 < places.length; frame++) {
    const item = dataset.item(TAG.perFrameGroups, frame)?.item(TAG.planePositionSlide);
    const across = ((item?.int32(TAG.columnInTotal) ?? 1) - 1) / columns;
    const down = ((item?.int32(TAG.rowInTotal) ?? 1) - 1) / rows;
    if (!isPlace(across) || !isPlace(down)) return undefined;
    places.set([across, down], frame * 2);
  }
  return places;
}

function isPlace(value: number): boolean {
  return Number.isInteger(value) && value >= 0;
}
