import { isObject, type JsonObject } from "../../base/guards.js";
/** The keywords of JSON Schema, in all the drafts that are read: what each speaks of and what it holds. */
export type JsonType = "null" | "boolean" | "integer" | "number" | "string" | "array" | "object";

export const JSON_TYPES: readonly JsonType[] = [
  ...(["null", "boolean", "integer", "number", "string", "array", "object"] as const),
];

/** Which values a keyword speaks of. `any`: all of them. `none`: it holds nothing back. */
export type Subject = "any" | "string" | "number" | "array" | "object" | "none";

/** What stands behind a keyword. */
export type Form =
  | "schema"
  | "schemas"
  | "namedSchemas"
  /** A schema, or up to draft 2019-09 a list of them. */
  | "items"
  | "types"
  | "values"
  | "value"
  | "text"
  | "pattern"
  | "count"
  | "number"
  /** A number, or in draft-04 whether the number beside it is excluded. */
  | "end"
  | "divisor"
  | "flag"
  | "names"
  | "namedNames"
  /** Of draft-07: for each name a schema or a list of names. */
  | "dependencies"
  | "annotation";

export interface Keyword {
  readonly subject: Subject;
  readonly form: Form;
  /** The draft that brought it, where it is younger than draft-07. */
  readonly since?: 2019 | 2020 | undefined;
}

const TABLE: readonly (readonly [Subject, Form, string, (2019 | 2020)?])[] = [
  ["any", "types", "type"],
  ["any", "values", "enum"],
  ["any", "value", "const"],
  ["any", "schemas", "allOf anyOf oneOf"],
  ["any", "schema", "not if then else"],
  ["any", "text", "$ref"],
  ["any", "text", "$dynamicRef", 2020],
  ["any", "text", "$recursiveRef", 2019],
  ["any", "flag", "nullable"],
  ["string", "count", "minLength maxLength"],
  ["string", "pattern", "pattern"],
  ["string", "text", "format"],
  ["number", "number", "minimum maximum"],
  ["number", "end", "exclusiveMinimum exclusiveMaximum"],
  ["number", "divisor", "multipleOf"],
  ["array", "items", "items"],
  ["array", "schema", "additionalItems contains"],
  ["array", "schemas", "prefixItems", 2020],
  ["array", "schema", "unevaluatedItems", 2019],
  ["array", "count", "minItems maxItems"],
  ["array", "count", "minContains maxContains", 2019],
  ["array", "flag", "uniqueItems"],
  ["object", "namedSchemas", "properties patternProperties"],
  ["object", "names", "required"],
  ["object", "schema", "additionalProperties propertyNames"],
  ["object", "schema", "unevaluatedProperties", 2019],
  ["object", "count", "minProperties maxProperties"],
  ["object", "namedNames", "dependentRequired", 2019],
  ["object", "namedSchemas", "dependentSchemas", 2019],
  ["object", "dependencies", "dependencies"],
  ["none", "namedSchemas", "$defs definitions"],
  ["none", "annotation", "title description default examples deprecated readOnly writeOnly $comment"],
  ["none", "annotation", "$schema $id id $anchor $dynamicAnchor $recursiveAnchor $vocabulary"],
  ["none", "annotation", "contentEncoding contentMediaType contentSchema"],
];

export const KEYWORDS: ReadonlyMap<string, Keyword> = new Map(
  TABLE.flatMap(([subject, form, names, since]) =>
    names.split(" ").map((name) => [name, { subject, form, ...(since && { since }) }] as const),
  ),
);

const bare = (word: string) => word.toLowerCase().replaceAll(/[^a-z]/g, "");

/** Those that hold an answer, and how they are compared with other words. */
const CONSTRAINING = [...KEYWORDS]
  .filter(([, { subject }]) => subject !== "none")
  .map(([name]) => ({ name, plain: bare(name) }));

/**
 * The keyword that an unknown word of a schema surely means; undefined where it may well be a word of somebody's own,
 * which JSON Schema lets pass. Sure are two letters that changed places, one missing or one too many in the middle of a
 * long word, and what differs in capitals, dashes or underscores only, unless the keyword itself stands beside it.
 * `types`, `requires` and `note` are words.
 */
export function misspelt(word: string, beside: JsonObject): string | undefined {
  if (!/^[a-zA-Z$]/.test(word)) return undefined;
  const plain = bare(word);
  return CONSTRAINING.find(
    (keyword) =>
      keyword.name.startsWith("$") === word.startsWith("$") &&
      (keyword.plain === plain ? beside[keyword.name] === undefined : slip(plain, keyword.plain)),
  )?.name;
}

function slip(word: string, keyword: string): boolean {
  if (keyword.length < 5 || Math.abs(word.length - keyword.length) > 1) return false;
  let at = 0;
  while (at < word.length && word[at] === keyword[at]) at++;
  // A word that differs at its first or last letter only may be another one.
  if (at === 0 || at >= Math.min(word.length, keyword.length)) return false;
  const [rest, meant] = [word.slice(at), keyword.slice(at)];
  if (rest.length > meant.length) return rest.slice(1) === meant;
  if (rest.length < meant.length) return rest === meant.slice(1);
  return rest[0] === meant[1] && rest[1] === meant[0] && rest.slice(2) === meant.slice(2);
}

/** The schemas directly inside one, with the steps to each. */
export function* subschemas(schema: JsonObject): Generator<readonly [unknown, readonly (string | number)[]]> {
  for (const [keyword, value] of Object.entries(schema)) {
    const form = KEYWORDS.get(keyword)?.form;
    if (form === "schema" || (form === "items" && !Array.isArray(value))) yield [value, [keyword]];
    else if ((form === "schemas" || form === "items") && Array.isArray(value)) {
      for (const [index, part] of value.entries()) yield [part, [keyword, index]];
    } else if ((form === "namedSchemas" || form === "dependencies") && isObject(value)) {
      for (const [name, part] of Object.entries(value)) {
        if (!Array.isArray(part)) yield [part, [keyword, name]];
      }
    }
  }
}
