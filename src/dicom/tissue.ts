/** Where a slide holds tissue, and which patches of it are shown. Pure. */

/** Side of a patch, pixels, at 10x: one micrometre a pixel. */
export const PATCH_SIDE = 896;
export const PATCH_MICROMETRES = 1;
/** Patches in one prompt, as the pathology notebook. */
export const MAX_PATCHES = 125;
/** A patch is taken when at least this share of it is tissue. */
const TISSUE_SHARE = 0.25;

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

/**
 * Tissue is darker than glass (relative luminance below 0.8, as the reference's mask) or coloured; black is outside the
 * scanned area.
 */
export function tissueMask({ width, height, data }: Overview): Uint8Array {
  const mask = new Uint8Array(width * height);
  for (let index = 0; index < mask.length; index++) {
    const r = data[index * 3] ?? 0;
    const g = data[index * 3 + 1] ?? 0;
    const b = data[index * 3 + 2] ?? 0;
    const luminance = (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
    const chroma = Math.max(r, g, b) - Math.min(r, g, b);
    mask[index] = luminance > 0.05 && (luminance < 0.8 || chroma >= 30) ? 1 : 0;
  }
  return mask;
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
  /** Patches with enough tissue before the limit. */
  readonly withTissue: number;
}

/** Patches with tissue in reading order; when there are too many, evenly spread ones; when there are none, the fullest. */
export function choosePatches(
  grid: readonly PatchPlace[],
  overview: Overview,
  level: { readonly width: number; readonly height: number },
  most: number,
): PatchChoice {
  const mask = tissueMask(overview);
  const shares = grid.map((patch) => tissueShare(patch, mask, overview, level));
  const full = grid.filter((_, index) => (shares[index] ?? 0) >= TISSUE_SHARE);
  if (full.length === 0) {
    const best = grid[shares.indexOf(Math.max(...shares))];
    return { patches: best ? [best] : [], withTissue: 0 };
  }
  const patches = full.length <= most ? full : spread(full, most);
  return { patches, withTissue: full.length };
}

function spread<T>(items: readonly T[], most: number): T[] {
  return Array.from(
    { length: most },
    (_, index) => items[Math.floor(((index + 0.5) * items.length) / most)] as T,
  );
}

function tissueShare(
  { x, y, side }: PatchPlace,
  mask: Uint8Array,
  overview: Overview,
  level: { readonly width: number; readonly height: number },
): number {
  const scaleX = overview.width / level.width;
  const scaleY = overview.height / level.height;
  const x1 = Math.min(overview.width, Math.max(Math.floor(x * scaleX) + 1, Math.round((x + side) * scaleX)));
  const y1 = Math.min(overview.height, Math.max(Math.floor(y * scaleY) + 1, Math.round((y + side) * scaleY)));
  let tissue = 0;
  let count = 0;
  for (let row = Math.floor(y * scaleY); row < y1; row++) {
    for (let column = Math.floor(x * scaleX); column < x1; column++) {
      tissue += mask[row * overview.width + column] ?? 0;
      count++;
    }
  }
  return count === 0 ? 0 : tissue / count;
}

/**
 * The level to read for 10x: the coarsest that is at least as fine (5 % allowed), else the finest.
 * `side` is how many of its pixels make one patch.
 */
export function chooseLevel<T extends { readonly micrometres: number | undefined }>(
  levels: readonly T[],
): { level: T; side: number; note: string | undefined } | undefined {
  const known = levels.filter((level) => level.micrometres !== undefined && level.micrometres > 0);
  const [first] = levels;
  if (!first) return undefined;
  if (known.length === 0) {
    return {
      level: first,
      side: PATCH_SIDE,
      note: "The slide does not give its resolution; its first level was taken for 10x.",
    };
  }
  const byFineness = known.toSorted((a, b) => (b.micrometres ?? 0) - (a.micrometres ?? 0));
  const fine = byFineness.find((level) => (level.micrometres ?? 0) <= PATCH_MICROMETRES * 1.05);
  const level = fine ?? (byFineness.at(-1) as T);
  const side = Math.max(
    1,
    Math.round((PATCH_SIDE * PATCH_MICROMETRES) / (level.micrometres ?? PATCH_MICROMETRES)),
  );
  return {
    level,
    side,
    note: fine ? undefined : "The slide is coarser than 10x; its finest level was enlarged.",
  };
}
