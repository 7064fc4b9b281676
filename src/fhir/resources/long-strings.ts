import type { Pace, Steps } from "../../base/breather.js";
import { labelOf } from "../elements/elements.js";
import { HAS, LONGEST, mayHave } from "../elements/survey.js";
import { asObject, type Json, keysOf } from "../elements/values.js";
import { negationOf } from "../words/modifiers.js";
import type { LongText } from "../words/narrative.js";

const MAX_DEPTH = 40;
/** Told as texts anyway, or not at all. */
const ELSEWHERE: ReadonlySet<string> = new Set(["data", "div", "url"]);

/** A resource without its longest strings, and those under the labels that they stood under. */
export interface Shortened {
  readonly resource: Json;
  readonly texts: readonly LongText[];
}

/** Puts a note in the place of each very long string, so that telling the resource takes no long time in one go. */
export function* withoutLongStrings(resource: Json, pace: Pace): Steps<Shortened> {
  if (!(yield* mayHave(resource, HAS.longStrings, pace))) return { resource, texts: [] };
  const texts: LongText[] = [];
  const shortened = yield* replaced(resource, undefined, { texts, pace }, 0);
  return { resource: asObject(shortened) ?? resource, texts };
}

interface Work {
  readonly texts: LongText[];
  readonly pace: Pace;
}

/** An element, and what it stands in. */
interface Place {
  readonly above: Place | undefined;
  readonly thing: Json;
  readonly key: string;
}

/** The labels of an element and of all that it stands in; what reverses one of these, too, but for the resource itself. */
function headingOf({ above, thing, key }: Place): string {
  const own = above === undefined ? undefined : negationOf(thing);
  return [above && headingOf(above), own, labelOf(key)].filter(Boolean).join(" / ");
}

/** @returns The value itself where nothing in it is long. */
function* replaced(value: object, above: Place | undefined, work: Work, depth: number): Steps<object> {
  if (depth > MAX_DEPTH) return value;
  let copy: Record<string, unknown> | undefined;
  for (const key of keysOf(value)) {
    if (work.pace.isDue()) yield undefined;
    const own = (value as Json)[key];
    if (typeof own !== "string" && (typeof own !== "object" || own === null)) continue;
    if (typeof own === "string" && (own.length <= LONGEST || isElsewhere(value as Json, String(key))))
      continue;
    const place = typeof key === "number" ? above : { above, thing: value as Json, key };
    if (typeof own === "string") work.texts.push({ heading: place ? headingOf(place) : "", text: own });
    const other =
      typeof own === "string" ? "(long text, told apart)" : yield* replaced(own, place, work, depth + 1);
    if (other === own) continue;
    copy ??= (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
    copy[key] = other;
  }
  return copy ?? value;
}

function isElsewhere(thing: Json, key: string): boolean {
  return ELSEWHERE.has(key) || (key === "content" && thing.resourceType === "Binary");
}
