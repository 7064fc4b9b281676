import { statSync } from "node:fs";
import { allowFrame } from "../file/allowances.js";
import { type FrameGeometry, geometryOfFrame } from "../file/attributes.js";
import type { Parsed } from "../file/dataset.js";
import { type DicomFacts, readFacts } from "../file/facts.js";
import { unreadable } from "../file/fail.js";
import { type Identity, readIdentity } from "../file/identity.js";
import type { Limits } from "../file/limits.js";
import { type FilePath, nameOf, pathText, toArgument } from "../file/paths.js";
import { parseHeader, parseSource, type Source } from "../file/source.js";
import { type NiftiJob, type NiftiResult, readNifti } from "../nifti/nifti.js";
import { decodeFrame } from "../pixels/decode.js";
import { checkFrameMemory } from "../pixels/frame-memory.js";
import { type PixelSource, pixelSource } from "../pixels/frames.js";
import { type Range, rangeOf } from "../pixels/grey.js";
import { type PixelLayout, readLayout } from "../pixels/layout.js";
import type { Samples } from "../pixels/samples.js";
import { type GroupJob, runGroupJob } from "../series/grouping.js";
import { type Header, readHeader } from "../series/header.js";
import type { PackedSeries } from "../series/packed-series.js";
import { type ShownFrame, type ShowOptions, showFrame } from "../show/show.js";
import type { PatchChoice } from "../tissue/tissue.js";
import { runTissueJob, type TissueJob } from "../tissue/tissue-job.js";
import { unzip, type ZipEntry } from "./unzip.js";

/** Work for one worker. Everything here is plain data that can be posted. */
export type Job =
  | { readonly kind: "header"; readonly source: Source; readonly limits: Limits; readonly identity: boolean }
  | {
      readonly kind: "stored";
      readonly source: Source;
      readonly limits: Limits;
      readonly frame: number;
      readonly identity: boolean;
    }
  | {
      readonly kind: "range";
      readonly source: Source;
      readonly limits: Limits;
      readonly frames: Uint32Array;
    }
  | {
      readonly kind: "show";
      readonly source: Source;
      readonly limits: Limits;
      readonly frames: readonly number[];
      /** Frames of the file. */
      readonly of: number;
      readonly options: ShowOptions;
    }
  | { readonly kind: "unzip"; readonly source: Source; readonly limits: Limits }
  | GroupJob
  | TissueJob
  | NiftiJob;

export interface StoredResult {
  readonly layout: PixelLayout;
  readonly values: Samples;
  readonly photometric: string;
  readonly frames: number;
  readonly facts: DicomFacts;
  readonly warnings: readonly string[];
  readonly identity: Identity | undefined;
}

/** A frame as it is shown, and where it lies. */
export interface PlacedFrame extends ShownFrame {
  readonly geometry: FrameGeometry;
}

export interface ShowResult {
  readonly facts: DicomFacts;
  readonly frames: readonly PlacedFrame[];
  readonly warnings: readonly string[];
}

export interface JobResults {
  header: Header;
  stored: StoredResult;
  range: Range;
  show: ShowResult;
  group: readonly PackedSeries[];
  tissue: PatchChoice;
  nifti: NiftiResult;
  unzip: readonly ZipEntry[];
}

/** A file that is open: parsed, described, its frames found. */
interface Opened {
  readonly parsed: Parsed;
  readonly layout: PixelLayout;
  readonly pixels: PixelSource;
  readonly warnings: readonly string[];
}

/** A file of several frames, or why it cannot be opened: the next job would come to the same. */
let kept: { readonly key: string; readonly open: () => Opened } | undefined;

/** Jobs of one call follow each other sooner. */
const KEEP_MS = 2000;
let forgetting: NodeJS.Timeout | undefined;

/** Opens a file; the last one is kept for a while, for the frames of one file come in several jobs. */
function open(source: Source, limits: Limits): Opened {
  const file = "path" in source ? keyOf(source.path) : source.key;
  const key = JSON.stringify([file, limits]);
  clearTimeout(forgetting);
  forgetting = setTimeout(() => {
    kept = undefined;
  }, KEEP_MS).unref();
  if (file !== undefined && kept?.key === key) return kept.open();
  kept = undefined;
  try {
    const opened = openAnew(source, limits);
    if (opened.pixels.count > 1) kept = { key, open: () => opened };
    return opened;
  } catch (error) {
    const failed = () => {
      throw error;
    };
    kept = { key, open: failed };
    return failed();
  }
}

function openAnew(source: Source, limits: Limits): Opened {
  const parsed = parseSource(source, limits);
  const warnings = [...parsed.warnings];
  const layout = readLayout(parsed.dataset, limits, warnings);
  checkFrameMemory(layout, parsed.syntax.codec, limits);
  const pixels = pixelSource(parsed.dataset, layout, parsed.bigEndian);
  return { parsed, layout, pixels, warnings: [...warnings, ...pixels.warnings] };
}

function keyOf(path: FilePath): string | undefined {
  const stat = statSync(toArgument(path), { throwIfNoEntry: false });
  return stat && `${pathText(path)}\0${stat.size}\0${stat.mtimeMs}`;
}

async function decodeAt(opened: Opened, frame: number) {
  const { parsed, layout, pixels } = opened;
  const stored = pixels.frame(frame);
  const budget = () => allowFrame(stored.bytes.length, layout.rows * layout.columns * layout.samples);
  budget();
  return decodeFrame(stored, layout, parsed.syntax, parsed.bigEndian, budget);
}

/** Runs one job. Throws a MedGemmaError; anything else is a bug or a library's failure, and the caller maps it. */
export async function runJob(job: Job): Promise<JobResults[Job["kind"]]> {
  switch (job.kind) {
    case "header": {
      const name = nameOf(job.source);
      return readHeader(parseHeader(job.source, job.limits), job.limits, { identity: job.identity, name });
    }
    case "stored":
      return storedValues(job);
    case "range":
      return acquisitionRange(job);
    case "show":
      return shownFrames(job);
    case "group":
      return runGroupJob(job);
    case "tissue":
      return runTissueJob(job);
    case "nifti":
      return readNifti(job);
    case "unzip":
      return unzip(job.source, job.limits);
  }
}

async function storedValues(job: Extract<Job, { kind: "stored" }>): Promise<StoredResult> {
  const opened = open(job.source, job.limits);
  const decoded = await decodeAt(opened, job.frame);
  const { parsed, layout, pixels } = opened;
  return {
    layout,
    values: decoded.values,
    photometric: decoded.photometric,
    frames: pixels.count,
    facts: readFacts(parsed.dataset, parsed.syntax, job.frame),
    warnings: [...opened.warnings, ...parsed.dataset.damageWarnings, ...decoded.warnings],
    identity: job.identity ? readIdentity(parsed.dataset) : undefined,
  };
}

async function acquisitionRange(job: Extract<Job, { kind: "range" }>): Promise<Range> {
  const opened = open(job.source, job.limits);
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const frame of job.frames) {
    const range = rangeOf((await decodeAt(opened, frame)).values);
    min = Math.min(min, range.min);
    max = Math.max(max, range.max);
  }
  if (!(min <= max)) throw unreadable("The file holds no frame.");
  return { min, max };
}

async function shownFrames(job: Extract<Job, { kind: "show" }>): Promise<ShowResult> {
  const opened = open(job.source, job.limits);
  const { parsed, layout } = opened;
  const frames: PlacedFrame[] = [];
  for (const frame of job.frames) {
    const decoded = await decodeAt(opened, frame);
    const facts = readFacts(parsed.dataset, parsed.syntax, frame);
    const input = { dataset: parsed.dataset, frame, layout, decoded, facts, bigEndian: parsed.bigEndian };
    const shown = showFrame(input, job.options);
    const geometry = geometryOfFrame(parsed.dataset, frame, job.of);
    frames.push({ ...shown, geometry, warnings: [...decoded.warnings, ...shown.warnings] });
  }
  const facts = readFacts(parsed.dataset, parsed.syntax);
  return { facts, frames, warnings: [...opened.warnings, ...parsed.dataset.damageWarnings] };
}
