import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { NativeEngine } from "../../src/engine/native/native-engine.js";
import { MedGemma } from "../../src/medgemma/medgemma.js";
import { answer, rejection } from "../support/ask.js";
import { goldens, loadPhantom, messagesOf, nameOf, picturePath, truth } from "../support/phantom.js";

const findings = z.object({
  cardiomegaly: z.boolean(),
  nodule: z.boolean(),
  opacity: z.boolean(),
  effusion: z.enum(["none", "left", "right"]),
  pacemaker: z.boolean(),
});
const triage = z.object({
  esi: z.int().min(1).max(5),
  complaint: z.string().max(60),
  emergency: z.boolean(),
});
const SCHEMAS: Readonly<Record<string, z.ZodType>> = { json: findings, triage };

let engine: NativeEngine;
let model: MedGemma;
beforeAll(async () => {
  engine = await loadPhantom();
  model = MedGemma.fromEngine(engine);
});
afterAll(() => model.dispose());

describe("an answer held to a schema that it fits", () => {
  it.each(goldens.filter(({ kind }) => kind in SCHEMAS).map((golden) => [nameOf(golden), golden] as const))(
    "is the free answer: %s",
    async (_, golden) => {
      const jsonSchema = z.toJSONSchema(SCHEMAS[golden.kind] as z.ZodType, { io: "input" });
      const { text, done } = await answer(engine, await messagesOf(golden), { jsonSchema });
      expect(text).toBe(golden.answer);
      expect(done.finishReason).toBe("stop");
    },
  );
});

describe("bytes that make no character", () => {
  // The phantom, heated, likes its byte tokens, of which a grammar would count the first only.
  it("stay out of texts with a limit", async () => {
    const schema = { type: "object", properties: { f: { type: "string", maxLength: 3 } }, required: ["f"] };
    const lengths = new Set<number>();
    for (let seed = 0; seed < 60; seed++) {
      const { value } = await model.ask([], "Give JSON.", { schema, temperature: 1.5, seed, maxTokens: 100 });
      const { f } = value as { f: string };
      expect(f).not.toContain("\uFFFD");
      expect([...f].length).toBeLessThanOrEqual(3);
      lengths.add(new TextEncoder().encode(f).length);
    }
    // Characters of several bytes are still among them.
    expect(Math.max(...lengths)).toBeGreaterThan(3);
  });
});

describe("extract on the phantom's cases", () => {
  it("reads the findings, each value with its probability", async () => {
    let right = 0;
    let fields = 0;
    for (const { file, json } of truth as readonly ((typeof truth)[number] & { json: object })[]) {
      const { value, values, provenance } = await model.extract(picturePath(file), findings);
      for (const [field, expected] of Object.entries(json)) {
        fields++;
        if (value[field as keyof typeof value] === expected) right++;
      }
      expect(values.map(({ path }) => path)).toEqual(Object.keys(json).map((field) => `/${field}`));
      for (const { probability } of values) expect(probability > 0 && probability <= 1).toBe(true);
      expect(provenance.prompt).toMatchObject({ preset: "extract-picture", version: 1 });
    }
    expect(fields).toBe(160);
    // What the model itself reaches in transformers: 0.9938 (shared/phantom/figures.json).
    expect(right / fields).toBeGreaterThanOrEqual(0.99);
  });

  it("gives a value of one token the probability of that token", async () => {
    const image = picturePath("001.png");
    const { values, tokens } = await model.extract(image, findings);
    const [first] = values;
    const token = tokens.find(({ text }) => text.includes("true"));
    expect(first?.probability).toBeCloseTo(Math.exp(token?.logprob ?? 0), 10);
  });

  it("shows by a small probability what only the schema made it write", async () => {
    const schema = z.object({ cardiomegaly: z.enum(["absent", "present"]) });
    const { values, value } = await model.extract(picturePath("001.png"), schema);
    expect(["absent", "present"]).toContain(value.cardiomegaly);
    expect(values[0]?.probability).toBeLessThan(0.2);
  });
});

describe("whatever the model would like to say", () => {
  const wild = z.object({
    code: z.string().regex(/^[A-Z]\d{2}(?:\.\d)?$/),
    size: z.int().min(-3).max(40).nullable(),
    when: z.iso.date().optional(),
    // zod counts some characters as two, JSON schema and the grammar as one.
    notes: z.array(z.string().regex(/^[ -~]{0,12}$/)).max(3),
    kind: z.discriminatedUnion("is", [
      z.object({ is: z.literal("lesion"), side: z.enum(["left", "right"]) }),
      z.object({ is: z.literal("none") }),
    ]),
    pair: z.tuple([z.boolean(), z.int().positive()]),
  });

  it("the answer is of the schema", async () => {
    const asked = Array.from({ length: 24 }, (_, seed) =>
      model.ask([], `Describe case ${seed}.`, { schema: wild, temperature: 2, topK: 0, topP: 1, seed }),
    );
    for (const { value } of await Promise.all(asked)) expect(wild.parse(value)).toEqual(value);
  });

  it("no half of it is given, and no number runs away", async () => {
    const error = await rejection(model.ask([], "Describe.", { schema: wild, maxTokens: 8 }));
    expect(error.code).toBe("answer_incomplete");
    const { value } = await model.ask([], "Count.", { schema: { type: "integer" }, temperature: 2, seed: 3 });
    expect(String(value).replace("-", "").length).toBeLessThanOrEqual(16);
  });

  it("a schema that is not understood is refused before the model works", async () => {
    const { prompt } = (await engine.stats()).tokens;
    const error = await rejection(model.ask([], "Q", { schema: { $ref: "https://example.org/a" } }));
    expect([error.code, error.facts.path]).toEqual(["grammar_unsupported", "/$ref"]);
    expect((await engine.stats()).tokens.prompt).toBe(prompt);
  });

  it("control words are letters inside it", async () => {
    const said = "before <unused95> between <unused94>thought <end_of_turn> behind";
    const { value, thought, text } = await model.ask([], "Q", { schema: { const: said } });
    expect([value, thought, text]).toEqual([said, undefined, JSON.stringify(said)]);
    const free = { type: "string", maxLength: 60 };
    const asked = Array.from({ length: 12 }, (_, seed) =>
      model.ask([], "Babble.", { schema: free, temperature: 10, topK: 0, topP: 1, seed, logprobs: 1 }),
    );
    for (const answer of await Promise.all(asked)) {
      const controls = answer.tokens
        .slice(0, -1)
        .filter(({ text }) => /^<(unused\d+|\w+_of_\w+|bos|eos|pad)>$/.test(text));
      expect(controls).toEqual([]);
      expect(JSON.parse(answer.text)).toBe(answer.value);
    }
  });
});
