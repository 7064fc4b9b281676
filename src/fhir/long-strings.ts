import { labelOf } from "./elements.js";
import { negationOf } from "./modifiers.js";
import type { LongText } from "./narrative.js";
import { asObject, type Json } from "./values.js";

/** Characters of a value that is told among the others; a longer one is a text of its own, told in pieces. */
const LONGEST = 4000;
const MAX_DEPTH = 40;
/** Told as texts anyway, or not at all. */
const ELSEWHERE: ReadonlySet<string> = new Set(["data", "div", "content", "url"]);

/** A resource without its longest strings, and those under the labels that they stood under. */
export interface Shortened {
  readonly resource: Json;
  readonly texts: readonly LongText[];
}

/** Puts a note in the place of each very long string, so that telling the resource takes no long time in one go. */
export function withoutLongStrings(resource: Json): Shortened {
  if (!hasLong(resource, 0)) return { resource, texts: [] };
  const texts: LongText[] = [];
  const shortened = replaced(resource, "", texts, 0);
  return { resource: asObject(shortened) ?? resource, texts };
}

function hasLong(value: unknown, depth: number): boolean {
  if (typeof value === "string") return value.length > LONGEST;
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return false;
  for (const key in value) {
    const own = (value as Json)[key];
    if (hasLong(own, depth + 1) && !(ELSEWHERE.has(key) && typeof own === "string")) return true;
  }
  return false;
}

/** @returns The value itself where nothing in it is long. */
function replaced(value: unknown, heading: string, texts: LongText[], depth: number): unknown {
  if (typeof value === "string") {
    if (value.length <= LONGEST) return value;
    texts.push({ heading, text: value });
    return "(long text, told apart)";
  }
  if (!hasLong(value, depth)) return value;
  if (Array.isArray(value)) return value.map((it) => replaced(it, heading, texts, depth + 1));
  const negation = depth === 0 ? undefined : negationOf(value as Json);
  const told = ([key, own]: [string, unknown]) => {
    if (ELSEWHERE.has(key) && typeof own === "string") return [key, own];
    return [
      key,
      replaced(own, [heading, negation, labelOf(key)].filter(Boolean).join(" / "), texts, depth + 1),
    ];
  };
  return Object.fromEntries(Object.entries(value as Json).map(told));
}
