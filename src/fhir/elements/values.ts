/** FHIR R4 data types as words. Everything is optional and nothing is trusted to be of its type. */

import { isObject, type JsonObject } from "../../base/guards.js";
import { withoutData } from "./data.js";

export type Json = JsonObject;

export function asObject(value: unknown): Json | undefined {
  return isObject(value) ? value : undefined;
}

/** Spaces but single plain ones, which stay as they are: a text of megabytes has a million of them. */
const UNEVEN = /[\s\uE000-\uE003]{2,}|[\uE000-\uE003]|[^\S ]/g;

/** One line; without the marks of scopes.ts, and without data that is no words. */
export function asText(value: unknown): string | undefined {
  if (typeof value === "string") {
    return withoutData(value.replace(UNEVEN, " ").trim()) || undefined;
  }
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

/** Characters of an address at most; so long a one points to nothing, and searching in it takes long. */
const LONGEST_ADDRESS = 2000;

/** What a reference, a canonical or an address of a server says; undefined where it can be none. */
export function asAddress(value: unknown): string | undefined {
  return typeof value === "string" && value.length > LONGEST_ADDRESS ? undefined : asText(value);
}

/** The names of a thing's members. Of a list their numbers, which `for ... in` would write down as words before the first. */
export function keysOf(value: object): Iterable<string | number> {
  return Array.isArray(value) ? value.keys() : Object.keys(value);
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}

/** Codings of one concept that are looked at. */
const MAX_CODINGS = 100;

/** A CodeableConcept, Coding, or plain code. */
export function conceptText(value: unknown): string | undefined {
  const concept = asObject(value);
  if (concept === undefined) return asText(value);
  const coding = asList(concept.coding).slice(0, MAX_CODINGS).map(asObject);
  const text = asText(concept.text);
  const display = coding.map((it) => asText(it?.display)).find(Boolean) ?? asText(concept.display);
  if (text !== undefined && display !== undefined && !saysAll(text, display)) return `${text} (${display})`;
  return text ?? display ?? coding.map((it) => asText(it?.code)).find(Boolean) ?? asText(concept.code);
}

/** Whether a text has every word of another: "Allergy" lacks what "Allergy to penicillin" says. */
function saysAll(text: string, other: string): boolean {
  const wordsOf = (of: string) => of.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const known = new Set(wordsOf(text));
  return wordsOf(other).every((word) => known.has(word));
}

export function quantityText(value: unknown): string | undefined {
  const quantity = asObject(value);
  const number = asText(quantity?.value);
  if (number === undefined) return undefined;
  const unit = unitText(quantity?.unit) ?? unitText(quantity?.code) ?? asText(quantity?.currency);
  return [asText(quantity?.comparator), number, unit].filter((it) => it !== undefined && it !== "").join(" ");
}

/** UCUM's `1` is no unit, and `{tablet}` is a word about the number (UCUM, sections 6 and 12). */
function unitText(value: unknown): string | undefined {
  const unit = asText(value);
  return unit === "1" ? "" : unit?.replace(/^\{([^{}]*)\}$/, "$1");
}

/** The low and high of a range; undefined where there is neither. */
export function rangeText({ low, high }: Json): string | undefined {
  const [from, to] = [quantityText(low), quantityText(high)];
  if (from !== undefined && to !== undefined) return `${from} to ${to}`;
  return from === undefined ? to && `up to ${to}` : `from ${from}`;
}
