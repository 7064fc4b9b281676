import { MedGemmaError } from "../errors.js";
import type { RgbImage } from "../image/rgb.js";
import type { Range } from "./grey.js";
import type { Source } from "./source.js";
import type { PicturePlace } from "./study-pictures.js";
import type { Work } from "./to-pictures.js";
import type { Slice } from "./volume.js";

/** A slice or picture with its place in the series, from 1. */
export type Numbered = Slice & { readonly number: number };

/** Smallest and largest stored value over all slices, not only the chosen: the reference looks at the acquisition. */
export async function acquisitionRange(slices: readonly Slice[], work: Work): Promise<Range> {
  const files = byFile(slices);
  let done = 0;
  const ranges = await Promise.all(
    files.map(async ({ source, items }) => {
      const job = {
        kind: "range",
        source,
        limits: work.limits,
        frames: items.map(({ frame }) => frame),
      } as const;
      const range = await work.pool.run<"range">(job, {
        timeout: work.limits.timeout,
        signal: work.signal,
      });
      work.progress("range", ++done, files.length);
      return range;
    }),
  );
  return { min: Math.min(...ranges.map(({ min }) => min)), max: Math.max(...ranges.map(({ max }) => max)) };
}

function byFile<T extends Slice>(slices: readonly T[]): { source: Source; items: T[] }[] {
  const files = new Map<Source, T[]>();
  for (const slice of slices) {
    const items = files.get(slice.source);
    if (items) items.push(slice);
    else files.set(slice.source, [slice]);
  }
  return [...files].map(([source, items]) => ({ source, items }));
}

/** Frames of one file that one job shows: enough to spare parsing, few enough to spread over workers. */
const FRAMES_A_JOB = 8;

export async function showAll(slices: readonly Numbered[], range: Range | undefined, work: Work) {
  const pictures = new Map<Numbered, RgbImage>();
  const warnings: string[] = [];
  let rule = "";
  const jobs = byFile(slices).flatMap(({ source, items }) =>
    Array.from({ length: Math.ceil(items.length / FRAMES_A_JOB) }, (_, index) => ({
      source,
      items: items.slice(index * FRAMES_A_JOB, (index + 1) * FRAMES_A_JOB),
    })),
  );
  await Promise.all(
    jobs.map(async ({ source, items }) => {
      const frames = items.map(({ frame }) => frame);
      const job = {
        kind: "show",
        source,
        limits: work.limits,
        frames,
        options: { ...work.show, range },
      } as const;
      const result = await work.pool.run<"show">(job, {
        timeout: work.limits.timeout,
        signal: work.signal,
      });
      warnings.push(...result.warnings);
      result.frames.forEach((frame, index) => {
        const slice = items[index];
        if (slice) pictures.set(slice, rgbImage(frame.data, slice.facts, [frame.rule, ...frame.steps]));
        warnings.push(...frame.warnings);
        rule ||= frame.rule;
      });
      work.progress("pictures", pictures.size, slices.length);
    }),
  );
  const ordered = slices.map((slice) => pictures.get(slice));
  if (ordered.includes(undefined)) throw new MedGemmaError("dicom_unreadable");
  return { pictures: ordered as RgbImage[], places: slices.map(placeOf), rule, warnings };
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

function placeOf({ number, frame, geometry }: Numbered): PicturePlace {
  return { number, frame, ...geometry };
}
