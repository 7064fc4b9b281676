import { MedGemmaError } from "../errors.js";
import { nearestName } from "../options.js";

export type JsonObject = Readonly<Record<string, unknown>>;
export type JsonType = "null" | "boolean" | "integer" | "number" | "string" | "array" | "object";

/** A part of a schema: where it stands, as the names and indices from the root. */
export type SchemaPath = readonly (string | number)[];

/** Which values each keyword speaks of. `any`: all of them. `none`: it holds nothing back, and is left out. */
const SUBJECTS = {
  any: [
    ...["type", "enum", "const", "anyOf", "oneOf", "allOf", "not", "if", "then", "else", "nullable"],
    ...["$ref", "$dynamicRef", "$recursiveRef"],
  ],
  string: ["pattern", "format", "minLength", "maxLength"],
  number: ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
  object: [
    ...["properties", "required", "additionalProperties", "propertyNames", "patternProperties"],
    ...["minProperties", "maxProperties", "dependentRequired", "dependentSchemas", "dependencies"],
    "unevaluatedProperties",
  ],
  array: [
    ...["items", "prefixItems", "additionalItems", "minItems", "maxItems", "uniqueItems", "contains"],
    ...["minContains", "maxContains", "unevaluatedItems"],
  ],
  none: [
    ...["title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly"],
    ...["$schema", "$id", "$anchor", "$dynamicAnchor", "$recursiveAnchor", "$vocabulary", "$comment"],
    ...["$defs", "definitions", "contentEncoding", "contentMediaType", "contentSchema"],
  ],
} as const;

export type Subject = keyof typeof SUBJECTS;

const SUBJECT_OF: ReadonlyMap<string, Subject> = new Map(
  (Object.keys(SUBJECTS) as Subject[]).flatMap((subject) =>
    SUBJECTS[subject].map((keyword) => [keyword, subject] as const),
  ),
);
const CONSTRAINING = [...SUBJECT_OF].filter(([, subject]) => subject !== "none").map(([keyword]) => keyword);
/** No keywords, but a letter away from one. */
const OTHER_WORDS = new Set(["example", "id", "ref", "defs", "name", "label", "unit", "enumNames"]);

/** What llama.cpp's converter takes no notice of, whatever stands beside it. */
const UNHELD: Readonly<Record<string, string>> = {
  not: "a grammar says what may come, not what may not",
  if: "conditions are not known to it; use anyOf",
  // biome-ignore lint/suspicious/noThenProperty: the keyword's name
  then: "conditions are not known to it; use anyOf",
  else: "conditions are not known to it; use anyOf",
  $dynamicRef: "only $ref is followed",
  $recursiveRef: "only $ref is followed",
  nullable: 'it is no keyword of JSON Schema; use "type": ["...", "null"]',
  multipleOf: "it counts no multiples; use enum",
  patternProperties: "names cannot follow a pattern; list the properties",
  minProperties: "properties are not counted; use required",
  maxProperties: "properties are not counted",
  dependentRequired: "properties are independent of each other; use anyOf",
  dependentSchemas: "properties are independent of each other; use anyOf",
  dependencies: "properties are independent of each other; use anyOf",
  unevaluatedProperties: "it is not known; use additionalProperties",
  uniqueItems: "elements are not compared",
  contains: "elements are not counted by kind",
  minContains: "elements are not counted by kind",
  maxContains: "elements are not counted by kind",
  unevaluatedItems: "it is not known; use items",
};

/** Values with which a keyword demands nothing. */
const HARMLESS: Readonly<Record<string, readonly unknown[]>> = {
  nullable: [false],
  minProperties: [0],
  unevaluatedProperties: [true],
  uniqueItems: [false],
  unevaluatedItems: [true],
};

/** A schema's keywords that say something about values of `subject`, or of any kind. */
export function keywordsOf(schema: JsonObject, subject?: Subject): string[] {
  return Object.keys(schema).filter((keyword) => {
    const of = SUBJECT_OF.get(keyword);
    if (schema[keyword] === undefined || of === undefined || of === "none") return false;
    if (HARMLESS[keyword]?.includes(schema[keyword])) return false;
    return subject === undefined || of === subject;
  });
}

/** Refuses those of the keywords that the converter takes no notice of. */
export function refuseUnheld(schema: JsonObject, path: SchemaPath, subject: Subject): void {
  for (const keyword of keywordsOf(schema, subject)) {
    const why = UNHELD[keyword];
    if (why !== undefined) throw unsupported([...path, keyword], keyword, why);
  }
}

/** An unknown keyword holds nothing back, but a misspelt one was meant to. */
export function refuseMisspelt(schema: JsonObject, path: SchemaPath): void {
  for (const keyword of Object.keys(schema)) {
    if (SUBJECT_OF.has(keyword) || keyword.startsWith("x-") || OTHER_WORDS.has(keyword)) continue;
    const near = nearestName(keyword, CONSTRAINING);
    if (near !== undefined && near[0]?.toLowerCase() === keyword[0]?.toLowerCase()) {
      throw unsupported([...path, keyword], keyword, `it is no keyword of JSON Schema; is ${near} meant?`);
    }
  }
}

/** What every refusal looks like. */
export function unsupported(path: SchemaPath, keyword: string, why: string): MedGemmaError {
  const pointer = toPointer(path);
  return new MedGemmaError(
    "grammar_unsupported",
    `The answer cannot be held to ${keyword} at ${pointer === "" ? "the root" : pointer} of the schema: ${why}.`,
    { facts: { path: pointer, keyword } },
  );
}

/** JSON pointer (RFC 6901) of a path. */
export function toPointer(path: SchemaPath): string {
  return path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

export function isObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
