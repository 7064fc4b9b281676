import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { NativeEngine } from "../../src/engine/native/native-engine.js";
import { toJsonSchema } from "../../src/medgemma/run/structured/schema.js";
import { LAB_REPORT_SCHEMA } from "../../src/medgemma/tasks/extract/presets.js";
import { answerText } from "../support/ask.js";
import { loadPhantom } from "../support/phantom.js";

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
  ["a tree", { type: "object", properties: { name: {}, children: { type: "array", items: { $ref: "#" } } } }],
  ["ends of numbers", { type: "number", minimum: -0.0625, exclusiveMaximum: 1234.5678 }],
  [
    "patterns",
    {
      type: "array",
      prefixItems: [
        "^a\\.*$",
        '^say "yes"$',
        "^[^a-c]+$",
        "ICD|OPS",
        "^\\u{1F600}?[\\u00c0-\\u00ff]$",
        "^(a*)*$",
      ].map((pattern) => ({ type: "string", pattern })),
    },
  ],
];

describe("a schema that is not refused", () => {
  let engine: NativeEngine;
  beforeAll(async () => {
    engine = await loadPhantom();
  });
  afterAll(() => engine.dispose());

  it.each(SCHEMAS)("gives a grammar that llama.cpp reads and follows: %s", async (_, schema) => {
    const { tokens, text } = await answerText(engine, "Answer as JSON.", {
      jsonSchema: toJsonSchema(schema, undefined),
      maxTokens: 3,
      temperature: 1,
      seed: 7,
      logprobs: 1,
    });
    expect(tokens.length + text.length).toBeGreaterThan(0);
  });
});
