import { VOLUME_MODALITIES } from "../show/rule-table.js";
import { ruleFor } from "../show/show.js";
import { geometryAt, passAt } from "./frame-columns.js";
import { groupBy } from "./group-by.js";
import { type GroupedFile, type PackedSeries, packNumbers } from "./packed-series.js";
import type { Slice } from "./slice.js";
import { buildVolume } from "./volume.js";

/** A file and its number. */
interface Numbered extends GroupedFile {
  readonly file: number;
}

/**
 * Groups files into studies and series (PS3.3 A.1.2), series by number within a study; `asListed` keeps the order in which
 * the caller named them. Both are numbered from 1 in the order found.
 */
export function groupFiles(files: readonly GroupedFile[], asListed: boolean): PackedSeries[] {
  const numbered = files.map((each, file): Numbered => ({ ...each, file }));
  const groups: PackedSeries[] = [];
  let study = 0;
  for (const members of groupBy(numbered, (file) => file.study).values()) {
    study += 1;
    const series = [...groupBy(members, seriesKey).values()];
    if (!asListed) series.sort((a, b) => (a[0]?.seriesNumber ?? 0) - (b[0]?.seriesNumber ?? 0));
    for (const each of series) groups.push(describe(each, study, groups.length + 1, asListed));
  }
  return groups;
}

/** Modality belongs to the key: a series has one (PS3.3 C.7.3.1), and captures filed into it must not join a volume. */
function seriesKey({ series, facts }: GroupedFile): string {
  return `${series}\0${facts.modality}\0${facts.secondaryCapture}`;
}

function describe(
  files: readonly Numbered[],
  study: number,
  series: number,
  asListed: boolean,
): PackedSeries {
  const ordered = files.toSorted(
    (a, b) => (a.instanceNumber ?? 0) - (b.instanceNumber ?? 0) || a.file - b.file,
  );
  const facts = ordered[0]?.facts;
  const modality = facts?.modality ?? "unknown";
  const isVolume = VOLUME_MODALITIES.has(modality) && facts?.secondaryCapture !== true;
  const volume = isVolume ? buildVolume(ordered.flatMap(slicesOf)) : undefined;
  return {
    study,
    series,
    modality,
    files: packNumbers((asListed && !isVolume ? files : ordered).map(({ file }) => file)),
    volume: volume && {
      files: packNumbers(volume.slices.map(({ file }) => file)),
      frames: packNumbers(volume.slices.map(({ frame }) => frame)),
      notes: volume.notes,
    },
    wholeSlide: ordered.some(({ wholeSlide }) => wholeSlide),
    supported: facts !== undefined && isSupported(facts),
  };
}

function isSupported(facts: GroupedFile["facts"]): boolean {
  try {
    ruleFor(facts, "auto");
    return true;
  } catch {
    return false;
  }
}

/** The frames of a file as slices; multi-frame files without per-frame geometry keep the file's. */
function slicesOf({ file, name, instance, instanceNumber, facts, frames, described }: Numbered): Slice[] {
  const placed = described.count === frames;
  const unplaced = { ...geometryAt(described, 0), position: undefined };
  return Array.from({ length: frames }, (_, frame) => ({
    file,
    name,
    frame,
    instance,
    geometry: placed ? geometryAt(described, frame) : unplaced,
    instanceNumber,
    pass: passAt(described, frame < described.count ? frame : 0),
    facts,
  }));
}
