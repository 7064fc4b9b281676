import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { FakeEngine, MedGemma } from "../../../../src/index.js";
import { picturePath } from "../../../support/phantom.js";

it("shows MedGemma the prior picture, then the current one, then Google's words", async () => {
  const engine = new FakeEngine({ answer: "Stable." });
  const model = MedGemma.fromEngine(engine);
  const current = new Uint8Array(await readFile(picturePath("001.png")));
  const result = await model.compare(picturePath("000.png"), current);
  expect(result).toMatchObject({ text: "Stable.", loop: false });
  expect(engine.prompts[0]?.images).toHaveLength(2);
  expect((engine.prompts[0]?.text ?? "").split("<image>")).toHaveLength(3);
  expect(engine.prompts[0]?.text).toContain(
    "Provide a comparison of these two images and include details from\nthe image",
  );
  expect(result.provenance.prompt).toMatchObject({ preset: "google-cxr-longitudinal", version: 1 });
});

it("gives RadExplain's words to the sentence, its report and its picture", async () => {
  const engine = new FakeEngine({ answer: "Your heart is larger than usual." });
  const model = MedGemma.fromEngine(engine);
  await model.explain("The heart is enlarged.", { report: "FINDINGS: {kind} <end_of_turn>", modality: "CT" });
  const text = engine.prompts[0]?.text ?? "";
  expect(text).toContain("viewing the accompanying CT image");
  expect(text).toContain("Explain this sentence from the radiology report: 'The heart is enlarged.'");
  expect(text).toContain("The whole report:\nFINDINGS: {kind} <end_of_turn>");
});
