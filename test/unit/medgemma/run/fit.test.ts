import { describe, expect, it, test } from "vitest";
import { FakeEngine, MedGemma } from "../../../../src/index.js";
import { checkSpace } from "../../../../src/vectors/space.js";

/** Three pixels wide, two high, of one grey. */
const WIDE = { data: new Uint8Array(6).fill(90), width: 3, height: 2, channels: 1 as const };
const TALL = { ...WIDE, width: 2, height: 3 };
const SQUARE = { ...WIDE, data: new Uint8Array(4).fill(90), width: 2, height: 2 };

function engineNamed(name: string): FakeEngine {
  const engine = new FakeEngine({ answer: "Yes." });
  const { model } = engine.info;
  Object.defineProperty(engine, "info", { value: { ...engine.info, model: { ...model, name } } });
  return engine;
}

const greys = (image: { data: Uint8Array } | undefined) =>
  [...(image?.data ?? [])].filter((_, at) => at % 3 === 0);

describe("a picture that is not square", () => {
  it("is centred on black for MedGemma, an odd row below and an odd column to the right", async () => {
    const engine = engineNamed("medgemma-1.5-4b-it");
    const result = await MedGemma.fromEngine(engine).ask([WIDE, TALL, SQUARE], "What is it?");
    const shown = engine.prompts[0]?.images ?? [];
    expect(shown.map(({ width, height }) => [width, height])).toEqual([
      [3, 3],
      [3, 3],
      [2, 2],
    ]);
    expect(greys(shown[0])).toEqual([90, 90, 90, 90, 90, 90, 0, 0, 0]);
    expect(greys(shown[1])).toEqual([90, 90, 0, 90, 90, 0, 90, 90, 0]);
    expect(result.provenance.pictures.map(({ fit }) => fit)).toEqual(["pad", "pad", "pad"]);
  });

  it("is left as it is for the phantom, which was trained on stretched ones", async () => {
    const engine = engineNamed("MedGemma Phantom");
    const model = MedGemma.fromEngine(engine);
    const result = await model.ask(WIDE, "What is it?");
    expect(model.info.fit).toBe("stretch");
    expect(engine.prompts[0]?.images[0]).toMatchObject({ width: 3, height: 2 });
    expect(result.provenance.pictures[0]?.fit).toBe("stretch");
  });

  test.each([
    ["ask", (model: MedGemma) => model.ask(WIDE, "What?", { fit: "stretch" })],
    ["report", (model: MedGemma) => model.report(WIDE, { fit: "stretch" })],
    ["compare", (model: MedGemma) => model.compare(WIDE, WIDE, { fit: "stretch" })],
    ["locate", (model: MedGemma) => model.locate(WIDE, "heart", { fit: "stretch" })],
    ["chat", (model: MedGemma) => model.chat({ fit: "stretch" }).ask("What?", { images: WIDE })],
  ])("is what the call says, of %s", async (_, call) => {
    const engine = engineNamed("medgemma-1.5-4b-it");
    await call(MedGemma.fromEngine(engine));
    expect(engine.prompts[0]?.images[0]).toMatchObject({ width: 3, height: 2 });
  });

  it("is a bad option by another word", async () => {
    const model = MedGemma.fromEngine(new FakeEngine());
    for (const call of [
      () => model.ask(WIDE, "What?", { fit: "crop" as "pad" }),
      () => model.embed(WIDE, { fit: "crop" as "pad" }),
      () => model.prepare(WIDE, { fit: "crop" as "pad" }),
    ])
      await expect(call()).rejects.toMatchObject({ code: "bad_option" });
  });
});

describe("embeddings", () => {
  it("of padded and of stretched pictures are of two spaces", async () => {
    const model = MedGemma.fromEngine(engineNamed("medgemma-1.5-4b-it"));
    const [padded, stretched] = [await model.embed(WIDE), await model.embed(WIDE, { fit: "stretch" })];
    expect([padded.space.fit, stretched.space.fit]).toEqual(["pad", "stretch"]);
    // Written before there was a choice: stretched.
    const { fit: _choice, ...older } = stretched.space;
    expect(() => checkSpace("the head", older, padded.space)).toThrow(/way of making pictures square/);
    expect(() => checkSpace("the head", older, stretched.space)).not.toThrow();
  });
});
