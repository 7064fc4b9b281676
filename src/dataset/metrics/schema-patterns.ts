import { badOption } from "../../errors.js";

/** Keywords whose value is a schema or a list of schemas, and those with schemas by name. */
const SINGLE = ["items", "prefixItems", "additionalProperties", "anyOf", "oneOf", "allOf"];
const NAMED = ["properties", "$defs", "definitions"];

/**
 * A `pattern` of a schema. JSON Schema asks for the `u` flag, but many are written without it in mind: `\-` is an error
 * with it.
 * @throws MedGemmaError `bad_option` when it is no regular expression either way.
 */
export function readPattern(pattern: string): RegExp {
  for (const flags of ["u", ""]) {
    try {
      return new RegExp(pattern, flags);
    } catch {
      // The other way, or the error below.
    }
  }
  throw badOption("schema", "a schema whose patterns are regular expressions", pattern);
}

/**
 * Reads every `pattern` of a JSON schema.
 * @throws MedGemmaError `bad_option` for the first that is no regular expression.
 */
export function checkPatterns(schema: unknown, seen = new Set<unknown>()): void {
  if (typeof schema !== "object" || schema === null || seen.has(schema)) return;
  seen.add(schema);
  if (Array.isArray(schema)) {
    for (const part of schema) checkPatterns(part, seen);
    return;
  }
  const keywords = schema as Readonly<Record<string, unknown>>;
  if (typeof keywords.pattern === "string") readPattern(keywords.pattern);
  for (const name of SINGLE) checkPatterns(keywords[name], seen);
  for (const name of NAMED) checkPatterns(Object.values(keywords[name] ?? {}), seen);
}
