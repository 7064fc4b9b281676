import type { RgbImage } from "../../image/rgb.js";
import type { DicomFacts } from "../file/facts.js";
import type { PictureSpace } from "./boxes.js";

/** A piece of the prompt, in order. Every text is this package's own, none is the file's. */
export type StudyPart =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image"; readonly picture: RgbImage };

/** Where a picture is from, for going back to it. */
export interface PicturePlace extends PictureSpace {
  /** Position in the ordered series from 1, before slices were chosen; patches and pictures: their order. */
  readonly number: number;
  /** Frame in its file, from 0. */
  readonly frame: number;
  /** Patient position of the first pixel's centre, millimetres. */
  readonly position?: readonly number[] | undefined;
  readonly orientation?: readonly number[] | undefined;
}

/** What the model will see of a file, folder or series, and how it came about. */
export interface StudyPictures {
  readonly kind: "picture" | "volume" | "slide";
  readonly pictures: readonly RgbImage[];
  /** Beside `pictures`, one by one. */
  readonly places: readonly PicturePlace[];
  /** For the prompt: a volume's slices each followed by "SLICE n"; else the pictures alone. */
  readonly parts: readonly StudyPart[];
  /** Of the first picture; no identity. */
  readonly facts: DicomFacts;
  /** Name of the rule that made the pictures. */
  readonly rule: string;
  /** What was taken and what was left out, in words. */
  readonly took: string;
  readonly warnings: readonly string[];
}

/** The layout of the CT notebook: image, "SLICE 1", image, "SLICE 2", ... */
export function volumeParts(pictures: readonly RgbImage[]): StudyPart[] {
  return pictures.flatMap((picture, index): StudyPart[] => [
    { type: "image", picture },
    { type: "text", text: `SLICE ${index + 1}` },
  ]);
}

export function pictureParts(pictures: readonly RgbImage[]): StudyPart[] {
  return pictures.map((picture) => ({ type: "image", picture }));
}

/** Each text once, in order. */
export function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
