import { Pace, type Steps, sortSteps } from "../../base/breather.js";
import type { Moment } from "../words/when.js";

/** What has a moment, or none. */
interface Dated {
  readonly moment: Moment | undefined;
}

/**
 * Days in order of time, and of one day the newest first. What has no date keeps its place: after what stood before it
 * in the record, or before what it stood in front of.
 */
export function* inOrder<T extends Dated>(all: readonly T[]): Steps<T[]> {
  const pace = new Pace();
  const zone = commonZone(all);
  const instants: (number | undefined)[] = [];
  const given: (string | undefined)[] = [];
  for (const { moment } of all) {
    const instant = moment && instantOf(moment, zone);
    instants.push(instant);
    given.push(moment && dayOf(moment, instant, zone));
    if (pace.isDue()) yield undefined;
  }
  const days = filled(given);
  yield undefined;
  const byDay = yield* sorted([...all.keys()], (index) => days[index] ?? "", 1);
  const ordered: T[] = [];
  for (let at = 0; at < byDay.length; ) {
    let end = at;
    while (end < byDay.length && days[byDay[end] as number] === days[byDay[at] as number]) end++;
    const own = byDay.slice(at, end);
    const times = filled(own.map((index) => instants[index]));
    const byTime = yield* sorted([...own.keys()], (it) => times[it] ?? 0, -1);
    for (const it of byTime) ordered.push(all[own[it] as number] as T);
    if (pace.isDue()) yield undefined;
    at = end;
  }
  return ordered;
}

/** Gaps get what stands before them; those at the beginning what stands after. */
function filled<T>(values: readonly (T | undefined)[]): (T | undefined)[] {
  let last = values.find((it) => it !== undefined);
  return values.map((it) => {
    last = it ?? last;
    return last;
  });
}

function* sorted<K extends string | number>(
  items: readonly number[],
  keyOf: (item: number) => K,
  sign: 1 | -1,
): Steps<readonly number[]> {
  const compare = (a: number, b: number) => {
    const [first, second] = [keyOf(a), keyOf(b)];
    return first < second ? -sign : first > second ? sign : 0;
  };
  // Most records are in order.
  yield undefined;
  const ordered = items.every((it, index) => index === 0 || compare(items[index - 1] as number, it) <= 0);
  yield undefined;
  return ordered ? items : yield* sortSteps(items, compare);
}

/** Milliseconds of a moment with a time; one without a zone is taken to be in that of most others. */
function instantOf({ day, time, zone }: Moment, common: string): number | undefined {
  if (time === undefined) return undefined;
  const instant = Date.parse(`${day}T${time}${zone ?? common}`);
  return Number.isNaN(instant) ? undefined : instant;
}

/** The day in the zone of most entries, so that one from elsewhere stands where it was. */
function dayOf({ day, zone }: Moment, instant: number | undefined, common: string): string {
  if (instant === undefined || zone === undefined || zone === common) return day;
  return new Date(instant + offsetOf(common)).toISOString().slice(0, 10);
}

function offsetOf(zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(zone) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
}

function commonZone(all: readonly Dated[]): string {
  const counts = new Map<string, number>();
  for (const { moment } of all) {
    if (moment?.zone !== undefined) counts.set(moment.zone, (counts.get(moment.zone) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "Z";
}
