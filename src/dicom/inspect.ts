import { MedGemmaError } from "../base/errors.js";
import { readOnce } from "../base/options.js";
import type { DicomFacts } from "./file/facts.js";
import type { Identity } from "./file/identity.js";
import type { HeldInput, PathOrBytes, StudyInput } from "./file/input.js";
import type { DicomLimits } from "./file/limits.js";
import { MAX_SLICES, type ModelVersion } from "./show/rule-table.js";
import { ruleFor } from "./show/show.js";
import { readTiffPages } from "./slide/tiff.js";
import { tiffLevels, tiffSource } from "./slide/tiff-slide.js";
import { collect } from "./study/collect.js";
import { fileWarnings } from "./study/file-warnings.js";
import { whileHeld } from "./study/hold.js";
import { niftiFacts, niftiSource, runNifti, withoutVolumes } from "./study/nifti-pictures.js";
import { type Selection, selectSeries } from "./study/select.js";
import { groupSeries, type SeriesGroup } from "./study/series.js";
import { unique } from "./study/study-pictures.js";
import type { Work } from "./study/work.js";
import { prepare } from "./to-pictures.js";

export interface InspectOptions {
  /** The model that will look. Defaults to `"1.5"`. */
  model?: ModelVersion | undefined;
  /** Also give names, ids, dates and descriptions. Defaults to `false`. */
  identity?: boolean | undefined;
  limits?: DicomLimits | undefined;
  signal?: AbortSignal | undefined;
}

/** Plain data, for JSON and for {@link formatInspection}. */
export interface Inspection {
  readonly kind: "dicom" | "nifti" | "slide";
  readonly series: readonly InspectedSeries[];
  /** Number of the series that `toModelPictures` would take; absent when none can be. */
  readonly taken: readonly number[];
  /** Files left out, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
}

export interface InspectedSeries {
  /** From 1; `series` of `toModelPictures` takes it. */
  readonly number: number;
  readonly study: number;
  readonly files: number;
  /** Slices after sorting and dropping, or pictures. */
  readonly pictures: number;
  /** How it will be shown: `ct`, `xray`, `mr`, `photo`, `slide`, or `none`. */
  readonly rule: string;
  readonly facts: DicomFacts;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  readonly identity?: Identity | undefined;
}

const NAMES = ["model", "identity", "limits", "signal"] as const;

/** What a file, folder or list is and how it would be read, without decoding pixels. Throws as `toModelPictures`. */
export async function inspectPath(source: StudyInput, options: InspectOptions = {}): Promise<Inspection> {
  const { identity = false, ...rest } = readOnce("inspectPath", options);
  const prepared = prepare(rest, "inspectPath", NAMES);
  return whileHeld(source, prepared.limits, prepared.signal, (input, shared) =>
    inspect(input, identity, { ...prepared, shared }),
  );
}

async function inspect(given: HeldInput, identity: boolean, work: Work): Promise<Inspection> {
  const input = await onlyVolume(given);
  if (await niftiSource(input)) return inspectNifti(input as string | Uint8Array, work);
  if (await tiffSource(input)) return inspectTiff(input as string);
  const {
    instances,
    skipped,
    listed,
    warnings: found,
  } = await collect(input, {
    pool: work.pool,
    limits: work.limits,
    shared: work.shared,
    identity,
    describing: true,
    signal: work.signal,
    onProgress: undefined,
  });
  const groups = await groupSeries(instances, listed, work);
  const series = groups.map(describe);
  const warnings = unique([...found, ...instances.flatMap(({ header }) => [...header.warnings])]);
  return {
    kind: "dicom",
    series,
    taken: takenOf(groups, listed),
    skipped: Object.fromEntries(skipped),
    warnings,
  };
}

/** A list that names one volume, by both files of its pair or alone, is that volume. */
async function onlyVolume(input: HeldInput): Promise<HeldInput> {
  if (!Array.isArray(input)) return input;
  const { volumes, rest } = await withoutVolumes(input as readonly PathOrBytes[]);
  return volumes.length === 1 && rest.length === 0 ? (volumes[0] as PathOrBytes) : input;
}

function takenOf(groups: readonly SeriesGroup[], listed: boolean): number[] {
  let selections: readonly Selection[];
  try {
    selections = selectSeries(groups, undefined, listed, "auto");
  } catch (error) {
    if (MedGemmaError.isInstance(error)) return [];
    throw error;
  }
  const chosen = new Set<unknown>(
    selections.flatMap((one): readonly unknown[] => (one.kind === "volume" ? [one.volume] : one.instances)),
  );
  const belongs = ({ volume, instances }: SeriesGroup) =>
    volume ? chosen.has(volume) : instances.some((one) => chosen.has(one));
  return groups.filter(belongs).map((group) => group.series);
}

function describe(group: SeriesGroup): InspectedSeries {
  const [first] = group.instances;
  if (!first) throw new MedGemmaError("dicom_no_picture");
  const { facts, identity } = first.header;
  const rule = ruleOf(group, facts);
  const chosen =
    group.volume && group.volume.length > MAX_SLICES ? [`${MAX_SLICES} slices go into a prompt`] : [];
  return {
    number: group.series,
    study: group.study,
    files: group.instances.length,
    pictures: group.volume?.length ?? group.instances.length,
    rule: rule.name,
    facts,
    notes: [...(group.volume?.notes ?? []), ...chosen],
    warnings: unique([...rule.warnings, ...fileWarnings(facts)]),
    ...(identity === undefined ? {} : { identity }),
  };
}

function ruleOf(group: SeriesGroup, facts: DicomFacts): { name: string; warnings: readonly string[] } {
  if (group.wholeSlide) return { name: "slide", warnings: [] };
  try {
    const { kind, warnings } = ruleFor(facts, "auto");
    return { name: kind, warnings };
  } catch (error) {
    if (!MedGemmaError.isInstance(error)) throw error;
    return { name: "none", warnings: [`${error.message} ${error.remedy}`] };
  }
}

async function inspectNifti(input: string | Uint8Array, work: Work): Promise<Inspection> {
  const result = await runNifti(input, work, true);
  const { grid, chosen, modality, warnings } = result;
  const notes = [
    `${grid.plane} slices`,
    ...(chosen.length < grid.slices ? [`${chosen.length} slices go into a prompt`] : []),
  ];
  const one = {
    number: 1,
    study: 1,
    files: 1,
    pictures: grid.slices,
    rule: modality.toLowerCase(),
    notes,
    warnings,
  };
  return {
    kind: "nifti",
    series: [{ ...one, facts: niftiFacts(result) }],
    taken: [1],
    skipped: {},
    warnings: [],
  };
}

async function inspectTiff(input: string): Promise<Inspection> {
  const levels = tiffLevels((await readTiffPages(input)) ?? []);
  const [finest] = levels;
  const facts: DicomFacts = {
    modality: "SM",
    rows: finest?.height ?? 0,
    columns: finest?.width ?? 0,
    frames: 1,
    ...(finest?.micrometres === undefined
      ? {}
      : { spacing: [finest.micrometres / 1000, finest.micrometres / 1000] as const }),
    transferSyntax: "TIFF",
    lossy: true,
    burnedIn: "not stated",
    secondaryCapture: false,
    localizer: false,
    derived: false,
  };
  const notes = [`${levels.length} levels`];
  const one = { number: 1, study: 1, files: 1, pictures: 1, rule: "slide", facts, notes, warnings: [] };
  return { kind: "slide", series: [one], taken: [1], skipped: {}, warnings: [] };
}
