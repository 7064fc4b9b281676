import type { Pace, Steps } from "../../base/breather.js";
import { type Json, keysOf } from "./values.js";

/** What there may be anywhere in a resource: what is not there is not searched for again and again. */
export const HAS = { codings: 1, carried: 2, longStrings: 4, modifiers: 8, prohibitions: 16 } as const;

/** Characters of a value that is told among the others; a longer one is a text of its own, told in pieces. */
export const LONGEST = 4000;

const KEYS: ReadonlyMap<string, number> = new Map([
  ["coding", HAS.codings],
  ...["contentType", "data"].map((key): [string, number] => [key, HAS.carried]),
  ...["implicitRules", "modifierExtension"].map((key): [string, number] => [key, HAS.modifiers]),
  ...[...["doNotPerform", "prohibited", "decision", "policyRule", "policyBasis", "provision", "except"]].map(
    (key): [string, number] => [key, HAS.prohibitions],
  ),
]);
/** What a look at a resource has shown. */
export interface Survey {
  /** The sum of what of `HAS` there may be in it. */
  readonly has: number;
  /** Values in it, and things that they stand in. */
  readonly values: number;
}

const known = new WeakMap<Json, Survey>();

/** Whether there may be some of it anywhere in a resource. */
export function* mayHave(resource: Json, what: number, pace: Pace): Steps<boolean> {
  return ((yield* surveyOf(resource, pace)).has & what) !== 0;
}

/** Looks once at all that is in a resource, at any depth. */
export function* surveyOf(resource: Json, pace: Pace): Steps<Survey> {
  const before = known.get(resource);
  if (before !== undefined) return before;
  let [found, values] = [0, 0];
  const open: object[] = [resource];
  for (let thing = open.pop(); thing !== undefined; thing = open.pop()) {
    for (const key of keysOf(thing)) {
      if (pace.isDue()) yield undefined;
      values++;
      const own = (thing as Json)[key];
      if (typeof key === "string") found |= KEYS.get(key) ?? 0;
      if (typeof own === "object" && own !== null) open.push(own);
      else if (typeof own === "string" && own.length > LONGEST) found |= HAS.longStrings;
      else if (own === "Binary") found |= HAS.carried;
    }
  }
  const survey = { has: found, values };
  known.set(resource, survey);
  return survey;
}
