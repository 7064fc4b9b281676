import { spawnSync } from "node:child_process";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { loadAddon, packageRoot } from "../../src/engine/native/addon.js";
import type { NativeEngine } from "../../src/engine/native/native-engine.js";
import { toGrammarSchema } from "../../src/engine/schema.js";
import { LAB_REPORT_SCHEMA } from "../../src/medgemma/extract-presets.js";
import { toJsonSchema } from "../../src/medgemma/structured-schema.js";
import { answerText } from "../support/ask.js";
import { loadPhantom } from "../support/phantom.js";
import { grammarRegExp } from "./structured-support.js";

const convert = (schema: unknown) => loadAddon().jsonSchemaGrammar(JSON.stringify(schema));
const regExpOf = async (schema: unknown) => grammarRegExp(await convert(toGrammarSchema(schema)));

describe("integers", () => {
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
  ])("from %s to %s are those and no others", async (minimum, maximum) => {
    const allowed = await regExpOf({ type: "integer", minimum, maximum });
    const wrong = [];
    for (let value = -1300; value <= 1300; value++) {
      const inside = value >= (minimum ?? -Infinity) && value <= (maximum ?? Infinity);
      if (allowed.test(String(value)) !== inside) wrong.push(value);
    }
    expect(wrong).toEqual([]);
    for (const text of ["007", "-05", "1.0", "1e3", "", "-"]) expect(allowed.test(text), text).toBe(false);
    expect(allowed.test("9".repeat(17))).toBe(false);
  });

  it("would be others with llama.cpp's own open ranges", async () => {
    expect(grammarRegExp(await convert({ type: "integer", maximum: -5 })).test("-05")).toBe(true);
    expect(grammarRegExp(await convert({ type: "integer", minimum: 105 })).test("15")).toBe(true);
  });
});

const PATTERNS: readonly [string, readonly string[], readonly string[]][] = [
  ["^\\d{2}-\\d{2}-\\d{4}$", ["01-02-2026"], ["1-2-26", "01-02-20266", ""]],
  ["^a\\.*$", ["a", "a...", "a."], ["a.a.", ""]],
  ['^say "yes"$', ['say "yes"'], ["say yes"]],
  ["^C:\\\\\\w+$", ["C:\\temp"], ["C:temp"]],
  ["^a\\tb$", ["a\tb"], ["a b", "atb"]],
  ["^.*$", ["", "any thing", "größe"], ["two\nlines"]],
  ["^[^a-c]+$", ["xyz", "ü"], ["abc", ""]],
  ["^(?:x|yz){2,3}$", ["xx", "xyzx", "yzyz"], ["x", "xxxx"]],
  ["^(?<n>a|)b?$", ["", "a", "ab", "b"], ["bb"]],
  ["^[\\w.-]+@[\\w-]+\\.\\w{2,}$", ["a.b@c.de"], ["a@b"]],
  ["^a{0}b$", ["b"], ["ab"]],
  ["^\\u{1F600}?[\\u00c0-\\u00ff]$", ["\u{1F600}ü", "ü"], ["u"]],
  ["^ICD-.*", ["ICD-", "ICD-10"], ["icd"]],
  ["^a-{2}$", ["a--"], ["a-"]],
  ["^[\\]\\-\\^]$", ["]", "-", "^"], ["\\", "a"]],
];

describe("patterns", () => {
  it.each(PATTERNS)("%s", async (pattern, fitting, other) => {
    const allowed = await regExpOf({ type: "string", pattern });
    for (const text of fitting) {
      expect(new RegExp(pattern, "u").test(text), text).toBe(true);
      expect(allowed.test(JSON.stringify(text)), text).toBe(true);
    }
    for (const text of other) expect(allowed.test(JSON.stringify(text)), text).toBe(false);
    for (const text of ['"', '"a"b"', '"\\"', '"a\n"']) expect(allowed.test(text), text).toBe(false);
  });

  it("would repeat more than they say, and end strings, in llama.cpp's own reading", async () => {
    expect(grammarRegExp(await convert({ type: "string", pattern: "^a\\.*$" })).test('"a.a."')).toBe(true);
    expect(grammarRegExp(await convert({ type: "string", pattern: "^.*$" })).test('"a"b"')).toBe(true);
  });

  it("of zod's dates know the leap years", async () => {
    const allowed = await regExpOf(toJsonSchema(z.iso.date(), undefined));
    expect(allowed.test('"2024-02-29"')).toBe(true);
    expect(allowed.test('"2023-02-29"')).toBe(false);
  });
});

const nested = z.object({ code: z.string().regex(/^[A-Z]\d{2}$/), certain: z.boolean().optional() });
const SCHEMAS: readonly (readonly [string, unknown])[] = [
  ["everything", {}],
  ["an object of anything", { type: "object" }],
  ["an empty object", { type: "object", properties: {} }],
  ["many optional", { properties: Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`p${i}`, {}])) }],
  [
    "names of all kinds",
    { properties: { "größe [cm]": {}, "*": {}, root: {}, space: {}, char: {}, 'a"\\b': {} } },
  ],
  [
    "the longest list",
    { type: "array", items: { type: "array", maxItems: 500 }, minItems: 500, maxItems: 500 },
  ],
  ["the longest text", { type: "string", minLength: 2000, maxLength: 2000 }],
  ["the most values", { enum: Array.from({ length: 500 }, (_, index) => `value ${index}`) }],
  ["the most repetition", { type: "string", pattern: "^(?:ab{0,18}){0,100}c{0,100}$" }],
  [
    "formats",
    {
      type: "array",
      prefixItems: ["date", "time", "date-time", "uuid"].map((format) => ({ type: "string", format })),
    },
  ],
  ["laboratory reports", LAB_REPORT_SCHEMA],
  ["zod: objects", z.object({ a: nested, b: z.array(nested).max(3), c: z.int(), d: z.number().nullable() })],
  ["zod: formats", z.tuple([z.iso.datetime(), z.iso.time(), z.email(), z.ipv4(), z.uuid()])],
  [
    "zod: unions",
    z.discriminatedUnion("k", [z.object({ k: z.literal("a") }), z.object({ k: z.literal("b") })]),
  ],
  ["zod: maps", z.record(z.string(), z.int().min(0))],
  ["patterns", { type: "array", prefixItems: PATTERNS.map(([pattern]) => ({ type: "string", pattern })) }],
];

describe("what passes the check", () => {
  let engine: NativeEngine;
  beforeAll(async () => {
    engine = await loadPhantom();
  });
  afterAll(() => engine.dispose());

  it.each(SCHEMAS)("is taken by the converter and by the grammar: %s", async (_, schema) => {
    const { tokens, text } = await answerText(engine, "Answer as JSON.", {
      jsonSchema: toJsonSchema(schema, undefined),
      maxTokens: 3,
      temperature: 1,
      seed: 7,
      logprobs: 1,
    });
    expect(tokens.length + text.length).toBeGreaterThan(0);
  });

  it("makes the converter print nothing", () => {
    const schemas = SCHEMAS.map(([, schema]) => toGrammarSchema(toJsonSchema(schema, undefined)));
    expect(converterSays(schemas)).toBe("");
  });

  it("would be told by this test", () => {
    expect(converterSays([{ type: "string", pattern: "unanchored" }])).toContain("WARNING");
  });
});

/** What the converter writes to stderr, in a process of its own. */
function converterSays(schemas: readonly unknown[]): string {
  const addon = path.join(packageRoot, "build/Release/medgemma.node");
  const script = `
    const addon = require(${JSON.stringify(addon)});
    const schemas = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
    Promise.all(schemas.map((schema) => addon.jsonSchemaGrammar(JSON.stringify(schema)))).then(
      (grammars) => process.stdout.write(String(grammars.length)));`;
  const child = spawnSync(process.execPath, ["-e", script], {
    input: JSON.stringify(schemas),
    encoding: "utf8",
  });
  expect(child.stdout).toBe(String(schemas.length));
  return child.stderr;
}
