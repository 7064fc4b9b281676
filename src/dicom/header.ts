import { type FrameGeometry, readGeometry } from "./attributes.js";
import type { Parsed } from "./dataset.js";
import { type DicomFacts, readFacts } from "./facts.js";
import { type Pass, readPass } from "./pass.js";
import { TAG } from "./tags.js";
import { type Identity, readIdentity } from "./text.js";
import { SOP_CLASS } from "./uids.js";

/** What grouping needs to know of a file. Crosses from worker to main thread; `keys` are ids and go no further. */
export interface Header {
  readonly facts: DicomFacts;
  readonly keys: { readonly study: string; readonly series: string; readonly instance: string };
  readonly hasPixels: boolean;
  /** False when the file ends or breaks before its pixel data. */
  readonly complete: boolean;
  readonly wholeSlide: boolean;
  readonly seriesNumber: number | undefined;
  readonly instanceNumber: number | undefined;
  /** One entry a frame for multi-frame volumes, one entry otherwise. */
  readonly geometry: readonly FrameGeometry[];
  /** As many. */
  readonly passes: readonly Pass[];
  readonly slide: SlideHeader | undefined;
  /** Files that a DICOMDIR names, as path components. */
  readonly directory: readonly (readonly string[])[] | undefined;
  readonly warnings: readonly string[];
  readonly identity: Identity | undefined;
}

/** Level of a whole slide image (PS3.3 C.8.12.4). */
export interface SlideHeader {
  readonly totalColumns: number;
  readonly totalRows: number;
  /** `volume`, or a picture of the label, the whole slide or a thumbnail. */
  readonly kind: "volume" | "thumbnail" | "label" | "overview";
  /** Tiles are in rows from the top left without gaps; otherwise `positions` counts. */
  readonly full: boolean;
  /** Millimetres a pixel. */
  readonly spacing: readonly [number, number] | undefined;
  /** Zero-based column and row of each frame's first pixel in the whole, when not `full`. */
  readonly positions: readonly (readonly [number, number])[];
}

export function readHeader(parsed: Parsed, identity: boolean): Header {
  const { dataset, syntax } = parsed;
  const facts = readFacts(dataset, syntax);
  const wholeSlide = dataset.string(TAG.sopClass) === SOP_CLASS.wholeSlide;
  const perFrame = dataset.count(TAG.perFrameGroups);
  const frames = wholeSlide ? 1 : Math.max(1, Math.min(facts.frames, perFrame));
  const whole = (tag: string) => {
    const value = dataset.number(tag);
    return value !== undefined && Number.isInteger(value) ? value : undefined;
  };
  return {
    facts,
    keys: {
      study: dataset.string(TAG.studyInstance) ?? "",
      series: dataset.string(TAG.seriesInstance) ?? "",
      instance: dataset.string(TAG.sopInstance) ?? "",
    },
    hasPixels: dataset.element(TAG.pixelData) !== undefined && facts.rows > 0 && facts.columns > 0,
    complete: parsed.complete,
    wholeSlide,
    seriesNumber: whole(TAG.seriesNumber),
    instanceNumber: whole(TAG.instanceNumber),
    geometry: Array.from({ length: frames }, (_, frame) => readGeometry(dataset, frame)),
    passes: Array.from({ length: frames }, (_, frame) => readPass(dataset, frame)),
    slide: wholeSlide ? readSlide(parsed) : undefined,
    directory: readDirectory(parsed),
    identity: identity ? readIdentity(dataset) : undefined,
    // Last: what was read before is in it.
    warnings: [...parsed.warnings, ...dataset.malformedWarnings],
  };
}

function readSlide({ dataset }: Parsed): SlideHeader {
  const types = dataset.strings(TAG.imageType).map((text) => text.toUpperCase());
  const kind = types.includes("LABEL")
    ? "label"
    : types.includes("OVERVIEW")
      ? "overview"
      : types.includes("THUMBNAIL")
        ? "thumbnail"
        : "volume";
  const full = dataset.string(TAG.dimensionOrganization)?.toUpperCase() === "TILED_FULL";
  const positions = full
    ? []
    : dataset.items(TAG.perFrameGroups).map((group): [number, number] => {
        const item = group.item(TAG.planePositionSlide);
        return [(item?.int32(TAG.columnInTotal) ?? 1) - 1, (item?.int32(TAG.rowInTotal) ?? 1) - 1];
      });
  return {
    totalColumns: dataset.uint32(TAG.totalColumns) ?? dataset.uint16(TAG.columns) ?? 0,
    totalRows: dataset.uint32(TAG.totalRows) ?? dataset.uint16(TAG.rows) ?? 0,
    kind,
    full: full || positions.length === 0,
    spacing: readGeometry(dataset, 0).spacing,
    positions,
  };
}

/** Referenced File ID (0004,1500) of each image record of a DICOMDIR (PS3.3 F.3), in the order of the file. */
function readDirectory({ dataset }: Parsed): (readonly string[])[] | undefined {
  if (!dataset.element(TAG.directoryRecords)) return undefined;
  return (
    dataset
      .items(TAG.directoryRecords)
      .filter((record) => record.string(TAG.recordType) === "IMAGE")
      // Some writers separate the folders as their system does, where the standard has a backslash.
      .map((record) => record.strings(TAG.referencedFile).flatMap((part) => part.split("/")))
      .map((parts) => parts.filter((part) => part !== "" && part !== "."))
      .filter((parts) => parts.length > 0)
  );
}
