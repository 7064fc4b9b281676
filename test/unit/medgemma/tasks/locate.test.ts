import { describe, expect, it } from "vitest";
import { FakeEngine, MedGemma } from "../../../../src/index.js";
import { toLocated } from "../../../../src/medgemma/tasks/locate/boxes.js";

/** Twice as wide as high: a quarter of the padded square above and below is padding. */
const WIDE = { width: 200, height: 100, channels: 1 as const, data: new Uint8Array(20_000) };
const answer = (boxes: object[]) => `Final Answer: \`\`\`json${JSON.stringify(boxes)}\`\`\``;

describe("on MedGemma", () => {
  it("the picture is padded, and boxes come back to its pixels", async () => {
    const box_2d = [250, 0, 750, 500];
    const engine = new FakeEngine({ answer: answer([{ box_2d, label: "left half" }]) });
    const result = await MedGemma.fromEngine(engine).locate(WIDE, "left half");
    expect(engine.prompts[0]?.images[0]).toMatchObject({ width: 200, height: 200 });
    expect(result.boxes).toEqual([
      { label: "left half", normalized: box_2d, source: { x: 0, y: 0, width: 100, height: 100 } },
    ]);
    expect(engine.prompts[0]?.text).toContain("Where is the left half? Don't give a final answer");
    expect(result.provenance.prompt).toMatchObject({ preset: "google-cxr-anatomy", version: 1 });
  });

  it("nonsense is dropped and told", async () => {
    const boxes = [
      { box_2d: [0, 0, 200, 1000], label: "padding" },
      { box_2d: [700, 500, 300, 600], label: "inverted" },
      { box_2d: [300, 0, 400, 5000], label: "pixels" },
      { box_2d: [300, 0, 400, 500], label: "good" },
      { box_2d: [300, 0, 400, 500], label: "good" },
    ];
    const model = MedGemma.fromEngine(new FakeEngine({ answer: answer(boxes) }));
    const result = await model.locate(WIDE, "heart");
    expect(result.boxes.map(({ label }) => label)).toEqual(["good"]);
    expect(result.dropped.map(({ label, reason }) => `${label} ${reason}`)).toEqual([
      "inverted inverted",
      "pixels out_of_range",
      "good repeated",
      "padding outside",
    ]);
  });

  it("each target is a question; those without a box are named", async () => {
    const engine = new FakeEngine({
      answer: ({ text }) =>
        text.includes("Where is the heart?")
          ? answer([{ box_2d: [300, 300, 500, 500], label: "heart" }])
          : "I see none.",
    });
    const result = await MedGemma.fromEngine(engine).locate(WIDE, ["heart", "spleen"]);
    expect(result).toMatchObject({ notFound: ["spleen"], boxes: [{ label: "heart" }] });
    expect(engine.prompts).toHaveLength(2);
  });
});

describe("frames", () => {
  const frame = { width: 400, height: 560, study: undefined };
  it("of the stretched square become those of the padded one", () => {
    const located = toLocated({ label: "x", box: [0, 0, 1000, 1000] }, { ...frame, fit: "stretch" });
    expect(located?.source).toEqual({ x: 0, y: 0, width: 400, height: 560 });
    expect(located?.normalized).toEqual([0, 142.9, 1000, 857.1]);
  });
  it("have millimetres where the file tells the spacing of these pixels", () => {
    const facts = { rows: 560, columns: 400, spacing: [0.5, 0.25], spacingSource: "imager" };
    const study = { rule: "", took: "", warnings: [], facts } as never;
    const box = { label: "x", box: [0, 0, 500, 500] as const };
    expect(toLocated(box, { ...frame, fit: "stretch", study })?.millimetres).toMatchObject({
      width: 50,
      height: 140,
      onDetector: true,
    });
    expect(toLocated(box, { ...frame, width: 200, fit: "stretch", study })?.millimetres).toBeUndefined();
  });
});
