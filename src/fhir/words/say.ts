import { Pace } from "../../base/breather.js";
import { labelOf, PLAIN, TOLD_IN, UNTOLD, UNTOLD_IN } from "../elements/elements.js";
import type { Telling } from "../elements/references.js";
import { bracketed, scope } from "../elements/scopes.js";
import {
  enclosed,
  inWords,
  listed,
  MAX_DEPTH,
  type Member,
  type Said,
  said,
  together,
} from "../elements/structure.js";
import { asList, asObject, asText, conceptText, type Json, rangeText } from "../elements/values.js";
import { isAttachment, sayAttachment } from "../text/attachment.js";
import { extensionMembers, isExtensionKey } from "./extensions.js";
import { negationOf } from "./modifiers.js";
import { sayKnown } from "./say-known.js";
import { referenceText, typeOfReference } from "./title.js";
import { whenText } from "./when.js";

/** Members of a list in one part: a list of thousands is told in pieces, each with its label. */
const MEMBERS = 40;
/** Members of a list inside of a thing that are told. */
const MOST = 500;
/** Names of elements that are told elsewhere. */
export interface Skipped {
  has(key: string): boolean;
}
const NONE: Skipped = new Set<string>();
/** Stands for what is nested too deeply, or is too much of one thing. */
const MORE = "(more, not read)";

/**
 * All elements of a thing as "label value" with marks, but for those that are told elsewhere or never, and undefined
 * where it gives way. Members of a list that have parts are parts of their own: what is said of one reaction
 * says nothing of the next.
 */
export function* elementParts(
  thing: Json,
  telling: Telling,
  skip: Skipped = NONE,
): Generator<string | undefined, void, void> {
  const pace = new Pace();
  for (const key in thing) {
    if (pace.isDue()) yield undefined;
    if (isUntold(key, telling, skip)) continue;
    const value = thing[key];
    if (isExtensionKey(key)) {
      telling.room.renew();
      for (const { label, said: own } of extensionMembers(key, value, telling, say, 0)) {
        yield scope(`${label} `, own.text);
      }
      continue;
    }
    if (isBytes(key, value)) {
      yield BYTES;
      continue;
    }
    const label = labelOf(key);
    for (const text of membersApart(value, telling)) yield text && scope(`${label} `, text);
  }
}

function* membersApart(value: unknown, telling: Telling): Generator<string | undefined, void, void> {
  const pace = new Pace();
  // A single value that is no list is told with its commas as it is.
  const tell = (members: readonly Said[]) => (Array.isArray(value) ? listed(members) : members[0])?.text;
  let simple: Said[] = [];
  for (const member of asList(value)) {
    if (pace.isDue()) yield undefined;
    telling.room.renew();
    const own = say(member, telling, 1);
    if (own === undefined) continue;
    if (own.object || simple.length >= MEMBERS) {
      if (simple.length > 0) yield tell(simple);
      simple = [];
    }
    if (own.object) yield own.text;
    else simple.push(own);
  }
  if (simple.length > 0) yield tell(simple);
}

function isUntold(key: string, telling: Telling, skip: Skipped): boolean {
  const plain = key.startsWith("_") ? key.slice(1) : key;
  const type = String(telling.inside.resourceType);
  const untold = UNTOLD.has(plain) && !TOLD_IN[type]?.has(plain);
  return untold || UNTOLD_IN[type]?.has(plain) || skip.has(plain);
}

const BYTES = "(data, not read)";

function isBytes(key: string, value: unknown): boolean {
  return typeof value === "string" && /^(?:data|.*Base64Binary)$/.test(key);
}

/** Any value of FHIR in words; undefined where it says nothing. */
export function say(value: unknown, telling: Telling, depth = 0): Said | undefined {
  if (depth > MAX_DEPTH || !telling.room.take()) return inWords(MORE);
  if (Array.isArray(value)) {
    const members: Said[] = [];
    for (const it of value.slice(0, MOST)) {
      if (telling.room.isUsed) break;
      const own = say(it, telling, depth + 1);
      if (own !== undefined) members.push(own);
    }
    if (value.length > MOST) members.push(inWords(`${value.length - MOST} more, not read`));
    return members.length === 0 ? undefined : listed(members);
  }
  const thing = asObject(value);
  if (thing === undefined) {
    const text = asText(value);
    return text === undefined ? undefined : said(whenText(text) ?? text);
  }
  const known = knownText(thing, telling);
  if (known === undefined) return sayParts(thing, telling, depth);
  if (known === "") return undefined;
  const more = Object.keys(thing)
    .filter(isExtensionKey)
    .flatMap((key) => extensionMembers(key, thing[key], telling, say, depth));
  // What another resource is called has been put together from it.
  const own = isReference(thing) ? inWords(known) : said(known);
  return more.length === 0 ? own : { ...own, text: `${own.text} (${together(more).text})`, leaf: false };
}

/** Words of a thing that is told as a whole; empty for what is not told at all. */
function knownText(thing: Json, telling: Telling): string | undefined {
  const { inside, refs } = telling;
  // What is known and says nothing is a person: its parts would name them.
  if (isReference(thing)) return referenceText(thing, inside, refs) ?? "";
  // Its text becomes entries of its own.
  if (isAttachment(thing)) return sayAttachment(thing, inside, refs) ?? "";
  return sayKnown(thing, telling);
}

function isReference(thing: Json): boolean {
  if (typeof thing.reference === "string") return true;
  const keys = Object.keys(thing).filter((key) => key !== "id" && !isExtensionKey(key));
  return (
    keys.some((key) => key === "display" || key === "identifier") &&
    keys.every((key) => key === "display" || key === "identifier" || key === "type") &&
    asObject(thing.type) === undefined
  );
}

function sayParts(thing: Json, telling: Telling, depth: number): Said | undefined {
  const parts = together(membersOf(thing, telling, NONE, depth));
  const negation = negationOf(thing);
  if (negation === undefined) return parts.text === "" ? undefined : { ...parts, object: true };
  return enclosed(bracketed(negation, parts.text || "unnamed"));
}

/**
 * The parts of a thing, each with its label. The first that needs none comes first and has none: a second would not
 * be told apart from it.
 */
export function membersOf(thing: Json, telling: Telling, skip: Skipped = NONE, depth = 1): Member[] {
  const range = rangeText(thing);
  const text = typeof thing.text === "string" ? asText(thing.text) : conceptText(thing.text);
  const plain: Member[] = [range, text].filter((it) => it !== undefined).map((it) => ({ said: said(it) }));
  const labelled: Member[] = [];
  let named = false;
  for (const key in thing) {
    const value = thing[key];
    if (isUntold(key, telling, skip) || (range !== undefined && (key === "low" || key === "high"))) continue;
    if (isExtensionKey(key)) {
      labelled.push(...extensionMembers(key, value, telling, say, depth));
      continue;
    }
    if (isBytes(key, value)) {
      labelled.push({ said: inWords(BYTES) });
      continue;
    }
    // What has ended it says so.
    if (telling.room.isUsed) break;
    const own = say(value, telling, depth + 1);
    if (own === undefined) continue;
    const needsNone: boolean =
      !named && (PLAIN.has(key) || /^(?:value|item|content|instance)(?:[A-Z]|$)/.test(key));
    if (needsNone) plain.push({ said: own });
    else labelled.push({ label: labelOf(key), said: own });
    named ||= needsNone;
  }
  return [...plain, ...labelled];
}

/** Of `value[x]`. */
export function isValueKey(key: string): boolean {
  return key.startsWith("value") && /^value(?:[A-Z]|$)/.test(key);
}

/** The `value[x]` of an observation, a component or an answer, or why there is none. */
export function valueText(thing: Json, telling: Telling): string | undefined {
  const values = Object.keys(thing)
    .filter(isValueKey)
    .map((key) => sayValue(key, thing[key], telling));
  const absent = asList(thing.dataAbsentReason)
    .map(conceptText)
    .filter((it) => it !== undefined);
  if (absent.length > 0) values.push(`no value (${absent.join(", ")})`);
  const found = values.filter((it) => it !== undefined);
  return found.length === 0 ? undefined : found.join(", ");
}

/** The answer to "Who is your doctor?" is a reference whose kind often nothing tells. */
export function sayValue(key: string, value: unknown, telling: Telling): string | undefined {
  const reference = key === "valueReference" ? asObject(value) : undefined;
  return reference !== undefined && typeOfReference(reference, telling.inside, telling.refs) === undefined
    ? "(a reference to what is not in the record)"
    : say(value, telling, 1)?.text;
}
