import type { DicomFacts } from "../file/facts.js";
import type { FrameColumns } from "./frame-columns.js";

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

export function packNumbers(numbers: readonly number[]): Numbers {
  return numbers.length < 64 ? numbers : Uint32Array.from(numbers);
}

/** Many numbers cross as one piece of memory; of few the pieces would be more than the numbers. */
export type Numbers = Uint32Array | readonly number[];

/** Files and frames by their numbers, one pair a slice. */
export interface PackedVolume {
  readonly files: Numbers;
  readonly frames: Numbers;
  /** What was left out and what is irregular, in words. */
  readonly notes: readonly string[];
}
