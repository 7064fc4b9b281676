import { Callback } from "../base/callback.js";
import { badOption, type MedGemmaError } from "../base/errors.js";
import { checkNames, checkSignal, functionOption, readOnce } from "../base/options.js";
import { noPicture } from "./file/fail.js";
import type { HeldInput, PathOrBytes, StudyInput } from "./file/input.js";
import { type Limits, withDefaults } from "./file/limits.js";
import { chooseSlices } from "./series/choose-slices.js";
import type { FrameOf, Instance } from "./series/instance.js";
import { checkMemory, mostPictures } from "./series/memory.js";
import { MODALITY_RULES } from "./show/rule-table.js";
import { slidePictures } from "./slide/pictures.js";
import { tiffPictures, tiffSource } from "./slide/tiff-slide.js";
import { type Collected, collect } from "./study/collect.js";
import { fileWarnings } from "./study/file-warnings.js";
import { whileHeld } from "./study/hold.js";
import { niftiPictures, niftiSource, withoutVolumes } from "./study/nifti-pictures.js";
import { type Selection, selectSeries } from "./study/select.js";
import { groupSeries } from "./study/series.js";
import { acquisitionRange, type Numbered, showAll } from "./study/show-slices.js";
import { pictureParts, type StudyPictures, unique, volumeParts } from "./study/study-pictures.js";
import type { PictureOptions, Prepared, Work } from "./study/work.js";
import { sharedPool } from "./worker/pool.js";

const NAMES: readonly (keyof PictureOptions)[] = [
  "model",
  "rule",
  "window",
  "frame",
  "series",
  "modality",
  "maxPatches",
  "limits",
  "signal",
  "onProgress",
];

/** @param names Of the options that the `owner` has. */
export function prepare(
  asked: PictureOptions,
  owner = "toModelPictures",
  names: readonly string[] = NAMES,
): Prepared {
  const options = readOnce(owner, asked);
  checkNames(owner, options, names);
  checkSignal(options.signal);
  const { model = "1.5", rule = "auto", modality = "auto", window } = options;
  if (!["CT", "MR", "auto"].includes(modality)) throw badOption("modality", '"CT", "MR" or "auto"', modality);
  checkFrame(options.frame);
  if (model !== "1.0" && model !== "1.5") throw badOption("model", '"1.0" or "1.5"', model);
  if (rule !== "auto" && rule !== "display") throw badOption("rule", '"auto" or "display"', rule);
  checkWindow(window);
  const callback = new Callback(functionOption("onProgress", options.onProgress));
  return {
    pool: sharedPool(),
    limits: withDefaults(options.limits),
    signal: options.signal,
    show: { model, rule, window },
    options,
    named: true,
    progress: (phase, done, total) => callback.tell({ phase, done, total }),
  };
}

function checkFrame(frame: PictureOptions["frame"]): void {
  if (frame === undefined || frame === "all") return;
  const frames = Array.isArray(frame) ? (frame as readonly unknown[]) : [frame];
  if (frames.length === 0 || !frames.every((it) => Number.isInteger(it) && (it as number) >= 0))
    throw badOption("frame", 'whole numbers from 0, or "all"', frame);
}

function checkWindow(window: PictureOptions["window"]): void {
  const named = window === undefined || window === "file" || window === "minmax";
  const given =
    typeof window === "object" && window !== null && Number.isFinite(window.center) && window.width >= 1;
  if (!named && !given)
    throw badOption("window", 'a center and a width of at least 1, "file" or "minmax"', window);
}

/**
 * Pictures as the model was trained on them, from a DICOM file, a folder, a DICOMDIR, a ZIP archive, a list, bytes, a
 * Blob, a stream, a NIfTI volume or a slide (DICOM, TIFF, SVS). Decoding runs in workers; at most the chosen pictures are held.
 * Throws `not_dicom`, `dicom_unreadable`, `dicom_unsupported`, `dicom_no_picture`, `dicom_modality`, `dicom_timeout`,
 * `nifti_unreadable`, `image_unreadable`, `image_too_large`, `file_not_found`, `bad_option` or `aborted`.
 */
export async function toModelPictures(
  source: StudyInput,
  options: PictureOptions = {},
): Promise<StudyPictures> {
  const prepared = prepare(options);
  return whileHeld(source, prepared.limits, prepared.signal, (input, shared) =>
    picturesOf(input, { ...prepared, shared }),
  );
}

async function picturesOf(input: HeldInput, prepared: Work): Promise<StudyPictures> {
  if (!Array.isArray(input)) return studyPictures(input as PathOrBytes, prepared);
  const { volumes, rest, volumesFirst } = await withoutVolumes(input as readonly PathOrBytes[]);
  const read: StudyPictures[] = [];
  for (const volume of volumes) read.push(await niftiPictures(volume, prepared));
  if (rest.length === 0 && read.length > 0) return together(read);
  const files = await studyPictures(rest, prepared);
  return together(volumesFirst ? [...read, files] : [files, ...read]);
}

async function studyPictures(input: HeldInput, prepared: Work): Promise<StudyPictures> {
  if (await niftiSource(input)) return niftiPictures(input as string | Uint8Array, prepared);
  if (await tiffSource(input)) return tiffPictures(input as string, prepared);
  const { options } = prepared;
  const collected = await collect(input, {
    pool: prepared.pool,
    limits: prepared.limits,
    shared: prepared.shared,
    identity: false,
    signal: prepared.signal,
    onProgress: (done, total) => prepared.progress("headers", done, total),
  });
  const { instances, listed } = collected;
  if (instances.length === 0) throw noPictureIn(collected);
  const work: Work = { ...prepared, named: listed };
  const made: StudyPictures[] = [];
  for (const selection of selectSeries(
    await groupSeries(instances, listed, prepared),
    options.series,
    listed,
    work.show.rule,
  )) {
    const one = await makePictures(selection, work);
    made.push({
      ...one,
      took: [one.took, ...selection.notes].join("; "),
      warnings: [...headerWarnings(collected, selection), ...one.warnings],
    });
  }
  const whole = together(made);
  const files = [...collected.skipped].map(([reason, count]) => `${count} files ${reason} left out`);
  return {
    ...whole,
    took: [whole.took, ...files].join("; "),
    warnings: unique([...collected.warnings, ...whole.warnings]),
  };
}

/** Nothing to show: the reason, when it is one for all. */
function noPictureIn({ skipped, warnings }: Collected): MedGemmaError {
  const files = [...skipped].map(([reason, count]) => `${count} files ${reason}`);
  return files.length + warnings.length === 0
    ? noPicture()
    : noPicture(`No picture was found: ${[...files, ...warnings].join("; ")}.`);
}

/** Several series that were asked for, one after another. */
function together(made: readonly StudyPictures[]): StudyPictures {
  const [first] = made;
  if (!first) throw noPicture();
  if (made.length === 1) return first;
  return {
    ...first,
    kind: made.find(({ kind }) => kind !== "picture")?.kind ?? "picture",
    pictures: made.flatMap(({ pictures }) => pictures),
    places: made.flatMap(({ places }) => places),
    parts: made.flatMap(({ parts }) => parts),
    rule: unique(made.map(({ rule }) => rule)).join(", "),
    took: made.map(({ took }) => took).join("; "),
    warnings: made.flatMap(({ warnings }) => warnings),
  };
}

/** What was found in the headers of the files that are shown. */
function headerWarnings(collected: Collected, selection: Selection): string[] {
  const shown = selection.kind === "volume" ? selection.volume.instances : new Set(selection.instances);
  return collected.instances.flatMap((one) => (shown.has(one) ? one.header.warnings : []));
}

function makePictures(selection: Selection, work: Work): Promise<StudyPictures> {
  if (selection.kind === "slide") return slidePictures(selection.instances, work);
  if (selection.kind === "volume") return volumePictures(selection, work);
  return singlePictures(selection.instances, work);
}

async function volumePictures(
  { volume }: Extract<Selection, { kind: "volume" }>,
  work: Work,
): Promise<StudyPictures> {
  if (volume.length === 0) throw noPicture();
  const { facts } = volume.at(0).instance.header;
  const measured =
    facts.modality === "MR" && work.show.rule === "auto"
      ? await acquisitionRange(volume, work)
      : { lost: new Set<Instance>(), range: undefined, warnings: [] };
  const all = Array.from({ length: volume.length }, (_, index) => index);
  const left =
    measured.lost.size === 0 ? all : all.filter((index) => !measured.lost.has(volume.at(index).instance));
  const chosen = chooseSlices(left.length, mostPictures(facts, work.limits));
  const shown = await showAll(
    chosen.map((index) => ({ ...volume.at(left[index] ?? 0), number: index + 1 })),
    measured.range,
    work,
  );
  const whole = left.length > 1;
  const count = shown.pictures.length;
  const taken =
    count < volume.length ? `${count} of ${volume.length} slices` : `${count} slice${whole ? "s" : ""}`;
  return {
    kind: whole ? "volume" : "picture",
    ...shown,
    parts: whole ? volumeParts(shown.pictures) : pictureParts(shown.pictures),
    facts,
    took: [`${facts.modality}, ${taken}`, ...volume.notes].join("; "),
    warnings: [...measured.warnings, ...shown.warnings, ...volume.notes, ...fileWarnings(facts)],
  };
}

async function singlePictures(instances: readonly Instance[], work: Work): Promise<StudyPictures> {
  const chosen = instances.map((instance) => chooseFrames(instance, work));
  const slices = chosen.flatMap((choice) => choice.slices);
  checkMemory(slices, work.limits);
  const notes = unique(chosen.flatMap(({ note }) => (note === undefined ? [] : [note])));
  const numbered = slices.map((slice, index): Numbered => ({ ...slice, number: index + 1 }));
  const [first] = numbered;
  if (!first) throw noPicture();
  const shown = await showAll(numbered, undefined, work);
  const count = shown.pictures.length;
  const { facts } = first.instance.header;
  return {
    kind: "picture",
    ...shown,
    parts: pictureParts(shown.pictures),
    facts,
    took: [`${facts.modality}, ${count} picture${count === 1 ? "" : "s"}`, ...notes].join("; "),
    warnings: [
      ...shown.warnings,
      ...(work.options.frame === undefined ? notes : []),
      ...instances.flatMap(({ header }) => fileWarnings(header.facts)),
    ],
  };
}

/** Of one file; what was left out is noted. The reference shows every frame of a radiograph, and refuses other cines. */
function chooseFrames(instance: Instance, work: Work): { slices: FrameOf[]; note: string | undefined } {
  const { frames } = instance.header;
  const { frame = framesByDefault(instance, work.limits) } = work.options;
  if (frame === "all") {
    checkMemory({ instance, length: frames }, work.limits);
    return {
      slices: Array.from({ length: frames }, (_, index) => ({ instance, frame: index })),
      note: undefined,
    };
  }
  const wanted = typeof frame === "number" ? [frame] : frame;
  const note = frames > wanted.length ? `${wanted.length} of ${frames} frames` : undefined;
  const slices = wanted.map((index) => {
    if (!Number.isInteger(index) || index < 0 || index >= frames)
      throw badOption("frame", `whole numbers from 0 to ${frames - 1}`, index);
    return { instance, frame: index };
  });
  return { slices, note };
}

function framesByDefault({ header }: Instance, limits: Limits): number | readonly number[] {
  const radiograph = MODALITY_RULES.get(header.facts.modality)?.rule === "xray";
  return radiograph ? chooseSlices(header.frames, mostPictures(header.facts, limits)) : 0;
}
