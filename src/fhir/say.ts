import { labelOf, PLAIN, UNTOLD, UNTOLD_IN } from "./elements.js";
import { negationOf } from "./modifiers.js";
import type { References } from "./references.js";
import { bracketed, scope } from "./scopes.js";
import { isAttachment, sayAttachment } from "./text/attachment.js";
import { conceptOrReference, joined, referenceText, typeOfReference } from "./title.js";
import { asList, asObject, asText, conceptText, type Json, quantityText, rangeText } from "./values.js";

/** Where a value stands. */
export interface Telling {
  readonly refs: References;
  /** The resource, for what it contains. */
  readonly inside: Json;
}

/** Nothing in FHIR is nested deeper, but for items of forms and sections. */
const MAX_DEPTH = 12;

/** All elements of a thing as "label value" with marks, but for those that are told elsewhere or never. */
export function sayElements(
  thing: Json,
  telling: Telling,
  skip: ReadonlySet<string> = new Set(),
  depth = 0,
): string[] {
  const untold = UNTOLD_IN[String(telling.inside.resourceType)];
  return Object.entries(thing).flatMap(([key, value]) => {
    if (UNTOLD.has(key) || untold?.has(key) || skip.has(key) || key.startsWith("_")) return [];
    if (typeof value === "string" && /^(?:data|.*Base64Binary)$/.test(key)) return ["(data, not read)"];
    const said = say(value, telling, depth + 1);
    if (said === undefined) return [];
    const plain = depth > 0 && (PLAIN.has(key) || /^(?:value|item|content|instance)(?:[A-Z]|$)/.test(key));
    if (plain) return [said];
    return [depth === 0 ? scope(`${labelOf(key)} `, said) : `${labelOf(key)} ${said}`];
  });
}

/** Any value of FHIR R4 or R5 in words; undefined where it says nothing. */
export function say(value: unknown, telling: Telling, depth = 0): string | undefined {
  if (depth > MAX_DEPTH) return "(more, not read)";
  if (Array.isArray(value)) {
    return joined(value.map((it) => say(it, telling, Array.isArray(it) ? depth + 1 : depth)));
  }
  const thing = asObject(value);
  if (thing === undefined) {
    const text = asText(value);
    return text === undefined ? undefined : text.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*$/, "$1 $2");
  }
  // What is known and says nothing is a person: its parts would name them.
  if (isReference(thing)) return referenceText(thing, telling.inside, telling.refs);
  // Its text becomes entries of its own.
  if (isAttachment(thing)) return sayAttachment(thing, telling.inside, telling.refs);
  return sayKnown(thing, telling) ?? sayParts(thing, telling, depth);
}

function isReference(thing: Json): boolean {
  if (typeof thing.reference === "string") return true;
  const keys = Object.keys(thing).filter((key) => key !== "id" && !/extension$/i.test(key));
  return (
    keys.some((key) => key === "display" || key === "identifier") &&
    keys.every((key) => key === "display" || key === "identifier" || key === "type") &&
    asObject(thing.type) === undefined
  );
}

/** Data types that have words of their own. */
function sayKnown(thing: Json, { inside, refs }: Telling): string | undefined {
  const keys = new Set(Object.keys(thing).filter((key) => key !== "id" && !/extension$/i.test(key)));
  const only = (...names: string[]) => [...keys].every((key) => names.includes(key));
  if (keys.has("coding") && only("coding", "text")) return conceptText(thing);
  if (only("system", "version", "code", "display", "userSelected") && keys.has("code")) {
    return conceptText(thing);
  }
  if (only("concept", "reference")) return conceptOrReference(thing, inside, refs);
  if (only("value", "comparator", "unit", "system", "code", "currency")) {
    return quantityText(thing);
  }
  if (only("numerator", "denominator")) {
    return `${quantityText(thing.numerator) ?? ""} : ${quantityText(thing.denominator) ?? ""}`;
  }
  if (only("start", "end")) {
    const [start, end] = [thing.start, thing.end].map((it) => asText(it)?.slice(0, 10));
    return [start && `from ${start}`, end && `to ${end}`].filter(Boolean).join(" ") || undefined;
  }
  if (keys.has("data") && keys.has("origin")) return "sampled data, not read";
  if (only("text", "time", "authorString", "authorReference") && keys.has("text")) return asText(thing.text);
  return undefined;
}

function sayParts(thing: Json, telling: Telling, depth: number): string | undefined {
  const range = rangeText(thing);
  const skip = new Set(range === undefined ? [] : ["low", "high"]);
  const text = typeof thing.text === "string" ? asText(thing.text) : conceptText(thing.text);
  const parts = [range, text, ...sayElements(thing, telling, skip, Math.max(1, depth))];
  const said = joined(parts);
  const negation = negationOf(thing);
  if (negation === undefined) return said;
  return bracketed(negation, said ?? "unnamed");
}

/** The `value[x]` of an observation, a component or an answer, or why there is none. */
export function valueText(thing: Json, telling: Telling): string | undefined {
  const values = Object.keys(thing).filter((key) => /^value(?:[A-Z]|$)/.test(key));
  const said = joined(values.map((key) => sayValue(key, thing[key], telling)));
  const absent = joined(asList(thing.dataAbsentReason).map(conceptText));
  return absent === undefined ? said : joined([said, `no value (${absent})`]);
}

/** The answer to "Who is your doctor?" is a reference whose kind often nothing tells. */
function sayValue(key: string, value: unknown, telling: Telling): string | undefined {
  const reference = key === "valueReference" ? asObject(value) : undefined;
  return reference !== undefined && typeOfReference(reference, telling.inside, telling.refs) === undefined
    ? "(a reference to what is not in the record)"
    : say(value, telling, 1);
}
