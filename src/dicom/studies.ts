import type { Instance } from "./collect.js";
import { groupBy } from "./group-by.js";
import { VOLUME_MODALITIES } from "./rule-table.js";
import { ruleFor } from "./show.js";
import type { Slice } from "./slice.js";
import { buildVolume, type Volume } from "./volume.js";

/** Pictures of one series. Studies and series are numbered from 1 in the order found; their UIDs stay inside. */
export interface SeriesGroup {
  readonly study: number;
  readonly series: number;
  readonly modality: string;
  readonly instances: readonly Instance[];
  /** For CT and MR, unless secondary captures. */
  readonly volume: Volume | undefined;
  readonly wholeSlide: boolean;
  /** The model has a rule for it. */
  readonly supported: boolean;
}

/**
 * Groups files into studies and series (PS3.3 A.1.2), series by number within a study; `asListed` keeps the order in which
 * the caller named them.
 */
export function groupSeries(instances: readonly Instance[], asListed = false): readonly SeriesGroup[] {
  const studies = groupBy(instances, ({ header }) => header.keys.study);
  const groups: SeriesGroup[] = [];
  let study = 0;
  for (const members of studies.values()) {
    study += 1;
    const series = [...groupBy(members, seriesKey).values()];
    if (!asListed) series.sort((a, b) => (a[0]?.header.seriesNumber ?? 0) - (b[0]?.header.seriesNumber ?? 0));
    for (const files of series) groups.push(describe(files, study, groups.length + 1, asListed));
  }
  return groups;
}

/** Modality belongs to the key: a series has one (PS3.3 C.7.3.1), and captures filed into it must not join a volume. */
function seriesKey({ header }: Instance): string {
  return `${header.keys.series}\0${header.facts.modality}\0${header.facts.secondaryCapture}`;
}

function describe(files: readonly Instance[], study: number, series: number, asListed: boolean): SeriesGroup {
  const ordered = files
    .map((instance, order) => ({ instance, order }))
    .sort(
      (a, b) =>
        (a.instance.header.instanceNumber ?? 0) - (b.instance.header.instanceNumber ?? 0) ||
        a.order - b.order,
    )
    .map(({ instance }) => instance);
  const facts = ordered[0]?.header.facts;
  const modality = facts?.modality ?? "unknown";
  const isVolume = VOLUME_MODALITIES.has(modality) && facts?.secondaryCapture !== true;
  return {
    study,
    series,
    modality,
    instances: asListed && !isVolume ? files : ordered,
    volume: isVolume ? buildVolume(ordered.flatMap(slicesOf)) : undefined,
    wholeSlide: ordered.some(({ header }) => header.wholeSlide),
    supported: facts !== undefined && isSupported(facts),
  };
}

function isSupported(facts: Instance["header"]["facts"]): boolean {
  try {
    ruleFor(facts, "auto");
    return true;
  } catch {
    return false;
  }
}

/** The frames of a file as slices; multi-frame files without per-frame geometry keep the file's. */
export function slicesOf({ source, header }: Instance): Slice[] {
  const count = Math.max(header.geometry.length, header.facts.frames);
  const [first] = header.geometry;
  const [pass] = header.passes;
  if (!first || !pass) return [];
  const placed = header.geometry.length === count;
  return Array.from({ length: count }, (_, frame) => ({
    source,
    frame,
    instance: header.keys.instance,
    geometry: placed
      ? (header.geometry[frame] ?? first)
      : { ...first, position: count > 1 ? undefined : first.position },
    instanceNumber: header.instanceNumber,
    pass: header.passes[frame] ?? pass,
    facts: header.facts,
  }));
}
