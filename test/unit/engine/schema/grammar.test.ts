import { describe, expect, it } from "vitest";
import { z } from "zod";
import { toGrammar } from "../../../../src/engine/schema/schema.js";
import { toJsonSchema } from "../../../../src/medgemma/run/structured/schema.js";
import { grammarRegExp } from "../../../support/grammar-regexp.js";

const regExpOf = (schema: unknown) => grammarRegExp(toGrammar(schema));
const string = { type: "string" };

/** Which of the values the grammar takes, written as JavaScript writes them. */
function expectHeld(schema: unknown, right: readonly unknown[], wrong: readonly unknown[]): void {
  const allowed = regExpOf(schema);
  for (const value of right)
    expect(allowed.test(JSON.stringify(value)), `${JSON.stringify(value)} is right`).toBe(true);
  for (const value of wrong)
    expect(allowed.test(JSON.stringify(value)), `${JSON.stringify(value)} is wrong`).toBe(false);
}

describe("whole numbers", () => {
  it.each<readonly [number | undefined, number | undefined]>([
    ...([
      [0, 0],
      [0, 9],
      [3, 120],
      [-5, 5],
      [-120, -3],
      [-1000, 1000],
      [99, 101],
      [105, 1005],
    ] as const),
    ...([
      [0, undefined],
      [5, undefined],
      [105, undefined],
      [-7, undefined],
    ] as const),
    ...([
      [undefined, 0],
      [undefined, -5],
      [undefined, 105],
      [undefined, -105],
    ] as const),
  ])("from %s to %s are those and no others", (minimum, maximum) => {
    const allowed = regExpOf({ type: "integer", minimum, maximum });
    const wrong = [];
    for (let value = -1300; value <= 1300; value++) {
      const inside = value >= (minimum ?? -Infinity) && value <= (maximum ?? Infinity);
      if (allowed.test(String(value)) !== inside) wrong.push(value);
    }
    expect(wrong).toEqual([]);
    for (const text of ["007", "-05", "1.0", "1e3", "", "-"]) expect(allowed.test(text), text).toBe(false);
    expect(allowed.test("9".repeat(17))).toBe(false);
  });

  it("have the inner of two ends, also of several schemas", () => {
    expectHeld({ type: "integer", minimum: 1, exclusiveMinimum: 4, maximum: 9 }, [5, 9], [4, 10]);
    expectHeld({ type: "integer", minimum: -2, exclusiveMaximum: 7.5 }, [-2, 7], [-3, 8]);
    expectHeld(
      {
        allOf: [
          { type: "number", minimum: 2 },
          { type: "integer", maximum: 3 },
        ],
      },
      [2, 3],
      [1, 4, 2.5],
    );
  });
});

describe("numbers", () => {
  const ENDS = [undefined, -12.5, -1, -0.25, 0, 0.003, 0.5, 1, 1.25, 10, 37.5];
  const pairs = ENDS.flatMap((least) => ENDS.map((most) => [least, most] as const)).filter(
    ([least, most]) => least === undefined || most === undefined || least < most,
  );

  it.each(pairs)("from %s to %s are those and no others, with and without their ends", (least, most) => {
    for (const [above, below] of [
      [false, false],
      [true, true],
      [true, false],
    ] as const) {
      if (least === undefined && most === undefined) continue;
      const allowed = regExpOf({
        type: "number",
        [above ? "exclusiveMinimum" : "minimum"]: least,
        [below ? "exclusiveMaximum" : "maximum"]: most,
      });
      const wrong = [];
      for (let thousandth = -14_000; thousandth <= 40_000; thousandth += thousandth % 250 === 0 ? 1 : 83) {
        const value = thousandth / 1000;
        const enough = least === undefined || (above ? value > least : value >= least);
        const fits = enough && (most === undefined || (below ? value < most : value <= most));
        for (const text of [String(value), value.toFixed(3), value.toFixed(5)]) {
          if (allowed.test(text) !== fits) wrong.push(text);
        }
      }
      expect(wrong).toEqual([]);
    }
  });

  it("are finite, whatever their digits", () => {
    const allowed = regExpOf({ type: "number" });
    for (const text of ["0", "-1.5", "1e10", "2.5E-3", "123456789012345.5"])
      expect(allowed.test(text)).toBe(true);
    for (const text of ["1e999", "1e309", "01", ".5", "1.", "+1", "1e", "NaN"])
      expect(allowed.test(text)).toBe(false);
  });

  it("with ends that are too fine or too far to be written are for the check", () => {
    expectHeld({ type: "number", minimum: 1e-30 }, [1, 0.5], []);
    expectHeld({ type: "number", minimum: 1e20 }, [1e21], []);
    const fine = regExpOf({ type: "number", minimum: 1e-7, maximum: 1.5e-6 });
    for (const text of ["0.0000001", "0.0000005", "0.0000015"]) expect(fine.test(text)).toBe(true);
    for (const text of ["0.00000009", "0.00000151", "1", "0"]) expect(fine.test(text)).toBe(false);
  });
});

describe("texts", () => {
  it("count an escaped pair of halves as the one character that it is", () => {
    const allowed = regExpOf({ ...string, minLength: 1, maxLength: 1 });
    for (const text of ['"a"', '"\\ud83d\\ude00"', '"\u{1f600}"', '"\\u00e4"', '"\\""']) {
      expect(allowed.test(text), text).toBe(true);
    }
    for (const text of ['"\\ud83d"', '"\\ude00"', '""', '"ab"', '"a\\u0301"']) {
      expect(allowed.test(text), text).toBe(false);
    }
  });

  it.each([
    [
      "date",
      ["2024-02-29", "2023-12-31", "2000-02-29"],
      ["2023-02-29", "2023-02-31", "1900-02-29", "2023-13-01", "2023-04-31"],
    ],
    ["time", ["10:00:00Z", "23:59:59.5+02:00"], ["24:00:00Z", "10:00", "10:00:00"]],
    ["date-time", ["2024-02-29T10:00:00Z"], ["2023-02-29T10:00:00Z", "2024-02-29"]],
    ["uuid", ["2eb8aa08-aa98-11ea-b4aa-73b441d16380"], ["2eb8aa08"]],
    ["ipv4", ["192.168.0.1"], ["256.1.1.1", "01.1.1.1", "1.1.1"]],
    ["email", ["a@b.de"], ["a"]],
    ["uri", ["https://a.de/x?y#z"], ["a.de", "https://a b"]],
    ["own-format", ["anything"], []],
  ])("of the format %s", (format, right, wrong) => {
    expectHeld({ ...string, format }, right, wrong);
  });
});

const PATTERNS: readonly [string, readonly string[], readonly string[]][] = [
  ["^\\d{2}-\\d{2}-\\d{4}$", ["01-02-2026"], ["1-2-26", "01-02-20266", ""]],
  ["^a\\.*$", ["a", "a...", "a."], ["a.a.", ""]],
  ['^say "yes"$', ['say "yes"'], ["say yes"]],
  ["^C:\\\\\\w+$", ["C:\\temp"], ["C:temp"]],
  ["^a\\tb$", ["a\tb"], ["a b", "atb"]],
  ["^.*$", ["", "any thing", "größe", 'a "b" \\ c'], ["two\nlines"]],
  ["^[^a-c]+$", ["xyz", "ü", "\n\u0001"], ["abc", ""]],
  ["^(?:x|yz){2,3}$", ["xx", "xyzx", "yzyz"], ["x", "xxxx"]],
  ["^(?<n>a|)b?$", ["", "a", "ab", "b"], ["bb"]],
  ["^[\\w.-]+@[\\w-]+\\.\\w{2,}$", ["a.b@c.de"], ["a@b"]],
  ["^a{0}b$", ["b"], ["ab"]],
  ["^\\u{1F600}?[\\u00c0-\\u00ff]$", ["\u{1F600}ü", "ü"], ["u"]],
  ["^\\ud83d\\ude00$", ["\u{1F600}"], [""]],
  ["^[\\]\\-\\^]$", ["]", "-", "^"], ["\\", "a"]],
  // without anchors, or with one
  ["ICD", ["ICD", "an ICD-10 code"], ["icd"]],
  ["^ICD-", ["ICD-", "ICD-10"], ["icd", "an ICD-"]],
  ["mg$", ["5 mg"], ["mg/l"]],
  ["^a|b$", ["a and", "and b", "a"], ["cac", "bc"]],
];

describe("patterns", () => {
  it("that let anything follow give way to a length, others do not", () => {
    expectHeld({ ...string, pattern: "\\S", minLength: 1, maxLength: 3 }, ["a", "abc"], ["", "abcd"]);
    expectHeld({ ...string, pattern: "^\\d+$", maxLength: 3 }, ["12"], ["a"]);
  });

  it.each(PATTERNS)("%s", (pattern, fitting, other) => {
    const allowed = regExpOf({ ...string, pattern });
    for (const text of fitting) {
      expect(new RegExp(pattern, "u").test(text), text).toBe(true);
      expect(allowed.test(JSON.stringify(text)), text).toBe(true);
    }
    for (const text of other) expect(allowed.test(JSON.stringify(text)), text).toBe(false);
    for (const text of ['"', '"a"b"', '"\\"', '"a\n"']) expect(allowed.test(text), text).toBe(false);
  });

  it.each([
    ["^(?=.*\\d)[a-z\\d]+$", ["a1", "abc"]],
    ["^(?!none)\\w+$", ["some", "none"]],
    ["\\bmg\\b", ["5 mg", "5mg"]],
    ["^\\p{L}+$", ["Übelkeit", "123"]],
    ["^(a*)*$", ["aa", "b"]],
    ["^(.)\\1$", ["aa", "ab"]],
    ["^(a$|b)$", ["a", "c"]],
    ["^(?:a{0,300}){2,400}$", ["a"]],
  ])("leave to the check what no grammar says: %s", (pattern, allowed) => {
    expectHeld({ ...string, pattern }, allowed, [1]);
  });
});

describe("lists", () => {
  it("have as many elements as they should", () => {
    expectHeld(
      { type: "array", items: { enum: [1, 2] }, minItems: 1, maxItems: 2 },
      [[1], [2, 1]],
      [[], [1, 1, 1], [3]],
    );
    expectHeld({ type: "array", maxItems: 0 }, [[]], [[1]]);
  });

  it.each([
    ["prefixItems", { prefixItems: [string, { type: "integer" }], items: false }],
    ["items of draft-07", { items: [string, { type: "integer" }], additionalItems: false }],
    ["items that say nothing of more", { items: [string, { type: "integer" }] }],
  ])("with named elements write all of them: %s", (_, schema) => {
    expectHeld({ type: "array", ...schema }, [["a", 1]], [["a"], [1, "a"], ["a", 1, 1], []]);
  });

  it("go on with what is said of further elements", () => {
    expectHeld(
      { items: [string], additionalItems: { type: "integer" } },
      [["a"], ["a", 1, 2]],
      [[], ["a", "b"]],
    );
    expectHeld({ prefixItems: [string], items: { type: "integer" }, maxItems: 2 }, [["a", 1]], [["a", 1, 2]]);
  });
});

describe("objects", () => {
  const open = { properties: { z: string, a: { type: "integer" } }, required: ["a"] };
  it("have their properties in the schema's order, and no others that nobody described", () => {
    expectHeld(open, [{ a: 1 }, { z: "", a: 1 }], [{ a: 1, z: "" }, { z: "" }, {}, { a: 1, b: 2 }]);
    expectHeld({ ...open, additionalProperties: true }, [{ a: 1 }], [{ a: 1, b: 2 }]);
  });

  it("have others where those are described, under other names", () => {
    const schema = { ...open, additionalProperties: { type: "boolean" } };
    expectHeld(
      schema,
      [{ a: 1 }, { a: 1, b: true, az: true }],
      [
        { a: 1, b: 2 },
        { a: 1, z: true },
      ],
    );
  });

  it("are maps where no name is known", () => {
    expectHeld(
      { type: "object", additionalProperties: { type: "integer" } },
      [{}, { x: 1, y: 2 }],
      [{ x: "" }],
    );
    expectHeld(
      { type: "object", additionalProperties: { type: "integer" }, minProperties: 2 },
      [{ x: 1, y: 2 }],
      [{ x: 1 }],
    );
    const patternProperties = { "^h": { type: "integer" } };
    expectHeld(
      { type: "object", patternProperties, additionalProperties: false },
      [{ hb: 1 }],
      [{ hb: "" }, { b: 1 }],
    );
    expectHeld(
      { type: "object", propertyNames: { pattern: "^[a-z]$" }, additionalProperties: { type: "integer" } },
      [{ a: 1 }],
      [{ ab: 1 }],
    );
  });

  it("have the names that are listed or required elsewhere", () => {
    expectHeld(
      toJsonSchema(z.record(z.enum(["hb", "na"]), z.int()), undefined),
      [{ hb: 1, na: 2 }],
      [{ hb: 1, k: 2 }],
    );
    expectHeld(
      { type: "object", required: ["x"], additionalProperties: { type: "integer" } },
      [{ x: 1 }, { x: 1, y: 2 }],
      [{}, { x: "" }],
    );
  });

  it("have the name of nothing, and names that JavaScript knows", () => {
    const properties = JSON.parse('{"": {"type": "integer"}, "__proto__": {"type": "integer"}}');
    expectHeld(
      { type: "object", properties, required: ["", "__proto__"] },
      [JSON.parse('{"": 1, "__proto__": 2}')],
      [{}],
    );
  });
});

describe("schemas together", () => {
  it("hold at once: references, allOf, and what stands beside them", () => {
    const $defs = { name: { ...string, maxLength: 3 } };
    expectHeld({ $defs, $ref: "#/$defs/name", minLength: 2 }, ["ab", "abc"], ["a", "abcd"]);
    expectHeld(
      {
        type: "object",
        allOf: [{ properties: { a: string }, required: ["a"] }, { properties: { b: string } }],
      },
      [{ a: "" }, { a: "", b: "" }],
      [{ b: "" }, {}],
    );
    expectHeld({ enum: ["a", 1, null], type: ["string", "null"] }, ["a", null], [1]);
  });

  it("are told apart by what they require", () => {
    const schema = {
      type: "object",
      properties: { a: string, b: string },
      oneOf: [{ required: ["a"] }, { required: ["b"] }],
    };
    expectHeld(schema, [{ a: "" }, { b: "" }], [{}]);
  });

  it("are told apart in choices within choices", () => {
    const kinds = Array.from({ length: 200 }, (_, index) => ({
      anyOf: [
        { const: index },
        { type: "object", properties: { [`k${index}`]: { const: 1 } }, required: [`k${index}`] },
      ],
    }));
    expectHeld({ oneOf: kinds }, [0, 199, { k0: 1 }, { k199: 1 }], [200, "a", {}, { k0: 2 }]);
  });

  it("follow a condition, and a dependence, as far as they can", () => {
    const schema = {
      properties: { kind: { enum: ["none", "lesion"] } },
      required: ["kind"],
      if: { properties: { kind: { const: "lesion" } } },
      // biome-ignore lint/suspicious/noThenProperty: the keyword's name
      then: { properties: { size: { type: "integer" } }, required: ["size"] },
    };
    expectHeld(schema, [{ kind: "none" }, { kind: "lesion", size: 3 }], [{ kind: "other" }]);
    const dependent = { properties: { a: string, b: string }, dependentRequired: { a: ["b"] } };
    expectHeld(dependent, [{}, { b: "" }, { a: "", b: "" }], [{ a: "" }]);
  });

  it("without a type mean what their keywords speak of", () => {
    expectHeld({ minimum: 3 }, [3, 4], [2, "a", null]);
    expectHeld({ oneOf: [string, { minimum: 2 }] }, ["a", 2], [1, null]);
    expectHeld({ pattern: "^a$" }, ["a"], ["b", 1]);
  });
});
