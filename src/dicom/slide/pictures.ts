import { setImmediate } from "node:timers/promises";
import { noPicture, unsupported } from "../file/fail.js";
import { groupBy } from "../series/group-by.js";
import type { Instance } from "../series/instance.js";
import { fileWarnings } from "../study/file-warnings.js";
import type { StudyPictures } from "../study/study-pictures.js";
import type { Work } from "../study/work.js";
import {
  checkOverview,
  chooseLevel,
  levelNear,
  OVERVIEW_MICROMETRES,
  type Overview,
  PATCH_SIDE,
  type PatchPlace,
} from "../tissue/tissue.js";
import { type Level, levelsOf, type Tile, type TileMap, tileMap } from "./levels.js";
import { resizeRgb, type SlideReader, slideReaderPictures } from "./patches.js";

/** Longest side of the overview in which tissue is looked for. */
const OVERVIEW_SIDE = 4096;

export async function slidePictures(instances: readonly Instance[], work: Work): Promise<StudyPictures> {
  const levels = levelsOf(instances);
  const choice = chooseLevel(levels);
  const [finest] = levels;
  const smallest = levels.at(-1);
  if (!choice || !finest || !smallest)
    throw noPicture("The slide holds only pictures of its label or its whole.");
  const { level } = choice;
  const [first] = level.instances;
  if (!first) throw unsupported("The slide's tiles are not on a grid.");
  const tiles = tileMap(level);
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
    region: (place) => regionOf(level, tiles, place, work),
    whole: () => readRegion(level, tiles, { x: 0, y: 0, width: level.width, height: level.height }, work),
  };
  return slideReaderPictures(reader, work);
}

/** Tiles a job decodes: one file's, few enough to hold. */
const TILES_A_JOB = 16;

/** Decodes tiles and hands each to `use`; no more than the running jobs' tiles are held. */
async function forTiles(
  tiles: readonly Tile[],
  work: Work,
  use: (tile: Tile, rgb: Uint8Array) => void | Promise<void>,
): Promise<void> {
  for (const [instance, members] of groupBy(tiles, (tile) => tile.instance)) {
    for (let from = 0; from < members.length; from += TILES_A_JOB) {
      const part = members.slice(from, from + TILES_A_JOB);
      const { frames: shown } = await work.pool.run<"show">(
        {
          kind: "show",
          source: instance.source,
          limits: work.limits,
          frames: part.map(({ frame }) => frame),
          of: instance.header.frames,
          options: { ...work.show, range: undefined },
        },
        { timeout: work.limits.timeout, signal: work.signal },
      );
      for (const [index, tile] of part.entries()) await use(tile, shown[index]?.data ?? new Uint8Array(0));
    }
  }
}

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function tilesIn(level: Level, tiles: TileMap, { x, y, width, height }: Rectangle): Tile[] {
  const found: Tile[] = [];
  const { tileWidth, tileHeight } = level;
  const lastRow = Math.ceil(Math.min(y + height, level.height) / tileHeight);
  const lastColumn = Math.ceil(Math.min(x + width, level.width) / tileWidth);
  for (let row = Math.floor(y / tileHeight); row < lastRow; row++) {
    for (let column = Math.floor(x / tileWidth); column < lastColumn; column++) {
      const tile = tiles.at(column, row);
      if (tile) found.push(tile);
    }
  }
  return found;
}

async function regionOf(
  level: Level,
  tiles: TileMap,
  { x, y, side }: PatchPlace,
  work: Work,
): Promise<Uint8Array> {
  const rgb = await readRegion(level, tiles, { x, y, width: side, height: side }, work);
  return resizeRgb(rgb, side, side, PATCH_SIDE);
}

/** A rectangle of a level, white where there is no tile. */
async function readRegion(
  level: Level,
  tiles: TileMap,
  rectangle: Rectangle,
  work: Work,
): Promise<Uint8Array> {
  const { x, y, width, height } = rectangle;
  const out = new Uint8Array(width * height * 3).fill(255);
  await forTiles(tilesIn(level, tiles, rectangle), work, (tile, rgb) => {
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

/** Pixels that are copied in one go: some milliseconds. */
const AT_A_TIME = 1 << 18;

/** Every n-th pixel of a level: enough to tell tissue from glass. In memory that a worker reads too. */
async function overviewOf(level: Level, work: Work): Promise<Overview> {
  const tiles = tileMap(level);
  checkOverview(tiles.count * level.tileWidth * level.tileHeight);
  const step = Math.max(1, Math.ceil(Math.max(level.width, level.height) / OVERVIEW_SIDE));
  const width = Math.ceil(level.width / step);
  const height = Math.ceil(level.height / step);
  const data = new Uint8Array(new SharedArrayBuffer(width * height * 3)).fill(255);
  let copied = 0;
  await forTiles([...tiles], work, async (tile, rgb) => {
    const bottom = Math.min(tile.y + level.tileHeight, level.height) / step;
    const right = Math.min(tile.x + level.tileWidth, level.width) / step;
    for (let y = Math.ceil(tile.y / step); y < bottom; y++) {
      for (let x = Math.ceil(tile.x / step); x < right; x++) {
        const from = ((y * step - tile.y) * level.tileWidth + (x * step - tile.x)) * 3;
        const to = (y * width + x) * 3;
        data[to] = rgb[from] ?? 255;
        data[to + 1] = rgb[from + 1] ?? 255;
        data[to + 2] = rgb[from + 2] ?? 255;
        copied++;
      }
      if (copied < AT_A_TIME) continue;
      copied = 0;
      await setImmediate();
    }
  });
  return { width, height, data };
}
