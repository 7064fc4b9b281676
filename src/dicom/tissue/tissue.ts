import { unsupported } from "../file/fail.js";
import { type Limits, tooLarge } from "../file/limits.js";

/** Where a slide holds tissue, and which patches of it are shown. Pure. */

/** Side of a patch, pixels, at 10x: one micrometre a pixel. */
export const PATCH_SIDE = 896;
export const PATCH_MICROMETRES = 1;
/** Patches in one prompt, as the pathology notebook. */
export const MAX_PATCHES = 125;
/**
 * A patch is taken when the mean of its grey lies here: glass is brighter, black is outside the scanned area. As the
 * reference (patch_generator.py of ez-wsi-dicomweb: luminance 1/255 to 0.8, in whole numbers).
 */
const TISSUE_GREY = { least: 1, most: 204 };
/** Patches of a square of 28 cm: no slide is wider, whatever its header says. */
const MOST_OF_GRID = 100_000;
/** Pixels that are decoded for the overview: some seconds. At 8 micrometres a pixel that is 18 cm a side. */
const MOST_OF_OVERVIEW = 500_000_000;
/** Micrometres a pixel (1.25x) at which the reference looks for tissue. */
export const OVERVIEW_MICROMETRES = 8;
/** Pixel sizes that differ by less than this share of the larger are the same (slide_level_map.py, MAX_LEVEL_DIST). */
const SAME_SPACING = 0.23;

export interface Overview {
  readonly width: number;
  readonly height: number;
  /** RGB bytes. */
  readonly data: Uint8Array;
}

/** A square of the level that is read, in its pixels. */
export interface PatchPlace {
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

/** Grey of each pixel: ITU-R BT.601 luma, as OpenCV's RGB2GRAY. */
export function greyOf({ width, height, data }: Overview): Uint8Array {
  const grey = new Uint8Array(width * height);
  for (let index = 0; index < grey.length; index++) {
    const at = index * 3;
    grey[index] = Math.round(
      0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0),
    );
  }
  return grey;
}

/**
 * Whether the sizes are a slide's: nothing is made of them before. `side` is a patch's in the level.
 * Throws `image_too_large`.
 */
export function checkGrid(width: number, height: number, side: number, { maxPixels }: Limits): void {
  if (side * side > maxPixels) throw tooLarge("pixels in a patch", side * side, maxPixels);
  const patches = Math.floor(width / side) * Math.floor(height / side);
  if (patches > MOST_OF_GRID) throw tooLarge("patches", patches, MOST_OF_GRID);
}

/** Throws `dicom_unsupported` when looking for tissue would mean to decode the whole slide. */
export function checkOverview(pixels: number): void {
  if (pixels > MOST_OF_OVERVIEW)
    throw unsupported(
      "The slide has no level that is small enough to look for tissue in.",
      { pixels, limit: MOST_OF_OVERVIEW },
      "Make a pyramid of it, with levels down to some thousand pixels a side.",
    );
}

/** Non-overlapping squares of `side` over the level; at least one, which may hang over the edge of a small slide. */
export function patchGrid(width: number, height: number, side: number): PatchPlace[] {
  const across = Math.max(1, Math.floor(width / side));
  const down = Math.max(1, Math.floor(height / side));
  return Array.from({ length: across * down }, (_, index) => ({
    x: (index % across) * side,
    y: Math.floor(index / across) * side,
    side,
  }));
}

export interface PatchChoice {
  readonly patches: readonly PatchPlace[];
  /** Patches of the whole grid. */
  readonly all: number;
  /** Patches with enough tissue before the limit. */
  readonly withTissue: number;
}

/** Patches with tissue in reading order; when there are too many, evenly spread ones; when there are none, the darkest. */
export function choosePatches(
  grid: readonly PatchPlace[],
  overview: Overview,
  level: { readonly width: number; readonly height: number },
  most: number,
): PatchChoice {
  const grey = greyOf(overview);
  const means = grid.map((patch) => Math.round(meanGrey(patch, grey, overview, level)));
  const full = grid.filter((_, index) => isTissue(means[index] ?? 255));
  if (full.length === 0) {
    const least = means.reduce((low, mean) => Math.min(low, mean), 255);
    const darkest = grid[means.indexOf(least)];
    return { patches: darkest ? [darkest] : [], all: grid.length, withTissue: 0 };
  }
  const patches = full.length <= most ? full : spread(full, most);
  return { patches, all: grid.length, withTissue: full.length };
}

function isTissue(grey: number): boolean {
  return grey >= TISSUE_GREY.least && grey <= TISSUE_GREY.most;
}

function spread<T>(items: readonly T[], most: number): T[] {
  return Array.from(
    { length: most },
    (_, index) => items[Math.floor(((index + 0.5) * items.length) / most)] as T,
  );
}

/** Mean over a patch's part of the overview, pixels at its edges by the share that lies in it (OpenCV's INTER_AREA). */
function meanGrey(
  { x, y, side }: PatchPlace,
  grey: Uint8Array,
  overview: Overview,
  level: { readonly width: number; readonly height: number },
): number {
  const columns = shares(x / side, side, overview.width, level.width);
  const rows = shares(y / side, side, overview.height, level.height);
  let sum = 0;
  let area = 0;
  for (const [row, height] of rows) {
    for (const [column, width] of columns) {
      sum += (grey[row * overview.width + column] ?? 0) * height * width;
      area += height * width;
    }
  }
  return area === 0 ? 255 : sum / area;
}

/**
 * Pixels of the overview that patch `index` of a row covers, each with the part of it that is covered. As the reference:
 * the overview is cut to what the patches cover together, whole pixels, and divided evenly among them.
 */
function shares(index: number, side: number, small: number, large: number): [pixel: number, part: number][] {
  const count = Math.max(1, Math.floor(large / side));
  const cut = Math.min(small, Math.ceil((small * count * side) / large));
  const [start, end] = [(index * cut) / count, ((index + 1) * cut) / count];
  const covered: [number, number][] = [];
  for (let pixel = Math.floor(start); pixel < end; pixel++)
    covered.push([pixel, Math.min(end, pixel + 1) - Math.max(start, pixel)]);
  return covered;
}

type Measured = { readonly micrometres: number | undefined };

/** The level whose pixels are of this size, as the reference takes them to be: the next finer, else the next coarser. */
export function levelNear<T extends Measured>(levels: readonly T[], micrometres: number): T | undefined {
  const sizeOf = (level: T) => level.micrometres ?? 0;
  const sorted = levels.filter((level) => sizeOf(level) > 0).toSorted((a, b) => sizeOf(a) - sizeOf(b));
  const finer = sorted.findLast((level) => sizeOf(level) <= micrometres);
  const coarser = sorted.find((level) => sizeOf(level) > micrometres);
  return [finer, coarser].find((level) => level && isSame(sizeOf(level), micrometres));
}

function isSame(a: number, b: number): boolean {
  return Math.abs(a - b) <= SAME_SPACING * Math.max(a, b);
}

/** How a slide's levels are to be shown. */
export type LevelChoice<T> =
  | { readonly kind: "patches"; readonly level: T; readonly side: number; readonly note: string | undefined }
  | { readonly kind: "whole"; readonly level: T; readonly note: string };

/**
 * Patches from the level near 10x as it is stored; without one from the coarsest that is finer, `side` of whose pixels make
 * one patch. A slide without any is shown whole: enlarged patches would show a model what it never saw.
 */
export function chooseLevel<T extends Measured>(levels: readonly T[]): LevelChoice<T> | undefined {
  const [first] = levels;
  if (!first) return undefined;
  const known = levels.filter(({ micrometres }) => micrometres !== undefined && micrometres > 0);
  if (known.length === 0) {
    const note = "The slide does not give its resolution; its first level was taken for 10x.";
    return { kind: "patches", level: first, side: PATCH_SIDE, note };
  }
  const near = levelNear(known, PATCH_MICROMETRES);
  if (near) return { kind: "patches", level: near, side: PATCH_SIDE, note: undefined };
  const byFineness = known.toSorted((a, b) => (a.micrometres ?? 0) - (b.micrometres ?? 0));
  const finer = byFineness.findLast(({ micrometres = 0 }) => micrometres < PATCH_MICROMETRES);
  const [finest] = byFineness;
  if (finer) {
    const side = Math.round((PATCH_SIDE * PATCH_MICROMETRES) / (finer.micrometres ?? PATCH_MICROMETRES));
    return { kind: "patches", level: finer, side, note: undefined };
  }
  const note = "The slide has no level near 10x; its finest level is shown whole.";
  return { kind: "whole", level: finest ?? first, note };
}
