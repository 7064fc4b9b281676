import { badOption, MedGemmaError } from "../../base/errors.js";
import { noPicture } from "../file/fail.js";
import type { Instance } from "../series/instance.js";
import type { SeriesGroup, Volume } from "./series.js";

/** What will be shown of all that was found. */
export type Selection =
  | { readonly kind: "volume"; readonly volume: Volume; readonly notes: readonly string[] }
  | { readonly kind: "pictures"; readonly instances: readonly Instance[]; readonly notes: readonly string[] }
  | { readonly kind: "slide"; readonly instances: readonly Instance[]; readonly notes: readonly string[] };

/**
 * Chooses among series. A number picks one. Otherwise the study with most pictures, in it the volume with most slices,
 * else all its pictures of the first kind that has a rule. Files that the caller listed one by one are all taken, also of
 * several series and studies (two visits to compare), or refused.
 */
export function selectSeries(
  groups: readonly SeriesGroup[],
  series: number | undefined,
  listed: boolean,
  rule: "auto" | "display",
): readonly Selection[] {
  if (series !== undefined) {
    const group = groups.find((candidate) => candidate.series === series);
    if (!group) throw badOption("series", `a whole number from 1 to ${groups.length}`, series);
    return [fromGroup(group, [`series ${series} of ${groups.length}, as asked`])];
  }
  const usable = groups.filter((group) => group.supported || rule === "display");
  if (usable.length === 0) throw refused(groups);
  if (listed && usable.length < groups.length) throw refused(without(groups, usable));
  return listed ? everyGroup(usable) : [fullestSelection(groups, usable)];
}

/** Volumes and slides each for itself; pictures that follow each other together, as they were listed. */
function everyGroup(groups: readonly SeriesGroup[]): Selection[] {
  const selections: Selection[] = [];
  let pictures: Instance[] | undefined;
  for (const group of groups) {
    const one = fromGroup(group, []);
    if (one.kind !== "pictures") {
      selections.push(one);
      pictures = undefined;
    } else if (pictures) pictures.push(...one.instances);
    else {
      pictures = one.instances.slice();
      selections.push({ ...one, instances: pictures });
    }
  }
  return selections;
}

function without(groups: readonly SeriesGroup[], some: readonly SeriesGroup[]): SeriesGroup[] {
  const left = new Set(some);
  return groups.filter((group) => !left.has(group));
}

function fullestSelection(groups: readonly SeriesGroup[], usable: readonly SeriesGroup[]): Selection {
  const study = fullestStudy(usable);
  const inStudy = usable.filter((group) => group.study === study);
  const notes = studies(groups, study);
  const volume = fullest(inStudy.filter((group) => group.volume));
  const slide = inStudy.find((group) => group.wholeSlide);
  if (slide && size(slide) >= size(volume)) return fromGroup(slide, [...notes, ...others(groups, [slide])]);
  const flat = inStudy.filter((group) => !group.volume && !group.wholeSlide);
  if (volume && (size(volume) > 3 || flat.length === 0))
    return fromGroup(volume, [...notes, ...others(groups, [volume])]);
  const kind = flat.find((group) => group.modality !== "OT" && group.modality !== "SC") ?? flat[0];
  const alike = flat.filter((group) => group.modality === kind?.modality);
  if (alike.length === 0) throw noPicture();
  return {
    kind: "pictures",
    instances: alike.flatMap((group) => group.instances),
    notes: [...notes, ...others(groups, alike)],
  };
}

function fromGroup(group: SeriesGroup, notes: readonly string[]): Selection {
  if (group.wholeSlide) return { kind: "slide", instances: group.instances, notes };
  if (group.volume) return { kind: "volume", volume: group.volume, notes };
  return { kind: "pictures", instances: group.instances, notes };
}

function size(group: SeriesGroup | undefined): number {
  return group?.volume?.length ?? group?.instances.length ?? 0;
}

function fullest(groups: readonly SeriesGroup[]): SeriesGroup | undefined {
  return groups.reduce<SeriesGroup | undefined>(
    (best, group) => (size(group) > size(best) ? group : best),
    undefined,
  );
}

function fullestStudy(groups: readonly SeriesGroup[]): number {
  const counts = new Map<number, number>();
  for (const group of groups) counts.set(group.study, (counts.get(group.study) ?? 0) + size(group));
  return [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0];
}

function studies(groups: readonly SeriesGroup[], taken: number): string[] {
  const count = new Set(groups.map((group) => group.study)).size;
  return count > 1 ? [`study ${taken} of ${count}`] : [];
}

function others(groups: readonly SeriesGroup[], taken: readonly SeriesGroup[]): string[] {
  const rest = without(groups, taken);
  if (rest.length === 0) return [];
  const names = rest.slice(0, 8).map((group) => `${group.series} (${group.modality}, ${size(group)})`);
  return [`series not taken: ${names.join(", ")}${rest.length > 8 ? ", ..." : ""}`];
}

/** No series has a rule: the error names the kinds. */
function refused(groups: readonly SeriesGroup[]): MedGemmaError {
  const modalities = [...new Set(groups.map((group) => group.modality))];
  return new MedGemmaError(
    "dicom_modality",
    `There is no rule for pictures of modality ${modalities.join(", ")}.`,
    {
      facts: { modality: modalities.join(", ") },
    },
  );
}
