import { afterAll, beforeAll, expect, test } from "vitest";
import { MedGemma } from "../../../src/index.js";
import { rejection } from "../../support/ask.js";
import { cases } from "../../support/cases.js";

let model: MedGemma;
beforeAll(async () => {
  model = await MedGemma.load({ isolation: "none", threads: 1 });
});
afterAll(() => model.dispose());

// The phantom was not taught to explain: only the way there and back is tested, its words are not.
const SENTENCE = "There is no pleural effusion.";

test("a sentence is asked about alone, with its report, and with its picture", async () => {
  const alone = await model.explain(SENTENCE, { maxTokens: 8 });
  expect(alone.provenance.prompt).toMatchObject({ preset: "radexplain", version: 1 });
  const report = await model.explain(SENTENCE, {
    maxTokens: 8,
    report: `The heart is enlarged. ${SENTENCE}`,
  });
  expect(report.usage.promptTokens).toBeGreaterThan(alone.usage.promptTokens + 5);
  const image = await model.explain(SENTENCE, { maxTokens: 8, image: cases[0]?.path ?? "" });
  expect(image.usage.imageTokens).toBe(16);
});

test("it streams, and takes own words", async () => {
  let finished = false;
  for await (const event of model.streamExplain(SENTENCE, { maxTokens: 8, prompt: "Explain: {sentence}" }))
    if (event.type === "finish") finished = event.result.provenance.prompt.preset === "custom";
  expect(finished).toBe(true);
});

test("no words are a bad option", async () => {
  expect((await rejection(model.explain(" "))).code).toBe("bad_option");
  expect((await rejection(model.explain(SENTENCE, { report: 5 as unknown as string }))).code).toBe(
    "bad_option",
  );
});
