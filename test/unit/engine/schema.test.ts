import { describe, expect, it } from "vitest";
import {
  checkSchema,
  MAX_ITEMS,
  MAX_LENGTH,
  MAX_VALUES,
  toGrammarSchema,
} from "../../../src/engine/schema.js";
import { MedGemmaError } from "../../../src/errors.js";

function refusal(schema: unknown): MedGemmaError {
  try {
    checkSchema(schema);
  } catch (error) {
    if (MedGemmaError.isInstance(error)) return error;
    throw error;
  }
  throw new Error(`Not refused: ${JSON.stringify(schema)}`);
}

const inside = (part: unknown) => ({ type: "object", properties: { a: part }, required: ["a"] });
const string = { type: "string" };
const integer = { type: "integer" };

describe("a schema that the grammar cannot hold the answer to", () => {
  it.each<[string, unknown]>([
    ["/not", { not: {} }],
    ["/if", { ...string, if: {} }],
    ["/type", { type: "date" }],
    ["/type", { type: [] }],
    ["/nullable", { ...string, nullable: true }],
    ["/enum", { enum: [] }],
    ["/enum", { type: "string", enum: ["a", 1] }],
    ["/enum", { enum: Array.from({ length: MAX_VALUES + 1 }, (_, index) => index) }],
    ["/enum", { enum: ["\ud800"] }],
    ["/const", { const: Number.NaN }],
    ["/maxLength", { enum: ["a"], maxLength: 3 }],
    ["/allOf", { allOf: [string, { minLength: 1 }] }],
    ["/type", { type: "string", anyOf: [string, { type: "null" }] }],
    ["/oneOf", { oneOf: [string, { type: "string", maxLength: 3 }] }],
    ["/oneOf", { oneOf: [{ type: "number" }, integer] }],
    ["/oneOf", { oneOf: [inside(string), inside({ type: "string", maxLength: 2 })] }],
    ["/anyOf/1/not", { anyOf: [string, { not: {} }] }],
    ["/minimum", { minimum: 3 }],
    ["/required", { required: ["a"] }],
    // strings
    ["/format", { ...string, format: "email" }],
    ["/maxLength", { ...string, format: "date", maxLength: 3 }],
    ["/format", { ...string, pattern: "^a$", format: "date" }],
    ["/minLength", { ...string, pattern: "^a+$", minLength: 3 }],
    ["/minLength", { ...string, minLength: MAX_LENGTH + 1 }],
    ["/minLength", { ...string, minLength: 3, maxLength: 2 }],
    ["/maxLength", { ...string, maxLength: -1 }],
    ["/pattern", { ...string, pattern: "a" }],
    ["/pattern", { ...string, pattern: "^a" }],
    ["/pattern", { ...string, pattern: "^a\\$" }],
    ["/pattern", { ...string, pattern: "^a|b$" }],
    ["/pattern", { ...string, pattern: "^(a$" }],
    ["/pattern", { ...string, pattern: "^(?=a).$" }],
    ["/pattern", { ...string, pattern: "^(?<!a)b$" }],
    ["/pattern", { ...string, pattern: "^(a)\\1$" }],
    ["/pattern", { ...string, pattern: "^a\\b$" }],
    ["/pattern", { ...string, pattern: "^\\p{L}$" }],
    ["/pattern", { ...string, pattern: "^a{1,5000}$" }],
    ["/pattern", { ...string, pattern: "^(a{0,300}){2,400}$" }],
    ["/pattern", { ...string, pattern: "^(a*)*$" }],
    ["/pattern", { ...string, pattern: "^(a?|b){0,3}$" }],
    ["/pattern", { ...string, pattern: "^(a$|b)$" }],
    ["/pattern", { ...string, pattern: '^["]$' }],
    ["/pattern", { ...string, pattern: `^${"(".repeat(60)}a${")".repeat(60)}$` }],
    // numbers
    ["/minimum", { type: "number", minimum: 0 }],
    ["/exclusiveMaximum", { type: "number", exclusiveMaximum: 1 }],
    ["/multipleOf", { ...integer, multipleOf: 5 }],
    ["/minimum", { ...integer, minimum: 5, maximum: 4 }],
    ["/minimum", { ...integer, minimum: 1.2, maximum: 1.8 }],
    ["/exclusiveMinimum", { ...integer, minimum: 0, exclusiveMinimum: true }],
    ["/minimum", { type: ["string", "number"], minimum: 0 }],
    // lists
    ["/uniqueItems", { type: "array", uniqueItems: true }],
    ["/contains", { type: "array", contains: string }],
    ["/minItems", { type: "array", minItems: MAX_ITEMS + 1 }],
    ["/minItems", { type: "array", minItems: 2, maxItems: 1 }],
    ["/minItems", { type: "array", prefixItems: [string], minItems: 2 }],
    ["/maxItems", { type: "array", prefixItems: [string], maxItems: 0 }],
    ["/items", { type: "array", items: 3 }],
    ["/items/not", { type: "array", items: { not: {} } }],
    ["/prefixItems/1/not", { type: "array", prefixItems: [string, { not: {} }] }],
    // objects
    ["/patternProperties", { type: "object", patternProperties: { "^a": string } }],
    ["/minProperties", { type: "object", minProperties: 1 }],
    ["/dependentRequired", { ...inside(string), dependentRequired: { a: ["b"] } }],
    ["/propertyNames", { type: "object", propertyNames: { enum: ["a"] }, additionalProperties: string }],
    ["/required", { ...inside(string), required: ["b"] }],
    ["/properties/a/not", inside({ not: {} })],
    ["/properties/a", inside(false)],
    ["/properties/", { type: "object", properties: { "": string } }],
    ["/properties/a~1b~0/not", { properties: { "a/b~": { not: {} } } }],
    ["/properties/decimal_part", { properties: { decimal_part: string, x: { type: "number" } } }],
    ["/additionalProperties/not", { type: "object", additionalProperties: { not: {} } }],
    // references
    ["/$ref", { $ref: "https://example.org/schema" }],
    ["/$ref", { $ref: "#/$defs/missing" }],
    ["/properties/a/$ref", inside({ $ref: "#anchor" })],
    ["/minLength", { $ref: "#/$defs/x", minLength: 1, $defs: { x: string } }],
    ["/$defs/x/not", { $ref: "#/$defs/x", $defs: { x: { not: {} } } }],
    // misspelt
    ["/requierd", { ...inside(string), requierd: ["a"] }],
    ["/maxlength", { ...string, maxlength: 3 }],
  ])("is refused with the path %s: %j", (path, schema) => {
    const error = refusal(schema);
    expect(error.code).toBe("grammar_unsupported");
    expect(error.facts.path).toBe(path);
    expect(error.message).toContain(path);
    expect(error.message).toContain(String(error.facts.keyword));
  });

  it("is refused when it contains itself or grows beyond measure", () => {
    expect(refusal({ properties: { a: { $ref: "#" } } }).message).toContain("contains itself");
    const circular: Record<string, unknown> = { type: "array" };
    circular.items = circular;
    expect(refusal(circular).code).toBe("grammar_unsupported");
    const $defs: Record<string, unknown> = { d0: string };
    for (let depth = 1; depth <= 20; depth++) {
      const part = { $ref: `#/$defs/d${depth - 1}` };
      $defs[`d${depth}`] = { type: "array", prefixItems: [part, part] };
    }
    expect(refusal({ $ref: "#/$defs/d20", $defs }).message).toMatch(/more than|nested/);
  });

  it.each([[null], [undefined], ["{}"], [[]], [true]])("is no schema at all: %j", (schema) => {
    expect(refusal(schema).code).toBe("bad_option");
  });
});

describe("a schema for the grammar", () => {
  it.each<[string, unknown, unknown]>([
    ["annotations", { ...string, title: "t", description: "d", default: "", "x-a": 1, custom: 2 }, string],
    ["harmless values", { type: "array", uniqueItems: false, items: true }, { type: "array", items: {} }],
    ["keywords for other types", { ...string, minimum: 3, required: ["a"] }, string],
    ["several types", { type: ["string", "null"] }, { anyOf: [string, { type: "null" }] }],
    ["values", { ...string, enum: ["a"] }, { enum: ["a"] }],
    [
      "both bounds",
      { ...integer, minimum: -2, exclusiveMaximum: 7.5 },
      { ...integer, minimum: -2, maximum: 7 },
    ],
    [
      "the inner bound",
      { ...integer, minimum: 1, exclusiveMinimum: 4, maximum: 9 },
      { ...integer, minimum: 5, maximum: 9 },
    ],
    ["an open range", { ...integer, minimum: 10 }, { ...integer, minimum: 10, maximum: 999_999_999_999_999 }],
    ["a long text", { ...string, maxLength: 1e6 }, { ...string, maxLength: MAX_LENGTH }],
    ["a long list", { type: "array", maxItems: 1e6 }, { type: "array", items: {}, maxItems: MAX_ITEMS }],
    ["no list", { type: "array", maxItems: 0 }, { type: "array", prefixItems: [] }],
    [
      "an open object",
      { ...inside(string), additionalProperties: true },
      { ...inside(string), additionalProperties: false },
    ],
    [
      "a map",
      { type: "object", additionalProperties: string },
      { type: "object", additionalProperties: string },
    ],
    [
      "references, escaped",
      { $ref: "#/$defs/a~1b", $defs: { "a/b": { type: "array", items: { $ref: "#/$defs/s" } }, s: string } },
      { type: "array", items: string },
    ],
    ["a lone allOf", { allOf: [{ $ref: "#/definitions/a" }], definitions: { a: string } }, string],
    [
      "a tuple",
      { type: "array", prefixItems: [string], items: false },
      { type: "array", prefixItems: [string] },
    ],
    ["an empty pattern", { ...string, pattern: "^$" }, { enum: [""] }],
    [
      "alternatives told apart by a property",
      { oneOf: [inside({ const: "x" }), inside({ enum: ["y", "z"] })] },
      {
        anyOf: [
          { ...inside({ enum: ["x"] }), additionalProperties: false },
          { ...inside({ enum: ["y", "z"] }), additionalProperties: false },
        ],
      },
    ],
  ])("has %s worked in", (_, schema, expected) => {
    expect(toGrammarSchema(schema)).toEqual(expected);
  });

  it("keeps the order of properties", () => {
    const { properties } = toGrammarSchema({ properties: { z: string, a: string, m: string } });
    expect(Object.keys(properties as object)).toEqual(["z", "a", "m"]);
  });
});
