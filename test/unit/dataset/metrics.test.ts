import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { bootstrap, quantile } from "../../../src/dataset/metrics/bootstrap.js";
import { intersectionOverUnion, matchBoxes } from "../../../src/dataset/metrics/boxes.js";
import { expectedCalibrationError, reliabilityBins } from "../../../src/dataset/metrics/calibration-error.js";
import { accuracy, confusionMatrix, macroF1 } from "../../../src/dataset/metrics/classes.js";
import { areaUnderRoc, rocCurve } from "../../../src/dataset/metrics/roc.js";
import { confusionSvg, rocSvg } from "../../../src/dataset/metrics/svg.js";
import { rougeL, tokenF1 } from "../../../src/dataset/metrics/words.js";
import {
  fitIsotonic,
  interpolate,
  type Outcome,
} from "../../../src/medgemma/tasks/classify/calibration-fit.js";

interface Oracle {
  roc: { scores: number[]; truths: boolean[]; auroc: number }[];
  classes: {
    truths: string[];
    answers: string[];
    labels: string[];
    accuracy: number;
    macroF1: number;
    confusion: number[][];
  }[];
  ece: {
    probabilities: number[];
    truths: boolean[];
    bins: number;
    ece: number;
    curve: number[];
    told: number[];
  }[];
  isotonic: { probabilities: number[]; truths: boolean[]; at: number[]; fitted: number[] }[];
  rouge: { truth: string; answer: string; rougeL: number }[];
  quantiles: { values: number[]; shares: number[]; quantiles: number[] };
}
const file = path.resolve(import.meta.dirname, "../../fixtures/metrics/metrics.json");
const oracle = JSON.parse(readFileSync(file, "utf8")) as Oracle;

describe("as scikit-learn", () => {
  it.each(oracle.roc)("AUROC $auroc", ({ scores, truths, auroc }) => {
    expect(areaUnderRoc(scores, truths)).toBeCloseTo(auroc, 12);
  });
  it.each(oracle.classes)("accuracy $accuracy, macro F1 $macroF1", (each) => {
    expect(accuracy(each.truths, each.answers)).toBeCloseTo(each.accuracy, 12);
    expect(macroF1(each.truths, each.answers, each.labels)).toBeCloseTo(each.macroF1, 12);
    expect(confusionMatrix(each.truths, each.answers, each.labels).counts).toEqual(each.confusion);
  });
  it.each(oracle.ece)("calibration error $ece", ({ probabilities, truths, bins, ece, curve, told }) => {
    expect(expectedCalibrationError(probabilities, truths, bins)).toBeCloseTo(ece, 12);
    const held = reliabilityBins(probabilities, truths, bins);
    expect(held.map((bin) => bin.accuracy)).toEqual(curve.map((value) => expect.closeTo(value, 9)));
    expect(held.map((bin) => bin.confidence)).toEqual(told.map((value) => expect.closeTo(value, 9)));
  });
  it.each(oracle.isotonic)("isotonic regression", ({ probabilities, truths, at, fitted }) => {
    const points = fitIsotonic(probabilities.map((p, index): Outcome => [p, truths[index] ?? false]));
    for (const [index, x] of at.entries()) expect(interpolate(points, x)).toBeCloseTo(fitted[index] ?? -1, 9);
  });
  it.each(oracle.rouge)("ROUGE-L $rougeL of $answer", ({ truth, answer, rougeL: expected }) => {
    expect(rougeL(truth, answer)).toBeCloseTo(expected, 12);
  });
  it("quantiles", () => {
    const { values, shares, quantiles } = oracle.quantiles;
    expect(shares.map((share) => quantile(values, share))).toEqual(
      quantiles.map((it) => expect.closeTo(it, 12)),
    );
  });
});

describe("tokenized F1", () => {
  it.each([
    ["yes", "Yes.", 1],
    ["the left lung", "left lung", 1],
    ["left lung", "right lung", 0.5],
    ["lung lung", "lung", 2 / 3],
    ["", "", 1],
    ["", "x", 0],
  ])("of %j and %j is %d", (truth, answer, expected) => {
    expect(tokenF1(truth, answer)).toBeCloseTo(expected, 12);
  });
});

describe("boxes", () => {
  it("overlap by area", () => {
    expect(intersectionOverUnion([0, 0, 10, 10], [0, 0, 10, 10])).toBe(1);
    expect(intersectionOverUnion([0, 0, 10, 10], [0, 5, 10, 15])).toBeCloseTo(1 / 3, 12);
    expect(intersectionOverUnion([0, 0, 10, 10], [20, 20, 30, 30])).toBe(0);
    expect(intersectionOverUnion([0, 0, 0, 0], [0, 0, 0, 0])).toBe(0);
  });
  it("pair by label, the best first, each once", () => {
    const box = (label: string, x: number) => ({ label, box: [0, x, 10, x + 10] as const });
    expect(matchBoxes([box("a", 0), box("a", 5)], [box("A", 5)])).toEqual([0, 1]);
    expect(matchBoxes([box("a", 0)], [box("b", 0)])).toEqual([0]);
    expect(matchBoxes([], [box("b", 0)])).toEqual([]);
  });
});

describe("the bootstrap", () => {
  const values = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? 0 : 1 - index / 1e6));
  const share = (cases: readonly number[]) =>
    cases.reduce((sum, index) => sum + (values[index] ?? 0), 0) / cases.length;
  it("is the same for the same seed, and holds the figure", () => {
    const once = bootstrap(40, share, { seed: 3 });
    expect(bootstrap(40, share, { seed: 3 })).toEqual(once);
    expect(bootstrap(40, share, { seed: 4 })).not.toEqual(once);
    expect(once.value).toBeCloseTo(0.5, 4);
    // Of a share of one half on forty cases, +- 1.96 standard errors are 0.155.
    expect(once.low).toBeCloseTo(0.345, 1);
    expect(once.high).toBeCloseTo(0.655, 1);
  });
  it("leaves out draws without a figure", () => {
    expect(bootstrap(3, () => Number.NaN)).toEqual({ value: Number.NaN, low: Number.NaN, high: Number.NaN });
    const { low, high } = bootstrap(2, (cases) => (new Set(cases).size === 1 ? Number.NaN : 1));
    expect([low, high]).toEqual([1, 1]);
  });
});

describe("figures", () => {
  it("hold their numbers and no markup of labels", () => {
    const svg = confusionSvg(confusionMatrix(["<b>", "c"], ["<b>", "<b>"]));
    expect(svg).toContain("&lt;b&gt;");
    expect(svg).not.toContain("<b>");
    expect(svg.match(/<rect /g)).toHaveLength(5);
  });
  it("draw the curve from corner to corner", () => {
    const points = rocCurve([0.9, 0.1], [true, false]);
    const svg = rocSvg([{ name: "nodule", area: 1, points }]);
    expect(svg).toContain("nodule (1.000)");
    expect(svg).toContain("50.0,380.0 50.0,20.0 410.0,20.0");
  });
});
