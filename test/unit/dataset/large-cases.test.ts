import { expect, test } from "vitest";
import { textTruth, valueTruth } from "../../../src/dataset/evaluate/case.js";
import { figuresOf } from "../../../src/dataset/evaluate/figures.js";
import type { Outcome } from "../../../src/dataset/evaluate/run-case.js";

const OPTIONS = { draws: 500, seed: 1, level: 0.95 };

test("a case's texts are compared once, and not again for each draw", () => {
  let reads = 0;
  const cases = ["yes", "no", "no effusion"].map((answer) => ({
    kind: "text" as const,
    truth: "yes",
    get answer() {
      reads++;
      return answer;
    },
  }));
  const { metrics } = figuresOf(cases, false, OPTIONS);
  expect(metrics.exactMatch?.value).toBeCloseTo(1 / 3);
  expect(metrics.closedAccuracy?.value).toBeCloseTo(1 / 3);
  expect(reads).toBeLessThanOrEqual(2 * cases.length);
});

test("nor are its boxes", () => {
  let reads = 0;
  const box = [0, 0, 10, 10] as const;
  const one: Outcome = {
    kind: "boxes",
    truth: [{ label: "a", box }],
    get boxes() {
      reads++;
      return [
        { label: "a", box },
        { label: "b", box },
      ];
    },
  };
  const { metrics } = figuresOf([one], false, OPTIONS);
  expect(metrics).toMatchObject({ meanIoU: { value: 1 }, found: { value: 1 }, falseBoxes: { value: 1 } });
  expect(reads).toBeLessThanOrEqual(2);
});

test("a thousand fields have their figures", () => {
  const truth = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`f${index}`, index]));
  const right: Outcome = { kind: "value", truth, value: truth, valid: true };
  const wrong: Outcome = { kind: "value", truth, value: { ...truth, f7: 0 }, valid: true };
  // Each field in each draw over all fields would not end before the runner's limit.
  const { fields } = figuresOf([right, wrong, right, right], false, OPTIONS);
  expect(fields).toHaveLength(1000);
  expect(fields[7]).toMatchObject({ path: "/f7", count: 4, right: { value: 0.75 } });
  expect(fields[8]).toMatchObject({ right: { value: 1, low: 1, high: 1 } });
});

test("a truth that no report and no form has is refused", () => {
  const bad = expect.objectContaining({ code: "bad_option", facts: { option: "truth" } });
  expect(textTruth({ truth: "a".repeat(50_000) })).toHaveLength(50_000);
  expect(() => textTruth({ truth: "a".repeat(50_001) })).toThrow(bad);
  const deep = JSON.parse("[".repeat(10_000) + "]".repeat(10_000));
  for (const truth of [Array.from({ length: 5001 }, String), deep, { a: "a".repeat(5_000_000) }])
    expect(() => valueTruth({ truth })).toThrow(bad);
  expect(valueTruth({ truth: { a: [null, 1] } })).toEqual({ a: [null, 1] });
});
