import { deserialize, serialize } from "node:v8";
import { allowGrouping } from "./clock.js";
import type { DicomFacts } from "./facts.js";
import type { FrameColumns } from "./frame-columns.js";
import { groupFiles } from "./studies.js";

/**
 * Files become series in a worker: a header may describe frames by the hundred thousand. What this needs of each file
 * crosses the main thread packed, as bytes that it does not open; what comes back are numbers of files and frames.
 */

/** A file as grouping sees it. The ids are keys and go no further. */
export interface GroupedFile {
  readonly name: string | undefined;
  readonly study: string;
  readonly series: string;
  readonly instance: string;
  readonly seriesNumber: number | undefined;
  readonly instanceNumber: number | undefined;
  readonly wholeSlide: boolean;
  readonly facts: DicomFacts;
  readonly frames: number;
  /** Each frame where each has a group of its own, else the first. */
  readonly described: FrameColumns;
}

export interface GroupJob {
  readonly kind: "group";
  /** Files one after another. */
  readonly packed: Uint8Array;
  /** Where each ends. */
  readonly ends: Uint32Array;
  /** The caller named them one by one: their order counts. */
  readonly listed: boolean;
}

/** Many numbers cross as one piece of memory; of few the pieces would be more than the numbers. */
export type Numbers = Uint32Array | readonly number[];

export function packNumbers(numbers: readonly number[]): Numbers {
  return numbers.length < 64 ? numbers : Uint32Array.from(numbers);
}

/** Files and frames by their numbers, one pair a slice. */
export interface PackedVolume {
  readonly files: Numbers;
  readonly frames: Numbers;
  /** What was left out and what is irregular, in words. */
  readonly notes: readonly string[];
}

export interface PackedSeries {
  readonly study: number;
  readonly series: number;
  readonly modality: string;
  readonly files: Numbers;
  /** For CT and MR, unless secondary captures. */
  readonly volume: PackedVolume | undefined;
  readonly wholeSlide: boolean;
  /** The model has a rule for it. */
  readonly supported: boolean;
}

export function packFile(file: GroupedFile): Uint8Array {
  return new Uint8Array(serialize(file));
}

export function runGroupJob({ packed, ends, listed }: GroupJob): PackedSeries[] {
  let from = 0;
  let slices = 0;
  const files = Array.from(ends, (end): GroupedFile => {
    // A copy, for memory that is shared cannot be read from.
    const file = deserialize(packed.slice(from, end)) as GroupedFile;
    from = end;
    slices += file.frames;
    return file;
  });
  allowGrouping(slices);
  return groupFiles(files, listed);
}
