import type { Instance } from "./collect.js";
import { noPicture, unsupported } from "./fail.js";
import { fileWarnings } from "./file-warnings.js";
import { resizeRgb, type SlideReader, slideReaderPictures } from "./slide-patches.js";
import type { StudyPictures } from "./study-pictures.js";
import {
  chooseLevel,
  levelNear,
  OVERVIEW_MICROMETRES,
  type Overview,
  PATCH_SIDE,
  type PatchPlace,
} from "./tissue.js";
import type { Work } from "./to-pictures.js";

/** Longest side of the overview in which tissue is looked for. */
const OVERVIEW_SIDE = 4096;

interface TileAt {
  readonly instance: Instance;
  readonly frame: number;
}

/** One resolution of a DICOM whole slide image (PS3.3 A.32.8): tiles by their first pixel's column and row. */
interface Level {
  readonly instances: readonly Instance[];
  readonly width: number;
  readonly height: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly micrometres: number | undefined;
  readonly tiles: ReadonlyMap<string, TileAt>;
}

/** Levels of the slide's own picture, finest first; label, overview and thumbnail pictures are never read: labels name people. */
function levelsOf(instances: readonly Instance[]): Level[] {
  const sizes = new Map<number, Instance[]>();
  for (const instance of instances) {
    const { slide } = instance.header;
    if (slide?.kind !== "volume") continue;
    sizes.set(slide.totalColumns, [...(sizes.get(slide.totalColumns) ?? []), instance]);
  }
  return [...sizes.values()].map(levelOf).sort((a, b) => b.width - a.width);
}

function levelOf(instances: Instance[]): Level {
  const [first] = instances;
  const slide = first?.header.slide;
  if (!first || !slide) throw noPicture();
  const { rows: tileHeight, columns: tileWidth } = first.header.facts;
  const tiles = new Map<string, TileAt>();
  for (const instance of instances) {
    const { header } = instance;
    const across = Math.ceil(slide.totalColumns / tileWidth);
    for (let frame = 0; frame < header.facts.frames; frame++) {
      const [x, y] = header.slide?.full
        ? [(frame % across) * tileWidth, Math.floor(frame / across) * tileHeight]
        : (header.slide?.positions[frame] ?? [-1, -1]);
      const key = `${x},${y}`;
      // Later frames at the same place are other focal planes or optical paths; the first is shown.
      if (!tiles.has(key)) tiles.set(key, { instance, frame });
    }
  }
  return {
    instances,
    width: slide.totalColumns,
    height: slide.totalRows,
    tileWidth,
    tileHeight,
    micrometres: slide.spacing && slide.spacing[1] * 1000,
    tiles,
  };
}

export async function slidePictures(instances: readonly Instance[], work: Work): Promise<StudyPictures> {
  const levels = levelsOf(instances);
  const choice = chooseLevel(levels);
  const [finest] = levels;
  const smallest = levels.at(-1);
  if (!choice || !finest || !smallest)
    throw noPicture("The slide holds only pictures of its label or its whole.");
  const { level } = choice;
  const [first] = level.instances;
  if (!first || !aligned(level)) throw unsupported("The slide's tiles are not on a grid.");
  const reader: SlideReader = {
    format: "dicom",
    width: level.width,
    height: level.height,
    side: choice.kind === "patches" ? choice.side : undefined,
    micrometres: level.micrometres,
    downsample: finest.width / level.width,
    facts: first.header.facts,
    notes: [`level of ${level.width}x${level.height}`, `${levels.length} levels`],
    warnings: [...(choice.note === undefined ? [] : [choice.note]), ...fileWarnings(first.header.facts)],
    overview: () => overviewOf(levelNear(levels, OVERVIEW_MICROMETRES) ?? smallest, work),
    region: (place) => regionOf(level, place, work),
    whole: () => readRegion(level, { x: 0, y: 0, width: level.width, height: level.height }, work),
  };
  return slideReaderPictures(reader, work);
}

function aligned(level: Level): boolean {
  return [...level.tiles.keys()].every((key) => {
    const [x = 0, y = 0] = key.split(",").map(Number);
    return x % level.tileWidth === 0 && y % level.tileHeight === 0;
  });
}

interface Tile {
  readonly x: number;
  readonly y: number;
  readonly at: TileAt;
}

/** Tiles a job decodes: one file's, few enough to hold. */
const TILES_A_JOB = 16;

/** Decodes tiles and hands each to `use`; no more than the running jobs' tiles are held. */
async function forTiles(
  tiles: readonly Tile[],
  work: Work,
  use: (tile: Tile, rgb: Uint8Array) => void,
): Promise<void> {
  const byFile = new Map<Instance, Tile[]>();
  for (const tile of tiles) byFile.set(tile.at.instance, [...(byFile.get(tile.at.instance) ?? []), tile]);
  for (const [instance, members] of byFile) {
    for (let from = 0; from < members.length; from += TILES_A_JOB) {
      const part = members.slice(from, from + TILES_A_JOB);
      const frames = part.map(({ at }) => at.frame);
      const options = { ...work.show, range: undefined };
      const job = { kind: "show", source: instance.source, limits: work.limits, frames, options } as const;
      const { frames: shown } = await work.pool.run<"show">(job, {
        timeout: work.limits.timeout,
        signal: work.signal,
      });
      for (const [index, tile] of part.entries()) use(tile, shown[index]?.data ?? new Uint8Array(0));
    }
  }
}

function tilesIn(level: Level, x: number, y: number, width: number, height: number): Tile[] {
  const tiles: Tile[] = [];
  const firstX = Math.floor(x / level.tileWidth) * level.tileWidth;
  const firstY = Math.floor(y / level.tileHeight) * level.tileHeight;
  for (let top = firstY; top < Math.min(y + height, level.height); top += level.tileHeight) {
    for (let left = firstX; left < Math.min(x + width, level.width); left += level.tileWidth) {
      const at = level.tiles.get(`${left},${top}`);
      if (at) tiles.push({ x: left, y: top, at });
    }
  }
  return tiles;
}

async function regionOf(level: Level, { x, y, side }: PatchPlace, work: Work): Promise<Uint8Array> {
  const rgb = await readRegion(level, { x, y, width: side, height: side }, work);
  return resizeRgb(rgb, side, side, PATCH_SIDE);
}

/** A rectangle of a level, white where there is no tile. */
async function readRegion(
  level: Level,
  {
    x,
    y,
    width,
    height,
  }: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  work: Work,
): Promise<Uint8Array> {
  const out = new Uint8Array(width * height * 3).fill(255);
  await forTiles(tilesIn(level, x, y, width, height), work, (tile, rgb) => {
    const left = Math.max(x, tile.x);
    const right = Math.min(x + width, tile.x + level.tileWidth, level.width);
    const bottom = Math.min(y + height, tile.y + level.tileHeight, level.height);
    if (right <= left) return;
    for (let row = Math.max(y, tile.y); row < bottom; row++) {
      const from = ((row - tile.y) * level.tileWidth + (left - tile.x)) * 3;
      out.set(rgb.subarray(from, from + (right - left) * 3), ((row - y) * width + (left - x)) * 3);
    }
  });
  return out;
}

/** Every n-th pixel of a level: enough to tell tissue from glass. */
async function overviewOf(level: Level, work: Work): Promise<Overview> {
  const step = Math.max(1, Math.ceil(Math.max(level.width, level.height) / OVERVIEW_SIDE));
  const width = Math.ceil(level.width / step);
  const height = Math.ceil(level.height / step);
  const data = new Uint8Array(width * height * 3).fill(255);
  await forTiles(tilesIn(level, 0, 0, level.width, level.height), work, (tile, rgb) => {
    for (
      let y = Math.ceil(tile.y / step);
      y * step < Math.min(tile.y + level.tileHeight, level.height);
      y++
    ) {
      for (
        let x = Math.ceil(tile.x / step);
        x * step < Math.min(tile.x + level.tileWidth, level.width);
        x++
      ) {
        const from = ((y * step - tile.y) * level.tileWidth + (x * step - tile.x)) * 3;
        data.set(rgb.subarray(from, from + 3), (y * width + x) * 3);
      }
    }
  });
  return { width, height, data };
}
