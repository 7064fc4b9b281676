import type { FrameGeometry } from "./attributes.js";
import type { DicomFacts } from "./facts.js";
import { MAX_SLICES } from "./rule-table.js";
import type { Source } from "./source.js";

/** One slice of a volume: a single-frame file, or a frame of a multi-frame one. */
export interface Slice {
  readonly source: Source;
  readonly frame: number;
  readonly geometry: FrameGeometry;
  readonly instanceNumber: number | undefined;
  readonly acquisitionNumber: number | undefined;
  readonly facts: DicomFacts;
}

export interface Volume {
  /** In order. */
  readonly slices: readonly Slice[];
  /** Median distance of neighbours in millimetres; undefined without positions. */
  readonly distance: number | undefined;
  /** What was left out and what is irregular, in words. */
  readonly notes: readonly string[];
}

/** Directions closer than this are the same: 2.5 degrees. */
const SAME_DIRECTION = Math.cos((2.5 * Math.PI) / 180);

/** The slice normal: row direction x column direction (PS3.3 C.7.6.2.1.1). */
export function normalOf(orientation: readonly number[]): readonly number[] {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = orientation;
  return [b * f - c * e, c * d - a * f, a * e - b * d];
}

export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}

function sameOrientation(a: readonly number[] | undefined, b: readonly number[] | undefined): boolean {
  if (!a || !b) return a === b;
  return dot(a.slice(0, 3), b.slice(0, 3)) > SAME_DIRECTION && dot(a.slice(3), b.slice(3)) > SAME_DIRECTION;
}

/** Makes a volume of a series' slices: drops what does not belong, sorts along the normal, looks for gaps. */
export function buildVolume(input: readonly Slice[]): Volume {
  const notes: string[] = [];
  const imaged = keep(input, (slice) => !slice.facts.localizer, "localizer or scout", notes);
  // The reference prefers acquired pictures to derived ones where a series has both.
  const acquired = keep(imaged, (slice) => !slice.facts.derived, "derived", notes);
  const stacks = chooseStacks(stacksOf(acquired), notes).map((stack) =>
    dropRepeats(sortByPosition(oneAcquisition(stack, notes)), notes),
  );
  const distances = stacks.map(steps);
  for (const each of distances) {
    const usual = median(each);
    if (usual !== undefined) reportGaps(each, usual, notes);
  }
  return { slices: stacks.flat(), distance: median(distances[0] ?? []), notes };
}

/** Keeps those that pass, unless none does. */
function keep(
  slices: readonly Slice[],
  pass: (slice: Slice) => boolean,
  name: string,
  notes: string[],
): readonly Slice[] {
  const kept = slices.filter(pass);
  if (kept.length === 0 || kept.length === slices.length) return slices;
  notes.push(`${slices.length - kept.length} ${name} images dropped`);
  return kept;
}

/** Slices of one size and orientation each, in the order in which the series begins them. */
function stacksOf(slices: readonly Slice[]): Slice[][] {
  const stacks: Slice[][] = [];
  for (const slice of slices) {
    const fits = stacks.find(([first]) => first !== undefined && sameStack(first, slice));
    if (fits) fits.push(slice);
    else stacks.push([slice]);
  }
  const begin = (stack: readonly Slice[]) =>
    Math.min(...stack.map(({ instanceNumber }) => instanceNumber ?? Number.POSITIVE_INFINITY));
  return stacks.length < 2 ? stacks : stacks.sort((a, b) => begin(a) - begin(b) || 0);
}

/**
 * Several planes of an MR series are shown one after another, as the reference shows all pictures of an acquisition, if
 * the prompt holds them. Else the largest stack: what does not fit a CT's is mostly its scout.
 */
function chooseStacks(stacks: readonly Slice[][], notes: string[]): readonly Slice[][] {
  if (stacks.length < 2) return stacks;
  const count = stacks.reduce((sum, stack) => sum + stack.length, 0);
  if (count <= MAX_SLICES && stacks.every(([first]) => first?.facts.modality === "MR")) {
    notes.push(`${stacks.length} stacks of different orientation or size, one after another`);
    return stacks;
  }
  const largest = stacks.reduce((best, stack) => (stack.length > best.length ? stack : best));
  notes.push(
    `mixed orientations or sizes: ${count - largest.length} images outside the largest stack dropped`,
  );
  return [largest];
}

function sameStack(a: Slice, b: Slice): boolean {
  const sameSize = a.facts.rows === b.facts.rows && a.facts.columns === b.facts.columns;
  return sameSize && sameOrientation(a.geometry.orientation, b.geometry.orientation);
}

/**
 * Where acquisitions repeat positions (phases), the one with most slices is kept, as the reference does. Acquisitions
 * that do not overlap (scanners that number each step) belong together, where the reference would keep one of them.
 */
function oneAcquisition(slices: readonly Slice[], notes: string[]): readonly Slice[] {
  const groups = groupByAcquisition(slices);
  const positions = new Set(slices.map((slice) => positionKey(slice)));
  if (groups.size < 2 || positions.has(undefined) || positions.size === slices.length) return slices;
  const largest = [...groups.values()].reduce((best, group) => (group.length > best.length ? group : best));
  if (largest.length * 2 < positions.size) return slices;
  notes.push(`${groups.size} acquisitions of the same positions: the one with most slices kept`);
  return largest;
}

function groupByAcquisition(slices: readonly Slice[]): Map<number | undefined, Slice[]> {
  const groups = new Map<number | undefined, Slice[]>();
  for (const slice of slices)
    groups.set(slice.acquisitionNumber, [...(groups.get(slice.acquisitionNumber) ?? []), slice]);
  return groups;
}

/** Distance along the normal, millimetres. */
export function positionAlong(slice: Slice, normal: readonly number[] | undefined): number | undefined {
  return normal && slice.geometry.position && dot(slice.geometry.position, normal);
}

function positionKey(slice: Slice): string | undefined {
  const { orientation } = slice.geometry;
  return positionAlong(slice, orientation && normalOf(orientation))?.toFixed(2);
}

/**
 * Along the normal, in the direction in which Instance Number grows, which is the order the model saw in training; up
 * the normal when the numbers say nothing. Without positions: by Instance Number, then as given.
 */
function sortByPosition(slices: readonly Slice[]): Slice[] {
  const orientation = slices[0]?.geometry.orientation;
  const normal = orientation && normalOf(orientation);
  const placed = slices.map((slice, order) => ({ slice, order, at: positionAlong(slice, normal) }));
  const byNumber = (a: Slice, b: Slice) =>
    (a.instanceNumber ?? 0) - (b.instanceNumber ?? 0) || a.frame - b.frame;
  if (placed.some(({ at }) => at === undefined)) {
    return placed.sort((a, b) => byNumber(a.slice, b.slice) || a.order - b.order).map(({ slice }) => slice);
  }
  placed.sort((a, b) => (a.at ?? 0) - (b.at ?? 0) || byNumber(a.slice, b.slice) || a.order - b.order);
  let agreement = 0;
  for (let index = 1; index < placed.length; index++) {
    const [before, after] = [placed[index - 1], placed[index]];
    if (before && after && before.at !== after.at)
      agreement += Math.sign(byNumber(after.slice, before.slice));
  }
  if (agreement < 0) placed.reverse();
  return placed.map(({ slice }) => slice);
}

function dropRepeats(slices: readonly Slice[], notes: string[]): readonly Slice[] {
  const seen = new Set<string>();
  const kept = slices.filter((slice) => {
    const key = positionKey(slice);
    if (key === undefined) return true;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  // Only positions that make a stack: a study of frames at one place (perfusion, cine) is not a volume.
  if (kept.length === slices.length || kept.length < 2) return slices;
  notes.push(`${slices.length - kept.length} images at repeated positions dropped`);
  return kept;
}

function steps(slices: readonly Slice[]): number[] {
  const orientation = slices[0]?.geometry.orientation;
  const normal = orientation && normalOf(orientation);
  const at = slices.map((slice) => positionAlong(slice, normal));
  return at.slice(1).flatMap((value, index) => {
    const before = at[index];
    return value === undefined || before === undefined ? [] : [Math.abs(value - before)];
  });
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.filter((value) => value > 1e-3).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function reportGaps(distances: readonly number[], usual: number, notes: string[]): void {
  const gaps = distances.filter((distance) => distance > usual * 1.5);
  if (gaps.length > 0) {
    const largest = Math.max(...gaps);
    notes.push(
      `${gaps.length} gaps between slices, the largest ${largest.toFixed(1)} mm where ${usual.toFixed(1)} mm is usual`,
    );
  } else if (distances.some((distance) => Math.abs(distance - usual) > usual * 0.1)) {
    notes.push(`slices are unevenly spaced around ${usual.toFixed(1)} mm`);
  }
}
