import { isObject } from "../../base/guards.js";
import { JSON_TYPES, type JsonType } from "./keywords.js";
import { type JsonPath, unsupported } from "./refusal.js";

/** Halves of a character, which UTF-8 cannot hold. */
const LONE_SURROGATE = /\p{Surrogate}/u;

const MAX_DEPTH = 100;
const MAX_LETTERS = 100_000;
/** What each name or element of a value counts beside its own letters. */
const A_PART = 10;

/** Refuses what is no JSON, so that the answer could never be it. */
export function checkValue(value: unknown, path: JsonPath, keyword: string, depth = 0): void {
  if (depth > MAX_DEPTH) throw unsupported(path, keyword, `a value is nested more than ${MAX_DEPTH} deep`);
  if (typeof value === "string") checkText(value, path, keyword);
  else if (Array.isArray(value)) for (const item of value) checkValue(item, path, keyword, depth + 1);
  else if (isObject(value)) {
    for (const [name, item] of Object.entries(value)) {
      checkText(name, path, keyword);
      checkValue(item, path, keyword, depth + 1);
    }
  } else if (value !== null && typeof value !== "boolean" && !Number.isFinite(value)) {
    throw unsupported(path, keyword, "a value is no JSON");
  }
}

export function checkText(text: unknown, path: JsonPath, keyword: string): asserts text is string {
  if (typeof text !== "string") throw unsupported(path, keyword, "it must be a string");
  if (LONE_SURROGATE.test(text)) throw unsupported(path, keyword, "a text holds half a character");
}

/**
 * Counts the letters of what a schema wants written as it stands: names, values, patterns. Each becomes a rule that every
 * token is tried on.
 */
export class LetterCount {
  #left = MAX_LETTERS;

  /**
   * Names or a pattern.
   * @throws MedGemmaError `grammar_unsupported` for too many in all.
   */
  add(value: unknown, path: JsonPath, keyword: string): void {
    this.#count(value, path, keyword, 0, 0);
  }

  /** A value that is written whole, with its brackets, commas and the space that may stand around each. */
  addValue(value: unknown, path: JsonPath, keyword: string): void {
    this.#count(value, path, keyword, A_PART, 0);
  }

  #count(value: unknown, path: JsonPath, keyword: string, aPart: number, depth: number): void {
    this.#left -= aPart;
    if (typeof value === "string") this.#left -= value.length;
    if (this.#left < 0)
      throw unsupported(path, keyword, `names, values and patterns have more than ${MAX_LETTERS} letters`);
    if (depth > MAX_DEPTH) return;
    if (Array.isArray(value)) for (const item of value) this.#count(item, path, keyword, aPart, depth + 1);
    else if (isObject(value)) {
      for (const [name, item] of Object.entries(value)) {
        this.#count(name, path, keyword, aPart, depth + 1);
        this.#count(item, path, keyword, aPart, depth + 1);
      }
    }
  }
}

/** A keyword's number of letters, elements and so on. */
export function countOf(value: unknown, path: JsonPath, keyword: string): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
  throw unsupported(path, keyword, "it must be a whole number from 0");
}

export function numberOf(value: unknown, path: JsonPath, keyword: string): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw unsupported(path, keyword, "it must be a number");
}

export function namesOf(value: unknown, path: JsonPath, keyword: string): string[] {
  if (!Array.isArray(value)) throw unsupported(path, keyword, "it must be a list of names");
  for (const name of value) checkText(name, path, keyword);
  return [...new Set(value as string[])];
}

export function typesOf(value: unknown, path: JsonPath): JsonType[] {
  const types = [value].flat();
  if (types.length > 0 && types.every((type) => JSON_TYPES.includes(type as JsonType))) {
    return types as JsonType[];
  }
  throw unsupported(path, "type", `it must be of ${JSON_TYPES.join(", ")}`);
}
