import { describe, expect, it } from "vitest";
import { toCheck } from "../../../../src/engine/schema/check.js";
import { toGrammar } from "../../../../src/engine/schema/schema.js";

const fits = (schema: unknown, value: unknown) => toCheck(schema)(value) === undefined;
const string = { type: "string" };

describe("draft-04's ends, which a flag excludes", () => {
  const of = (keywords: object) => ({
    $schema: "http://json-schema.org/draft-04/schema#",
    type: "integer",
    ...keywords,
  });
  it.each<[Record<string, unknown>, number[], number[]]>([
    [{ minimum: 1, exclusiveMinimum: true, maximum: 4, exclusiveMaximum: true }, [2, 3], [1, 4]],
    [{ minimum: 1, exclusiveMinimum: false, maximum: 4 }, [1, 4], [0, 5]],
    [{ exclusiveMinimum: false }, [-1], []],
    // Of later drafts, and clear all the same.
    [{ exclusiveMinimum: 1 }, [2], [1]],
  ])("%j", (keywords, fitting, others) => {
    for (const value of fitting) expect(fits(of(keywords), value), String(value)).toBe(true);
    for (const value of others) expect(fits(of(keywords), value), String(value)).toBe(false);
    const inside = { ...of({}), type: "object", properties: { a: keywords } };
    for (const value of others) expect(fits(inside, { a: value }), String(value)).toBe(false);
    const grammar = toGrammar(of(keywords));
    expect(grammar).toBe(toGrammar(of(numbersOf(keywords))));
  });
});

/** The same as later drafts write it. */
function numbersOf(keywords: Record<string, unknown>): object {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = keywords;
  return {
    ...(exclusiveMinimum === true ? { exclusiveMinimum: minimum } : minimum !== undefined && { minimum }),
    ...(exclusiveMaximum === true ? { exclusiveMaximum: maximum } : maximum !== undefined && { maximum }),
    ...(typeof exclusiveMinimum === "number" && { exclusiveMinimum }),
  };
}

describe("a value of a JSON schema", () => {
  const schema = {
    $defs: { side: { enum: ["left", "right"] } },
    type: "object",
    properties: {
      side: { $ref: "#/$defs/side" },
      count: { type: "integer", minimum: 0 },
      names: { type: "array", items: { type: ["string", "null"], maxLength: 3 }, maxItems: 2 },
    },
    required: ["side"],
    additionalProperties: false,
  };
  it.each([
    [{ side: "left", count: 1, names: ["abc", null] }, true],
    [{ side: "left", names: ["\u{1f600}\u{1f600}\u{1f600}"] }, true],
    [{ count: 1 }, false],
    [{ side: "both" }, false],
    [{ side: "left", count: 1.5 }, false],
    [{ side: "left", count: -1 }, false],
    [{ side: "left", names: ["abcd"] }, false],
    [{ side: "left", names: ["a", "b", "c"] }, false],
    [{ side: "left", more: 1 }, false],
    [[], false],
  ])("%j fits: %s", (value, right) => {
    expect(fits(schema, value)).toBe(right);
  });

  it.each<[string, unknown, unknown, unknown]>([
    ["ends of numbers", { type: "number", minimum: 0, maximum: 1 }, 0.5, 1.5],
    ["multiples", { type: "number", multipleOf: 0.01 }, 0.07, 0.075],
    ["finite numbers", { type: "number" }, 1, Number.POSITIVE_INFINITY],
    ["finite numbers inside", {}, { a: [1] }, { a: [-Infinity] }],
    ["days that there are", { ...string, format: "date" }, "2024-02-29", "2023-02-31"],
    [
      "hours that there are",
      { ...string, format: "date-time" },
      "2024-02-29T10:00:00Z",
      "2024-02-29T25:00:00Z",
    ],
    ["addresses", { ...string, format: "email" }, "a@b.de", "a@"],
    ["addresses of machines", { ...string, format: "ipv4" }, "10.0.0.1", "010.0.0.1"],
    ["patterns without anchors", { pattern: "\\d mg" }, "take 5 mg", "take 5 g"],
    ["patterns of another time", { pattern: "^\\d{3}\\-\\d{4}$" }, "555-1234", "5551234"],
    ["different elements", { uniqueItems: true }, [1, "1"], [1, 1]],
    ["elements contained", { contains: { const: 1 } }, [1, 2], [2]],
    ["what is not", { not: { type: "null" } }, 1, null],
    ["exactly one", { oneOf: [{ type: "number" }, { minimum: 2 }] }, 1, 3],
    [
      "tuples of draft-07",
      { items: [string, { type: "integer" }], additionalItems: false },
      ["a", 1],
      ["a", "b"],
    ],
    ["no more than a tuple", { items: [string], additionalItems: false }, ["a"], ["a", 1]],
    ["dependencies of draft-07", { dependencies: { a: ["b"] } }, { a: 1, b: 1 }, { a: 1 }],
    ["conditions", { if: { const: 1 }, else: { const: 2 } }, 1, 3],
  ])("has %s", (_, schema, right, wrong) => {
    expect([fits(schema, right), fits(schema, wrong)]).toEqual([true, false]);
  });

  it("leaves formats that are not asserted to others", () => {
    expect(fits({ ...string, format: "iri" }, "anything at all")).toBe(true);
    expect(fits({ ...string, format: "of my own" }, "anything at all")).toBe(true);
  });

  it("does not touch the schema, which may be frozen", () => {
    const schema = Object.freeze({
      type: "array",
      items: Object.freeze({ $ref: "#/$defs/a" }),
      $defs: { a: string },
    });
    const before = JSON.stringify(schema);
    expect(fits(schema, ["a"])).toBe(true);
    expect(JSON.stringify(schema)).toBe(before);
  });
});

describe("a reference", () => {
  const embedded = {
    $id: "http://x/root",
    type: "object",
    properties: { a: { $ref: "#/$defs/inner" } },
    required: ["a"],
    $defs: {
      inner: {
        $id: "http://x/inner",
        $defs: { t: { type: "boolean" } },
        type: "object",
        properties: { v: { $ref: "#/$defs/t" } },
        required: ["v"],
      },
      t: { type: "integer" },
    },
  };

  it("in an embedded document is relative to that (2020-12 core 8.2, 9.2)", () => {
    expect(fits(embedded, { a: { v: true } })).toBe(true);
    expect(fits(embedded, { a: { v: 3 } })).toBe(false);
  });

  it.each<[string, object]>([
    ["by its name", { $ref: "inner" }],
    ["by its whole name", { $ref: "http://x/inner" }],
    ["by its place", { $ref: "root#/$defs/inner" }],
  ])("finds an embedded document %s", (_, reference) => {
    const schema = { ...embedded, properties: { a: reference } };
    expect([fits(schema, { a: { v: true } }), fits(schema, { a: { v: 3 } })]).toEqual([true, false]);
  });

  it.each<[string, object]>([
    ["an anchor", { $ref: "#size", $defs: { a: { $anchor: "size", type: "integer" } } }],
    [
      "an anchor of draft-07",
      { allOf: [{ $ref: "#size" }], definitions: { a: { $id: "#size", type: "integer" } } },
    ],
    [
      "an id of draft-04",
      {
        $schema: "http://json-schema.org/draft-04/schema#",
        allOf: [{ $ref: "#size" }],
        definitions: { a: { id: "#size", type: "integer" } },
      },
    ],
    ["a name that needs escapes", { $ref: "#/$defs/a~1b%20%25", $defs: { "a/b %": { type: "integer" } } }],
    [
      "a place that is no keyword",
      { $ref: "#/components/schemas/a", components: { schemas: { a: { type: "integer" } } } },
    ],
    ["a urn", { $id: "urn:example:root", $ref: "#/$defs/a", $defs: { a: { type: "integer" } } }],
  ])("finds %s", (_, schema) => {
    expect([fits(schema, 1), fits(schema, "a")]).toEqual([true, false]);
  });

  it("counts alone in draft-07, and with what stands beside it since", () => {
    const schema = {
      definitions: { a: string },
      properties: { x: { $ref: "#/definitions/a", maxLength: 1 } },
    };
    expect(fits(schema, { x: "ab" })).toBe(false);
    expect(fits({ $schema: "http://json-schema.org/draft-07/schema#", ...schema }, { x: "ab" })).toBe(true);
  });

  it("may lead back to where it stands, one level deeper", () => {
    const tree = {
      type: "object",
      properties: { name: string, children: { type: "array", items: { $ref: "#" } } },
    };
    expect(fits(tree, { name: "a", children: [{ name: "b", children: [] }] })).toBe(true);
    expect(fits(tree, { name: "a", children: [{ name: 3 }] })).toBe(false);
    for (const depth of [10_000, 500]) {
      const deep = JSON.parse('{"children":['.repeat(depth) + "]}".repeat(depth));
      expect(fits(tree, deep)).toBe(false);
      expect(fits({}, deep)).toBe(false);
    }
    const most = JSON.parse('{"children":['.repeat(60) + "]}".repeat(60));
    expect(
      fits({ ...tree, allOf: [{ oneOf: [{ anyOf: [{ $ref: "#/$defs/a" }] }] }], $defs: { a: {} } }, most),
    ).toBe(true);
  });
});

describe("what is wrong", () => {
  const schema = {
    type: "object",
    properties: {
      tests: { type: "array", items: { type: "object", properties: { n: { type: "integer" } } } },
    },
    additionalProperties: { type: "object", additionalProperties: { type: "integer" } },
  };
  it.each<[unknown, string, string]>([
    [{ tests: [{ n: 1 }, { n: "secret" }] }, "/tests/1/n", "type"],
    [{ tests: "secret" }, "/tests", "type"],
    [[], "", "type"],
    [{ "Jane Doe": { Hb: "secret" } }, "/*/*", "type"],
  ])(
    "is told by its place and the keyword, without names of the answer's own: %j",
    (value, path, keyword) => {
      expect(toCheck(schema)(value)).toEqual({ path, keyword });
    },
  );
});

describe("a name of the answer is not told, also one of digits", () => {
  const numbers = { additionalProperties: { type: "number" } };
  it.each<[unknown, unknown, string]>([
    [numbers, { "123456": "x" }, "/*"],
    [{ type: "array", items: numbers }, [{}, { "4711": "x" }], "/1/*"],
    [{ properties: { "7": { type: "number" } } }, { "7": "x" }, "/7"],
    [{ additionalProperties: { type: "array", items: { type: "number" } } }, { "12": [1, "x"] }, "/*/1"],
  ])("%j of %j", (schema, value, path) => {
    expect(toCheck(schema)(value)?.path).toBe(path);
  });
});
