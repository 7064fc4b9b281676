import { noPicture, unreadable, unsupported } from "../file/fail.js";
import { groupBy } from "../series/group-by.js";
import type { Instance } from "../series/instance.js";

/** A tile by the column and row of its first pixel. */
export interface Tile {
  readonly x: number;
  readonly y: number;
  readonly instance: Instance;
  readonly frame: number;
}

/** One resolution of a DICOM whole slide image (PS3.3 A.32.8). Its tiles are found when they are asked for. */
export interface Level {
  readonly instances: readonly Instance[];
  readonly width: number;
  readonly height: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly micrometres: number | undefined;
}

/** Tiles of fewer pixels a side are none that a scanner writes; a patch would be a million of them. */
const LEAST_TILE = 16;

/** Levels of the slide's own picture, finest first; label, overview and thumbnail pictures are never read: labels name people. */
export function levelsOf(instances: readonly Instance[]): Level[] {
  const volumes = instances.filter(({ header }) => header.slide?.kind === "volume");
  const sizes = groupBy(volumes, ({ header }) => header.slide?.totalColumns ?? 0);
  return [...sizes.values()].map(levelOf).sort((a, b) => b.width - a.width);
}

function levelOf(instances: readonly Instance[]): Level {
  const [first] = instances;
  const slide = first?.header.slide;
  if (!first || !slide) throw noPicture();
  const { rows: tileHeight, columns: tileWidth } = first.header.facts;
  return {
    instances,
    width: slide.totalColumns,
    height: slide.totalRows,
    tileWidth,
    tileHeight,
    micrometres: slide.spacing && slide.spacing[1] * 1000,
  };
}

/** The tiles that a level's files have. */
export interface TileMap {
  /** How many. */
  readonly count: number;
  /** Undefined where there is none. */
  at(column: number, row: number): Tile | undefined;
  [Symbol.iterator](): Iterator<Tile>;
}

/**
 * Where a level's tiles are, held to the tiles that are there: the size of the whole is only a number of the header.
 * Throws `dicom_unreadable` or `dicom_unsupported`.
 */
export function tileMap(level: Level): TileMap {
  const { width, height, tileWidth, tileHeight, instances } = level;
  if (Math.min(tileWidth, tileHeight) < LEAST_TILE)
    throw unsupported(`Slides whose tiles have fewer than ${LEAST_TILE} pixels a side are not read.`);
  const across = Math.ceil(width / tileWidth);
  const places = instances.some(({ header }) => header.slide?.full !== true)
    ? sparsePlaces(instances, across)
    : fullPlaces(instances, across * Math.ceil(height / tileHeight));
  const tileOf = (place: number, tile: TileOf): Tile => ({
    x: (place % across) * tileWidth,
    y: Math.floor(place / across) * tileHeight,
    ...tile,
  });
  return {
    count: places.count,
    at: (column, row) => {
      const place = row * across + column;
      const found = column < across ? places.at(place) : undefined;
      return found && tileOf(place, found);
    },
    *[Symbol.iterator]() {
      for (const place of places.all()) {
        const found = places.at(place);
        if (found) yield tileOf(place, found);
      }
    },
  };
}

type TileOf = Pick<Tile, "instance" | "frame">;

/** Places in rows from the top left, by number. */
interface Places {
  readonly count: number;
  at(place: number): TileOf | undefined;
  all(): Iterable<number>;
}

/** A tile for each place. Later frames are other focal planes or optical paths; the first is shown. */
function fullPlaces(instances: readonly Instance[], whole: number): Places {
  const tiles = instances.reduce((sum, { header }) => sum + header.frames, 0);
  if (tiles < whole)
    throw unreadable("The slide has fewer tiles than its size needs: it is damaged or cut off.", {
      tiles,
      needed: whole,
    });
  return {
    count: whole,
    at: (frame) => {
      const instance = instances.find(({ header }) => frame < header.frames);
      return instance && { instance, frame };
    },
    *all() {
      for (let place = 0; place < whole; place++) yield place;
    },
  };
}

/** Each tile says its place; what lies beyond the right edge is none's. */
function sparsePlaces(instances: readonly Instance[], across: number): Places {
  // A number for each frame of all files: objects would be hundreds of thousands.
  const frames = new Map<number, number>();
  const starts: number[] = [];
  let start = 0;
  for (const { header } of instances) {
    const { places } = header.slide ?? {};
    if (!places) throw unsupported("The slide's tiles are not on a grid.");
    starts.push(start);
    for (let at = 0; at < places.length; at += 2) {
      const [column, row] = [places[at] ?? 0, places[at + 1] ?? 0];
      const place = row * across + column;
      if (column < across && !frames.has(place)) frames.set(place, start + at / 2);
    }
    start += places.length / 2;
  }
  return {
    count: frames.size,
    at: (place) => {
      const number = frames.get(place);
      if (number === undefined) return undefined;
      const index = starts.findLastIndex((first) => first <= number);
      const instance = instances[index];
      return instance && { instance, frame: number - (starts[index] ?? 0) };
    },
    all: () => frames.keys(),
  };
}
