import { groupBy } from "./group-by.js";
import type { Pass } from "./pass.js";
import type { Slice } from "./slice.js";
import { alongOf, placeKey } from "./slice-places.js";

/**
 * Of a series that shows its places several times (phases, echoes, passes), one time whole. The reference keeps the
 * acquisition with most slices; scanners also restart Instance Number within one, and tell the times apart by something
 * else.
 */

/** What may tell them apart, the most telling first. */
const TELLING: readonly (readonly [name: string, key: (pass: Pass) => number | string | undefined])[] = [
  ["frames of reference", ({ frameOfReference }) => frameOfReference],
  ["acquisitions", ({ acquisition }) => acquisition],
  ["phases", ({ phase }) => phase],
  ["echoes", ({ echo }) => echo],
  ["echo times", ({ echoTime }) => echoTime],
  ["inversion times", ({ inversionTime }) => inversionTime],
  ["diffusion weightings", ({ diffusion }) => diffusion],
  ["tube voltages", ({ voltage }) => voltage],
  ["kinds of image", ({ imageType }) => imageType],
  ["trigger times", ({ trigger }) => trigger],
  ["phases of the heart", ({ cardiacPhase }) => cardiacPhase],
  ["times of a dynamic series", ({ offset }) => offset],
  ["flip angles", ({ flipAngle }) => flipAngle],
  ["sequences", ({ sequence }) => sequence],
  ["kernels", ({ kernel }) => kernel],
  ["states of contrast", ({ contrast }) => contrast],
  ["slice thicknesses", ({ thickness }) => thickness],
  ["acquisition times", ({ time }) => time],
];

/** Run through each other without a place in common, too. */
const MAY_WEAVE = new Set(["frames of reference", "acquisitions"]);

export function onePass(stack: readonly Slice[], notes: string[]): readonly Slice[] {
  const along = placesOf(stack) ?? numbersOf(stack);
  if (!along) return ofOnePlace(stack, notes);
  let left = withoutCopies(stack, notes);
  for (const [name, key] of TELLING) {
    const groups = inOrder(groupBy(left, ({ pass }) => key(pass)));
    if (groups.length < 2 || !(repeats(left, along) || (MAY_WEAVE.has(name) && isWoven(groups, along))))
      continue;
    const kept = largestOf(groups, along, name !== "frames of reference");
    if (kept.length === left.length) continue;
    notes.push(
      `${groups.length} ${name} of the same positions: the one with most slices kept, ${left.length - kept.length} of ${left.length} images dropped`,
    );
    left = kept;
  }
  return placesOf(left) ? firstOfEachPlace(left, along, notes) : left;
}

/** Images of one position are no stack: a time series shows them as they come, but then something tells the time. */
function ofOnePlace(stack: readonly Slice[], notes: string[]): readonly Slice[] {
  const places = new Set(stack.map(alongOf(stack)));
  if (places.size !== 1 || places.has(undefined)) return stack;
  const left = withoutCopies(stack, notes);
  const files = new Set(left.map(({ file }) => file)).size;
  if (files > 1 && TELLING.every(([, key]) => new Set(left.map(({ pass }) => key(pass))).size === 1))
    notes.push(
      `${left.length} images of one position, which only their numbers tell apart: shown in the order of these`,
    );
  return left;
}

/** A file that lies in a folder twice has one SOP Instance UID (PS3.5 9): the same image, whose pass nothing else tells. */
function withoutCopies(stack: readonly Slice[], notes: string[]): readonly Slice[] {
  const seen = new Set<string>();
  const kept = stack.filter(({ instance, frame, geometry, instanceNumber }) => {
    if (instance === "") return true;
    const key = JSON.stringify([instance, frame, geometry.position, instanceNumber]);
    return !seen.has(key) && seen.add(key);
  });
  if (kept.length < stack.length) notes.push(`${stack.length - kept.length} copies of images left out`);
  return kept;
}

type Place = (slice: Slice) => number;

/** The first phase or echo first, and what has none (no contrast) before all: of equals that one is kept. */
function inOrder(groups: ReadonlyMap<number | string | undefined, Slice[]>): readonly Slice[][] {
  const entries = [...groups].sort(([a], [b]) =>
    a === b ? 0 : a === undefined || (b !== undefined && a < b) ? -1 : 1,
  );
  return entries.map(([, group]) => group);
}

/** Undefined without places, and when all slices share one: a cine is no stack. */
function placesOf(stack: readonly Slice[]): Place | undefined {
  const along = alongOf(stack);
  const places = new Set(stack.map(along));
  return places.has(undefined) || places.size < 2 ? undefined : (along as Place);
}

/** Without places Instance Number tells when a series begins anew. */
function numbersOf(stack: readonly Slice[]): Place | undefined {
  if (stack.some(({ geometry, instanceNumber }) => geometry.position || instanceNumber === undefined))
    return undefined;
  return ({ instanceNumber, frame }) => (instanceNumber ?? 0) * 1e6 + frame;
}

function distinct(slices: readonly Slice[], along: Place): Set<string> {
  return new Set(slices.map((slice) => placeKey(along(slice))));
}

function repeats(slices: readonly Slice[], along: Place): boolean {
  return distinct(slices, along).size < slices.length;
}

/**
 * Acquisitions of two slices and more that run through each other. One that was interleaved on purpose (odd slices, then
 * even) is numbered along the stack; passes that overlap are not.
 */
function isWoven(groups: readonly (readonly Slice[])[], along: Place): boolean {
  const ranges = groups.filter((group) => group.length > 1).map((group) => rangeOf(group, along));
  ranges.sort((a, b) => a.low - b.low);
  const overlap = ranges.some(
    (range, index) => index > 0 && range.low < (ranges[index - 1]?.high ?? range.low),
  );
  if (!overlap) return false;
  const sorted = groups.flat().sort((a, b) => along(a) - along(b));
  const directions = sorted
    .slice(1)
    .map((slice, index) => Math.sign((slice.instanceNumber ?? 0) - (sorted[index]?.instanceNumber ?? 0)));
  return new Set(directions).size > 1;
}

interface PlaceRange {
  readonly low: number;
  readonly high: number;
}

function rangeOf(slices: readonly Slice[], along: Place): PlaceRange {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const slice of slices) {
    low = Math.min(low, along(slice));
    high = Math.max(high, along(slice));
  }
  return { low, high };
}

/**
 * The group with most places, and of others what lies beyond it, where most of the group does (a second pass that goes
 * on further down) and `continues`. Everything when the largest is not even half: then the key numbers slices or steps, not
 * passes.
 */
function largestOf(
  groups: readonly (readonly Slice[])[],
  along: Place,
  continues: boolean,
): readonly Slice[] {
  const all = groups.flat();
  const bySize = groups
    .map((group) => ({ group, places: distinct(group, along).size }))
    .sort((a, b) => b.places - a.places);
  const largest = bySize[0];
  if (!largest || largest.places * 2 < distinct(all, along).size) return all;
  if (!continues) return largest.group;
  const ranges = [rangeOf(largest.group, along)];
  const kept = [...largest.group];
  for (const { group } of bySize.slice(1)) {
    const beyond = group.filter((slice) =>
      ranges.every(({ low, high }) => along(slice) < low - 0.005 || along(slice) > high + 0.005),
    );
    if (beyond.length * 2 <= group.length) continue;
    kept.push(...beyond);
    ranges.push(rangeOf(beyond, along));
  }
  return kept;
}

/** What nothing tells apart: of each place the first by time, then by number, then as given. */
function firstOfEachPlace(slices: readonly Slice[], along: Place, notes: string[]): readonly Slice[] {
  const first = new Map<string, Slice>();
  for (const slice of slices) {
    const key = placeKey(along(slice));
    const before = first.get(key);
    if (!before || precedes(slice, before)) first.set(key, slice);
  }
  if (first.size === slices.length) return slices;
  notes.push(
    `${slices.length - first.size} images at repeated positions dropped; nothing tells which belong together`,
  );
  return [...first.values()];
}

function precedes(a: Slice, b: Slice): boolean {
  if (a.pass.time !== undefined && b.pass.time !== undefined && a.pass.time !== b.pass.time)
    return a.pass.time < b.pass.time;
  return (a.instanceNumber ?? 0) - (b.instanceNumber ?? 0) < 0;
}
