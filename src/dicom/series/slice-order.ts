import type { Slice } from "./slice.js";
import { alongOf } from "./slice-places.js";

/** Sorts as people number files: IM2 before IM10. */
const NATURAL = new Intl.Collator("en", { numeric: true });

/**
 * A stack in order: along its normal (or by Slice Location), in the direction in which Instance Number grows, which is the
 * order the model saw in training; up the normal when the numbers say nothing. Without places by Instance Number, without
 * these by the files' names, and that is said, as it may be wrong.
 */
export function sortStack(slices: readonly Slice[], notes: string[]): Slice[] {
  const along = alongOf(slices);
  const placed = slices.map((slice) => ({ slice, at: along(slice) }));
  if (placed.some(({ at }) => at === undefined)) return sortWithoutPlaces(slices, notes);
  placed.sort((a, b) => (a.at ?? 0) - (b.at ?? 0) || byNumber(a.slice, b.slice));
  let agreement = 0;
  for (let index = 1; index < placed.length; index++) {
    const [before, after] = [placed[index - 1], placed[index]];
    if (before && after && before.at !== after.at)
      agreement += Math.sign(byNumber(after.slice, before.slice));
  }
  if (agreement < 0) placed.reverse();
  return placed.map(({ slice }) => slice);
}

function byNumber(a: Slice, b: Slice): number {
  return (a.instanceNumber ?? 0) - (b.instanceNumber ?? 0) || a.frame - b.frame;
}

function sortWithoutPlaces(slices: readonly Slice[], notes: string[]): Slice[] {
  const numbers = new Set(slices.map(({ instanceNumber }) => instanceNumber));
  const files = new Set(slices.map(({ file }) => file)).size;
  const sorted = slices.slice();
  if (files < 2 || (numbers.size === files && !numbers.has(undefined))) return sorted.sort(byNumber);
  const named = sorted.every(({ name }) => name !== undefined);
  if (named) sorted.sort((a, b) => NATURAL.compare(a.name ?? "", b.name ?? "") || a.frame - b.frame);
  const order = named ? "by the names of their files" : "as given";
  notes.push(
    `the slices have neither positions nor numbers that tell their order: taken ${order}, it may be wrong`,
  );
  return sorted;
}
