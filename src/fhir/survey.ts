import type { Pace, Steps } from "../base/breather.js";
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
const known = new WeakMap<Json, number>();

/**
 * Looks once at all that is in a resource, at any depth.
 * @returns The sum of what of `HAS` there may be in it.
 */
export function* surveyOf(resource: Json, pace: Pace): Steps<number> {
  const before = known.get(resource);
  if (before !== undefined) return before;
  let found = 0;
  const open: object[] = [resource];
  for (let thing = open.pop(); thing !== undefined; thing = open.pop()) {
    for (const key of keysOf(thing)) {
      if (pace.isDue()) yield undefined;
      const own = (thing as Json)[key];
      if (typeof key === "string") found |= KEYS.get(key) ?? 0;
      if (typeof own === "object" && own !== null) open.push(own);
      else if (typeof own === "string" && own.length > LONGEST) found |= HAS.longStrings;
      else if (own === "Binary") found |= HAS.carried;
    }
  }
  known.set(resource, found);
  return found;
}
