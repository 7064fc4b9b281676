import { isObject, type SchemaPath, unsupported } from "./schema-keywords.js";

/** Halves of a character, which UTF-8 cannot hold. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Refuses what is no JSON, so that the answer could never be it. */
export function checkValue(value: unknown, path: SchemaPath, keyword: string): void {
  if (typeof value === "string") checkText(value, path, keyword);
  else if (Array.isArray(value)) for (const item of value) checkValue(item, path, keyword);
  else if (isObject(value)) {
    for (const [name, item] of Object.entries(value)) {
      checkText(name, path, keyword);
      checkValue(item, path, keyword);
    }
  } else if (value !== null && typeof value !== "boolean" && !Number.isFinite(value)) {
    throw unsupported(path, keyword, "a value is no JSON");
  }
}

export function checkText(text: string, path: SchemaPath, keyword: string): void {
  if (LONE_SURROGATE.test(text)) throw unsupported(path, keyword, "a text holds half a character");
}

/** A keyword's number of letters, elements and so on. */
export function countOf(value: unknown, path: SchemaPath, keyword: string): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0) {
    throw unsupported([...path, keyword], keyword, "it must be a whole number from 0");
  }
  return value;
}

/** A keyword's bound of a range. */
export function boundOf(value: unknown, path: SchemaPath, keyword: string): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw unsupported([...path, keyword], keyword, "it must be a number");
  }
  return value;
}
