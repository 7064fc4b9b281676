import { describe, expect, it, test } from "vitest";
import { MedGemmaError } from "../../../../src/base/errors.js";
import { toCheck } from "../../../../src/engine/schema/check.js";
import { checkSchema, MAX_ITEMS, MAX_LENGTH, MAX_VALUES } from "../../../../src/engine/schema/schema.js";

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
const DRAFT4 = { $schema: "http://json-schema.org/draft-04/schema#" };
const DRAFT7 = { $schema: "http://json-schema.org/draft-07/schema#" };
const DRAFT2020 = { $schema: "https://json-schema.org/draft/2020-12/schema" };

test("an end excluded by true says of which draft it is, and how it is written now", () => {
  const { message } = refusal({ ...integer, minimum: 0, exclusiveMinimum: true });
  expect(message).toContain("draft-04's");
  expect(message).toContain("write the number itself here");
});

describe("a schema that an answer cannot be held to", () => {
  it.each<[string, unknown]>([
    // keywords that hold something else than they should
    ["/type", { type: "date" }],
    ["/type", { type: [] }],
    ["/enum", { enum: [] }],
    ["/enum", { enum: Array.from({ length: MAX_VALUES + 1 }, (_, index) => index) }],
    ["/enum", { enum: ["\ud800"] }],
    ["/const", { const: Number.NaN }],
    ["/maxLength", { ...string, maxLength: -1 }],
    ["/exclusiveMinimum", { ...integer, minimum: 0, exclusiveMinimum: true }],
    ["/exclusiveMaximum", { ...DRAFT7, ...integer, maximum: 0, exclusiveMaximum: false }],
    ["/exclusiveMinimum", { ...DRAFT4, ...integer, exclusiveMinimum: true }],
    ["/exclusiveMinimum", { ...DRAFT4, ...integer, minimum: 0, exclusiveMinimum: "yes" }],
    ["/multipleOf", { ...integer, multipleOf: 0 }],
    ["/items", { type: "array", items: 3 }],
    ["/uniqueItems", { type: "array", uniqueItems: 1 }],
    ["/required", { ...inside(string), required: true }],
    ["/properties", { properties: [] }],
    ["/properties/a/items/minItems", inside({ items: { minItems: 1.5 } })],
    ["/properties/a~1b~0/not/type", { properties: { "a/b~": { not: { type: "x" } } } }],
    ["/pattern", { ...string, pattern: "^(a$" }],
    ["/patternProperties/(", { patternProperties: { "(": {} } }],
    // what nobody follows
    ["/nullable", { ...string, nullable: true }],
    ["/$dynamicRef", { $dynamicRef: "#a" }],
    ["/$schema", { $schema: "https://example.org/own" }],
    ["/prefixItems", { ...DRAFT7, prefixItems: [string] }],
    ["/items", { ...DRAFT2020, items: [string] }],
    // references
    ["/$ref", { $ref: "https://example.org/schema" }],
    ["/$ref", { $ref: "#/$defs/missing" }],
    ["/properties/a/$ref", inside({ $ref: "#anchor" })],
    ["/$defs/x/type", { $ref: "#/$defs/x", $defs: { x: { type: "x" } } }],
    // misspelt
    ["/requierd", { ...inside(string), requierd: ["a"] }],
    ["/maxlength", { ...string, maxlength: 3 }],
    ["/min_items", { type: "array", min_items: 3 }],
    ["/propertis", { propertis: {} }],
    ["/anyof", { anyof: [string] }],
  ])("is refused with the path %s: %j", (path, schema) => {
    const error = refusal(schema);
    expect(error.code).toBe("grammar_unsupported");
    expect(error.facts.path).toBe(path);
    expect(error.message).toContain(path);
    expect(error.message).toContain(String(error.facts.keyword));
  });

  it.each<[string, unknown]>([
    ["no value", { not: {}, allOf: [false] }],
    ["types that exclude each other", { allOf: [string, integer] }],
    ["values of another type", { ...string, enum: [1] }],
    ["an empty range", { ...integer, minimum: 5, maximum: 4 }],
    ["no whole number in a range", { ...integer, minimum: 1.2, maximum: 1.8 }],
    ["an empty range of numbers", { type: "number", minimum: 0.5, maximum: 0.25 }],
    ["a number above itself", { type: "number", minimum: 1, exclusiveMaximum: 1 }],
    ["lengths that exclude each other", { ...string, minLength: 3, maxLength: 2 }],
    ["a text that is too long to be written", { ...string, minLength: MAX_LENGTH + 1 }],
    ["a list that is too long", { type: "array", minItems: MAX_ITEMS + 1 }],
    ["more elements than there may be", { type: "array", prefixItems: [string], items: false, minItems: 2 }],
    ["a property that must be and cannot", inside(false)],
    ["a required name that may not be", { ...inside(string), required: ["b"], additionalProperties: false }],
    ["an element that no value can be", { type: "array", contains: false }],
    ["an answer without end", inside({ $ref: "#" })],
  ])("is refused as there is no answer: %s", (_, schema) => {
    expect(refusal(schema)).toMatchObject({ code: "grammar_unsupported", facts: { path: "" } });
    expect(refusal(schema).message).toContain("no answer");
  });

  it("is refused when it says that it is itself, or is an object in itself", () => {
    expect(refusal({ $ref: "#" }).message).toContain("refers to itself");
    expect(refusal({ anyOf: [string, { $ref: "#" }] }).message).toContain("refers to itself");
    const circular: Record<string, unknown> = { type: "array" };
    circular.items = circular;
    expect(refusal(circular).message).toContain("contains itself");
    let deep: object = string;
    for (let level = 0; level < 200; level++) deep = { type: "array", items: deep };
    expect(refusal(deep).message).toContain("nested");
  });

  it("is read in time when it refers to its parts again and again", () => {
    const $defs: Record<string, unknown> = { d0: string };
    for (let depth = 1; depth <= 60; depth++) {
      const part = { $ref: `#/$defs/d${depth - 1}` };
      $defs[`d${depth}`] = { type: "array", prefixItems: [part, part], maxItems: 2 };
    }
    checkSchema({ $ref: "#/$defs/d60", $defs });
  });

  it("is read in time when one object stands in it again and again", () => {
    let part: object = string;
    for (let level = 0; level < 60; level++)
      part = { type: "object", properties: { a: part, b: part, c: part } };
    checkSchema(part);
    expect(toCheck(part)({ a: { b: 3 } })?.path).toBe("/a/b");
  });

  it("is refused when it goes on and on", () => {
    const chain = (length: number, part: (next: object) => object) => {
      const $defs: Record<string, unknown> = { [`d${length}`]: string };
      for (let index = 0; index < length; index++)
        $defs[`d${index}`] = part({ $ref: `#/$defs/d${index + 1}` });
      return { $ref: "#/$defs/d0", $defs };
    };
    expect(refusal(chain(2000, (next) => next)).message).toContain("on and on");
    expect(refusal(chain(2000, (next) => ({ type: "object", properties: { a: next } }))).message).toContain(
      "deep",
    );
    checkSchema({ properties: { ["x".repeat(20_000)]: {} }, additionalProperties: { type: "integer" } });
  });

  it("is read in time when it has many choices that have nothing to do with each other", () => {
    const names = Array.from({ length: 24 }, (_, index) => `p${index}`);
    const dependentRequired = Object.fromEntries(
      names.map((name, index) => [name, [names[(index + 1) % 24]]]),
    );
    checkSchema({ properties: Object.fromEntries(names.map((name) => [name, string])), dependentRequired });
  });

  it.each([[null], [undefined], ["{}"], [[]], [true], [3], [() => ({})]])(
    "is no schema at all: %j",
    (schema) => {
      expect(refusal(schema).code).toBe("bad_option");
    },
  );
});

describe("words of one's own", () => {
  it.each([
    ...[
      "note",
      "requires",
      "types",
      "Title",
      "unit",
      "formatted",
      "constraint",
      "ref",
      "id",
      "x-type",
      "_type",
    ],
    ...["items_note", "minimumAge", "default_value", "enumNames", "names", "example", "patterns", "require"],
  ])("%s is an annotation", (word) => {
    checkSchema({ ...string, [word]: "anything" });
  });

  it("that look like a keyword pass beside that keyword", () => {
    checkSchema({ ...string, maxLength: 3, maxlength: "as a form has it" });
  });

  it("are properties' names and values where they stand for those", () => {
    checkSchema({ properties: { requierd: string, not: string }, enum: [{ requierd: 1 }] });
  });
});

describe("a schema that becomes too large a grammar", () => {
  const properties = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, { type: "boolean" }]));
  const branches = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ properties: { [`b${index}`]: { const: index } } }));
  const alternatives = (ways: number, names: number) => ({
    type: "object",
    properties: properties(names),
    oneOf: branches(ways),
  });

  it.each<[number, number]>([
    [400, 300],
    [40, 2000],
  ])("%i alternatives beside %i properties are refused", (ways, names) => {
    const error = refusal(alternatives(ways, names));
    expect([error.code, error.facts.path]).toEqual(["grammar_unsupported", ""]);
  });

  it("and some tens beside some tens are not", () => {
    expect(() => checkSchema(alternatives(30, 40))).not.toThrow();
    expect(() => checkSchema({ type: "object", properties: properties(1000) })).not.toThrow();
  });
});
