import type { Random } from "../../unit/dicom/support/mutate.js";

/** A small file that is made to hurt its reader. */
export interface Hostile {
  /** What is wrong with it, with its number. */
  readonly name: string;
  /** What the file is to be called: some readers go by the ending. */
  readonly file: string;
  readonly bytes: Uint8Array;
  /** Who is to read it: `readPicture`, or `readDicom`, `inspectPath` and `toModelPictures`. */
  readonly call: "picture" | "study";
}

/** Pure: the same numbers give the same file. */
export type HostileMaker = (random: Random) => Hostile;

export type HostileMakers = Readonly<Record<string, HostileMaker>>;

/** A whole number from `least` to `most`, of each size alike often: the great ones are as many as the small. */
export function magnitude(random: Random, least: number, most: number): number {
  return Math.min(most, Math.round(least * (most / least) ** random()));
}

export function oneOf<T>(random: Random, choices: readonly T[]): T {
  return choices[Math.floor(random() * choices.length)] as T;
}
