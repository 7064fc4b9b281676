import { describe, expect, it } from "vitest";
import { evaluate } from "../../../src/dataset/evaluate/evaluate.js";
import { figuresOf } from "../../../src/dataset/evaluate/figures.js";
import type { Outcome } from "../../../src/dataset/evaluate/run-case.js";
import { matchFields } from "../../../src/dataset/metrics/fields.js";
import type { MedGemma } from "../../../src/medgemma/medgemma.js";

const draws = { draws: 200, seed: 1, level: 0.95 };

describe("fields", () => {
  it("are compared leaf by leaf; one too many and one too few are wrong", () => {
    const truth = { tests: [{ name: "Hb", unit: "g/dL" }, { name: "K" }], none: [] };
    const said = {
      tests: [
        { name: " Hb ", unit: "g/l" },
        { name: "K", unit: "mmol/l" },
      ],
    };
    expect(matchFields(truth, said)).toEqual([
      { path: "/tests/*/name", right: true },
      { path: "/tests/*/unit", right: false },
      { path: "/tests/*/name", right: true },
      { path: "/none", right: false },
      { path: "/tests/*/unit", right: false },
    ]);
    expect(matchFields({ a: 1 }, undefined)).toEqual([{ path: "/a", right: false }]);
  });

  it("are counted overall and each, with intervals", () => {
    const outcome = (value: unknown, valid = true): Outcome => ({
      kind: "value",
      truth: { a: 1, b: 2 },
      value,
      valid,
    });
    const all = [
      outcome({ a: 1, b: 2 }),
      outcome({ a: 1, b: 3 }),
      outcome(undefined, false),
      outcome({ a: 1, b: 2 }),
    ];
    const { metrics, fields } = figuresOf(all, false, draws);
    expect(metrics).toMatchObject({
      valid: { value: 0.75 },
      fieldsRight: { value: 0.625 },
      exactMatch: { value: 0.5 },
    });
    expect(fields).toMatchObject([
      { path: "/a", count: 4, right: { value: 0.75 } },
      { path: "/b", count: 4, right: { value: 0.5 } },
    ]);
    expect(metrics.valid?.low).toBeLessThan(0.75);
  });
});

it("an answer that is no value of the schema has no field right, whatever it says", () => {
  const truth = { a: 1, b: 2 };
  const all: Outcome[] = [
    { kind: "value", truth, value: { a: 1, b: 2, c: 3 }, valid: false },
    { kind: "value", truth, value: { a: 1, b: 2 }, valid: true },
  ];
  const { metrics, fields } = figuresOf(all, false, draws);
  expect(metrics).toMatchObject({
    valid: { value: 0.5 },
    fieldsRight: { value: 0.5 },
    exactMatch: { value: 0.5 },
  });
  expect(fields).toMatchObject([
    { path: "/a", count: 2, right: { value: 0.5 } },
    { path: "/b", count: 2, right: { value: 0.5 } },
  ]);
});

describe("a schema", () => {
  it.each([
    { pattern: "(" },
    { properties: { a: { items: { pattern: "(" } } } },
    { $defs: { a: { anyOf: [{ type: "null" }, { pattern: "(" }] } } },
  ])(
    "with a pattern that is no regular expression ends an evaluation before its first case: %j",
    async (schema) => {
      // The model is not reached.
      const run = evaluate(
        {} as MedGemma,
        "extract",
        [
          { text: "a", truth: {} },
          { text: "b", truth: {}, schema },
        ],
        {
          schema: { type: "object" },
        },
      );
      await expect(run).rejects.toMatchObject({ code: "grammar_unsupported" });
    },
  );
});

it("triage tells what was rated too low and too high", () => {
  const said = [
    [1, 1],
    [2, 3],
    [3, 2],
    [2, 4],
  ] as const;
  const all = said.map(
    ([truth, level]): Outcome => ({ kind: "level", truth, level, levels: 5, modelLevel: level }),
  );
  const { metrics, confusion } = figuresOf(all, false, draws);
  expect(metrics).toMatchObject({
    accuracy: { value: 0.25 },
    underTriage: { value: 0.5 },
    overTriage: { value: 0.25 },
    withinOne: { value: 0.75 },
  });
  expect(confusion?.labels).toEqual(["1", "2", "3", "4", "5"]);
  expect(confusion?.counts[1]).toEqual([0, 0, 1, 1, 0]);
});

it("macro F1 of a choice leaves out labels that are neither true nor said, in draws too", () => {
  const asked = (truth: string): Outcome => ({
    kind: "labels",
    truth: [truth],
    labels: ["a", "b", "c"].map((label) => ({ label, probability: label === truth ? 0.8 : 0.1 })),
    abstained: false,
  });
  const { metrics, confusion } = figuresOf([asked("a"), asked("b"), asked("a")], false, draws);
  expect(metrics.macroF1).toEqual({ value: 1, low: 1, high: 1 });
  expect(confusion?.labels).toEqual(["a", "b", "c"]);
});
