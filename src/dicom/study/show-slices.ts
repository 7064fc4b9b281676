import { MedGemmaError } from "../../base/errors.js";
import { aboutFile } from "../../base/files/about-file.js";
import type { RgbImage } from "../../image/rgb.js";
import { sourceName } from "../file/paths.js";
import type { Range } from "../pixels/grey.js";
import { groupBy } from "../series/group-by.js";
import type { FrameOf, Instance } from "../series/instance.js";
import { jobMemory } from "../series/memory.js";
import { isOfTheFile, type Refused, unreadableWarnings } from "./collect.js";
import { inTurn } from "./in-turn.js";
import type { Volume } from "./series.js";
import type { PicturePlace } from "./study-pictures.js";
import type { Work } from "./work.js";

/** A slice or picture with its place in the series, from 1. */
export type Numbered = FrameOf & { readonly number: number };

/**
 * Smallest and largest stored value over all slices, not only the chosen: the reference looks at the acquisition. With the
 * files that cannot be read.
 */
export async function acquisitionRange(volume: Volume, work: Work) {
  const files = [...volume.instances].map(([instance, items]) => ({ instance, items }));
  let done = 0;
  const ranges = await eachFile(files, work, async ({ instance, items }) => {
    const job = {
      kind: "range",
      source: instance.source,
      limits: work.limits,
      frames: items,
    } as const;
    const memory = jobMemory(instance, 0);
    const range = await work.pool.run<"range">(job, {
      timeout: work.limits.timeout,
      signal: work.signal,
      memory,
    });
    work.progress("range", ++done, files.length);
    return range;
  });
  const found = ranges.flatMap((one) => ("value" in one ? [one.value] : []));
  const range: Range = {
    min: Math.min(...found.map(({ min }) => min)),
    max: Math.max(...found.map(({ max }) => max)),
  };
  const lost = new Set(ranges.flatMap((one) => ("value" in one ? [] : [one.file.instance])));
  return { range, lost, warnings: lostWarnings(ranges) };
}

type OfFile<T> = { readonly instance: Instance; readonly items: T };
type PerFile<T, V> = { readonly file: OfFile<T> } & ({ readonly value: V } | Refused);

/**
 * Runs a step for each file. In a folder one that cannot be read costs itself alone; a file that the caller named, and
 * the last one left, end the call.
 */
async function eachFile<T, V>(
  files: readonly OfFile<T>[],
  work: Work,
  step: (file: OfFile<T>) => Promise<V>,
): Promise<PerFile<T, V>[]> {
  const several = files.length > 1;
  const results = await inTurn(files, async (file, index): Promise<PerFile<T, V>> => {
    try {
      return { file, value: await step(file) };
    } catch (error) {
      if (!isOfTheFile(error) || !several) throw error;
      const name = sourceName(file.instance.source, index);
      if (work.named) throw aboutFile(error, name);
      return { file, name, error };
    }
  });
  const [first] = results;
  if (first && "error" in first && results.every((one) => "error" in one))
    throw aboutFile(first.error, first.name);
  return results;
}

function lostWarnings<T, V>(results: readonly PerFile<T, V>[]): string[] {
  return unreadableWarnings(results.flatMap((one) => ("error" in one ? [one] : [])));
}

function byFile<T extends FrameOf>(slices: readonly T[]): OfFile<readonly T[]>[] {
  return [...groupBy(slices, ({ instance }) => instance)].map(([instance, items]) => ({ instance, items }));
}

/** Frames of one file that one job shows: enough to spare parsing, few enough to spread over workers. */
const FRAMES_A_JOB = 8;

export async function showAll(slices: readonly Numbered[], range: Range | undefined, work: Work) {
  const pictures = new Map<Numbered, RgbImage>();
  const warnings: string[] = [];
  let rule = "";
  const jobs = byFile(slices).flatMap(({ instance, items }) =>
    Array.from({ length: Math.ceil(items.length / FRAMES_A_JOB) }, (_, index) => ({
      instance,
      items: items.slice(index * FRAMES_A_JOB, (index + 1) * FRAMES_A_JOB),
    })),
  );
  const places = new Map<Numbered, PicturePlace>();
  const results = await eachFile(jobs, work, async ({ instance, items }) => {
    const frames = items.map(({ frame }) => frame);
    const job = {
      kind: "show",
      source: instance.source,
      limits: work.limits,
      frames,
      of: instance.header.frames,
      options: { ...work.show, range },
    } as const;
    const result = await work.pool.run<"show">(job, {
      timeout: work.limits.timeout,
      signal: work.signal,
      memory: jobMemory(instance, items.length),
    });
    warnings.push(...result.warnings);
    result.frames.forEach((frame, index) => {
      const slice = items[index];
      if (slice) {
        const { facts } = instance.header;
        pictures.set(slice, rgbImage(frame.data, facts, [frame.rule, ...frame.steps]));
        places.set(slice, { number: slice.number, frame: slice.frame, ...frame.geometry });
      }
      warnings.push(...frame.warnings);
      rule ||= frame.rule;
    });
    work.progress("pictures", pictures.size, slices.length);
  });
  const shown = slices.flatMap((slice) => {
    const picture = pictures.get(slice);
    return picture ? [{ slice, picture }] : [];
  });
  if (shown.length === 0) throw new MedGemmaError("dicom_unreadable");
  return {
    pictures: shown.map(({ picture }) => picture),
    places: shown.map(({ slice }) => places.get(slice) as PicturePlace),
    rule,
    warnings: [...lostWarnings(results), ...warnings],
  };
}

function rgbImage(
  data: Uint8Array,
  facts: { rows: number; columns: number },
  steps: readonly string[],
): RgbImage {
  const { rows: height, columns: width } = facts;
  return {
    width,
    height,
    data,
    origin: { format: "dicom", storedWidth: width, storedHeight: height, steps },
  };
}
