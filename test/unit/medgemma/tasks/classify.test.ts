import { describe, expect, it } from "vitest";
import { FakeEngine, type FakePrompt, fitCalibration, MedGemma } from "../../../../src/index.js";
import { calibrate, readCalibration } from "../../../../src/medgemma/tasks/classify/calibration.js";
import { rotations } from "../../../../src/medgemma/tasks/classify/labels.js";
import { rejection } from "../../../support/ask.js";

const PIXELS = { width: 2, height: 2, channels: 3 as const, data: new Uint8Array(12) };

/** A model that takes A whatever stands there, four to one. */
const likesA = (_: FakePrompt, text: string) => Math.log(/A\)?$/.test(text) ? 0.4 : 0.1);

describe("on MedGemma", () => {
  it("a choice is Google's words, its letters averaged out over all orders", async () => {
    const engine = new FakeEngine({ score: likesA });
    const model = MedGemma.fromEngine(engine);
    const { labels, provenance } = await model.classify(PIXELS, ["one", "two", "three"]);
    expect(labels.map(({ probability }) => probability)).toEqual(
      [1 / 3, 1 / 3, 1 / 3].map((p) => expect.closeTo(p, 9)),
    );
    expect(provenance.prompt).toMatchObject({ preset: "google-choice", version: 1 });
    expect(engine.prompts.map(({ text }) => /\nA: (\w+)/.exec(text)?.[1])).toEqual(["one", "two", "three"]);
    expect(engine.prompts[0]?.text).toContain('X in the format "Final Answer: X":');
    const once = await model.classify(PIXELS, ["one", "two", "three"], { orders: 1 });
    expect(once.labels[0]?.probability).toBeCloseTo(2 / 3, 9);
  });

  it("labels are yes/no questions; what else it would write does not count", async () => {
    const engine = new FakeEngine({ score: (_, text) => Math.log(/yes/i.test(text) ? 0.03 : 0.01) });
    const result = await MedGemma.fromEngine(engine).classify(PIXELS, ["a", "b"], { multiLabel: true });
    expect(result.labels).toEqual([
      { label: "a", probability: expect.closeTo(0.75, 9) },
      { label: "b", probability: expect.closeTo(0.75, 9) },
    ]);
    expect(result).toMatchObject({ abstained: false, text: "a\nb", answerMass: expect.closeTo(0.08, 9) });
    expect(engine.prompts[0]?.text).toContain("Is there a in this image?");
  });

  it("reasons first, when asked, and scores what it then answers", async () => {
    const answer = "<unused94>thought\nIt is round.<unused95>It is a mass.\nFinal Answer: no";
    const engine = new FakeEngine({ answer, score: (_, text) => Math.log(text === "yes" ? 0.9 : 0.05) });
    const options = { multiLabel: true, method: "reason" } as const;
    const result = await MedGemma.fromEngine(engine).classify(PIXELS, ["mass"], options);
    expect(result.thought).toContain("It is round.");
    expect(result.provenance.prompt.thinking).toBe(true);
    const scored = engine.prompts.at(-1)?.text ?? "";
    expect(scored.endsWith("It is round.<unused95>It is a mass.\nFinal Answer: ")).toBe(true);
    expect(result.labels[0]?.probability).toBeGreaterThan(0.8);
  });

  it("a content-free picture takes out what it always says", async () => {
    const engine = new FakeEngine({ score: likesA });
    const options = { prior: "content-free", orders: 1 } as const;
    const { labels } = await MedGemma.fromEngine(engine).classify(PIXELS, ["one", "two"], options);
    expect(labels[0]?.probability).toBeCloseTo(0.5, 9);
    expect(engine.prompts).toHaveLength(2);
  });
});

it("every label stands once in every place", () => {
  expect(rotations(3, 3)).toEqual([
    [0, 1, 2],
    [1, 2, 0],
    [2, 0, 1],
  ]);
  expect(rotations(4, 2)).toEqual([
    [0, 1, 2, 3],
    [2, 3, 0, 1],
  ]);
});

describe("calibration", () => {
  const binary = (probability: number, truth: boolean) => ({
    labels: [{ label: "x", probability }],
    truth: truth ? ["x"] : [],
  });
  /** Says 0.95 and 0.05, and is right four times of five. */
  const boastful = [0, 1, 2, 3, 4].flatMap((turn) => [binary(0.95, turn > 0), binary(0.05, turn === 0)]);
  const use = { multiLabel: true, model: "m" };

  it("by temperature makes what is told as frequent as it is true", () => {
    const calibration = fitCalibration(boastful, { multiLabel: true });
    expect(calibrate(calibration, [0.95, 0.05], use)).toEqual([
      expect.closeTo(0.8, 4),
      expect.closeTo(0.2, 4),
    ]);
  });
  it("by isotonic regression follows any rising curve", () => {
    const calibration = fitCalibration(boastful, { multiLabel: true, method: "isotonic" });
    const expected = [0.8, 0.2, 0.5].map((p) => expect.closeTo(p, 9));
    expect(calibrate(calibration, [0.95, 0.05, 0.5], use)).toEqual(expected);
  });
  it("of a choice keeps the order and the sum", () => {
    const labels = [0.7, 0.2, 0.1].map((probability, index) => ({ label: "abc"[index] ?? "", probability }));
    const calibration = fitCalibration([
      { labels, truth: "a" },
      { labels, truth: "b" },
    ]);
    const [a = 0, b = 0, c = 0] = calibrate(calibration, [0.7, 0.2, 0.1], { multiLabel: false, model: "m" });
    expect(a + b + c).toBeCloseTo(1, 9);
    expect(a > b && b > c && a < 0.7).toBe(true);
  });
  it("survives JSON, and refuses what it is not", async () => {
    const calibration = fitCalibration(boastful, { multiLabel: true, method: "isotonic" });
    expect(await readCalibration(JSON.parse(JSON.stringify(calibration)))).toEqual(calibration);
    for (const wrong of [
      null,
      {},
      { ...calibration, version: 2 },
      { ...calibration, points: [] },
      ...[
        [
          [1, 0],
          [0, 7],
        ],
        [
          [0, 0.5],
          [1, 0.4],
        ],
        [
          [0.6, 0.1],
          [0.4, 0.2],
        ],
        [
          [0.5, 0.1],
          [0.5, 0.2],
        ],
        [[0, -0.1]],
        [[0, 1.1]],
        [[Number.NEGATIVE_INFINITY, 0]],
        [[0, "1"]],
        [[0, Number.NaN]],
        [[0, 0.1, 0.2]],
        "0,1",
      ].map((points) => ({ ...calibration, points })),
      ...["2", Number.POSITIVE_INFINITY, 0, -1, Number.NaN, null, undefined].map((temperature) => ({
        ...calibration,
        method: "temperature",
        temperature,
      })),
      { ...calibration, method: "x" },
    ])
      expect((await rejection(readCalibration(wrong as never))).code).toBe("bad_option");
    expect((await rejection(readCalibration("missing.json"))).code).toBe("file_not_found");
    expect(() => calibrate(calibration, [0.5], { multiLabel: false, model: "m" })).toThrow(
      "multiLabel false",
    );
    expect(() => fitCalibration([])).toThrow("labelled cases");
    expect(() => fitCalibration([{ labels: [{ label: "a", probability: 1 }], truth: "b" }])).toThrow("truth");
  });
});
