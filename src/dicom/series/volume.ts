import { MAX_SLICES } from "../show/rule-table.js";
import { onePass } from "./one-pass.js";
import type { Slice } from "./slice.js";
import { sortStack } from "./slice-order.js";
import { alongOf, dot } from "./slice-places.js";

export interface Volume {
  /** In order. */
  readonly slices: readonly Slice[];
  /** What was left out and what is irregular, in words. */
  readonly notes: readonly string[];
}

/** Directions closer than this are the same: 2.5 degrees. */
const SAME_DIRECTION = Math.cos((2.5 * Math.PI) / 180);

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
  const stacks = chooseStacks(stacksOf(acquired), acquired.length, notes).map((stack) =>
    sortStack(onePass(stack, notes), notes),
  );
  const distances = stacks.map(steps);
  for (const each of distances) {
    const usual = median(each);
    if (usual !== undefined) reportGaps(each, usual, notes);
  }
  return { slices: stacks.flat(), notes };
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

/** More orientations than any series has; each slice is compared with all before it. */
const MOST_STACKS = 256;

/** Slices of one size and orientation each, in the order in which the series begins them; what would be one too many is in none. */
function stacksOf(slices: readonly Slice[]): Slice[][] {
  const stacks: Slice[][] = [];
  for (const slice of slices) {
    const fits = stacks.find(([first]) => first !== undefined && sameStack(first, slice));
    if (fits) fits.push(slice);
    else if (stacks.length < MOST_STACKS) stacks.push([slice]);
  }
  const begin = (stack: readonly Slice[]) =>
    least(stack.map(({ instanceNumber }) => instanceNumber ?? Number.POSITIVE_INFINITY));
  return stacks.length < 2 ? stacks : stacks.sort((a, b) => begin(a) - begin(b) || 0);
}

/**
 * Several planes of an MR series are shown one after another, as the reference shows all pictures of an acquisition, if
 * the prompt holds them. Else the largest stack: what does not fit a CT's is mostly its scout.
 */
function chooseStacks(stacks: readonly Slice[][], count: number, notes: string[]): readonly Slice[][] {
  if (stacks.length < 2) return stacks;
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

function steps(slices: readonly Slice[]): number[] {
  const at = slices.map(alongOf(slices));
  return at.slice(1).flatMap((value, index) => {
    const before = at[index];
    return value === undefined || before === undefined ? [] : [Math.abs(value - before)];
  });
}

/** `Math.min` of as many as there are: as arguments a hundred thousand are too many. */
function least(values: readonly number[]): number {
  return values.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY);
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.filter((value) => value > 1e-3).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function reportGaps(distances: readonly number[], usual: number, notes: string[]): void {
  const gaps = distances.filter((distance) => distance > usual * 1.5);
  if (gaps.length > 0) {
    const largest = -least(gaps.map((gap) => -gap));
    notes.push(
      `${gaps.length} gaps between slices, the largest ${largest.toFixed(1)} mm where ${usual.toFixed(1)} mm is usual`,
    );
  } else if (distances.some((distance) => Math.abs(distance - usual) > usual * 0.1)) {
    notes.push(`slices are unevenly spaced around ${usual.toFixed(1)} mm`);
  }
}
