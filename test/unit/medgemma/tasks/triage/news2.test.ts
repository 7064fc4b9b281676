import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { FakeEngine } from "../../../../../src/engine/fake-engine.js";
import { MedGemma, TRIAGE_SCALES, type TriageCase, type Vitals } from "../../../../../src/index.js";
import { scoreOf } from "../../../../../src/medgemma/tasks/triage/limits.js";
import { applyRules } from "../../../../../src/medgemma/tasks/triage/rules.js";
import { NEWS2_SCORE } from "../../../../../src/medgemma/tasks/triage/scales/news2.js";
import { rejection } from "../../../../support/ask.js";
import { WELL } from "../../../../support/triage.js";

const of = (vitals: Vitals, age = 54): TriageCase => ({ age, complaint: "rash", vitals });

/** The college's chart as it is printed, points by column. */
const CHART = new Map(
  readFileSync(new URL("../../../../fixtures/triage/news2-chart.txt", import.meta.url), "utf8")
    .split("\n")
    .filter((line) => line.includes(" | "))
    .slice(1)
    .map((line) => {
      const [name = "", ...fields] = line.split("|").map((field) => field.trim());
      return [name, fields] as const;
    }),
);
const POINTS = [3, 2, 1, 0, 1, 2, 3];

function charted(name: string, value: number | string): number {
  const fields = CHART.get(name) ?? [];
  const column = fields.findIndex((field) => inField(field, value));
  return POINTS[column] ?? Number.NaN;
}

function inField(field: string, value: number | string): boolean {
  if (typeof value === "string") return field.split(" ").includes(value);
  const [, sign, bound] = /^([<>]=)([\d.]+)$/.exec(field) ?? [];
  if (sign !== undefined) return sign === "<=" ? value <= Number(bound) : value >= Number(bound);
  const [from, to] = field.split("-").map(Number);
  return field !== "-" && value >= (from ?? 0) && value <= (to ?? 0);
}

const range = (from: number, to: number, parts = 1) =>
  Array.from({ length: (to - from) * parts + 1 }, (_, index) => (from * parts + index) / parts);

describe("NEWS2 equals the printed chart", () => {
  test.each<[string, keyof Vitals, readonly number[], Vitals]>([
    ["Respiration rate", "respiratoryRate", range(0, 120), {}],
    ["SpO2 scale 1", "spo2", range(0, 100), {}],
    ["SpO2 scale 2 air", "spo2", range(0, 100), { hypercapnic: true, onOxygen: false }],
    ["SpO2 scale 2 oxygen", "spo2", range(0, 100), { hypercapnic: true, onOxygen: true }],
    ["Systolic pressure", "systolicBp", range(0, 300), {}],
    ["Pulse", "heartRate", range(0, 300), {}],
    ["Temperature", "temperature", range(20, 45, 10), {}],
  ])("%s, each value", (name, vital, values, more) => {
    for (const value of values) {
      const points = scoreOf(NEWS2_SCORE, of({ ...more, [vital]: value }))?.points[vital];
      expect(points, `${name} ${value}`).toBe(charted(name, value));
    }
  });

  test("oxygen and consciousness", () => {
    const points = (vitals: Vitals) => scoreOf(NEWS2_SCORE, of(vitals))?.points;
    expect(points({ onOxygen: true })?.oxygen).toBe(charted("Air or oxygen", "oxygen"));
    expect(points({ onOxygen: false })?.oxygen).toBe(charted("Air or oxygen", "air"));
    for (const avpu of ["A", "C", "V", "P", "U"] as const) {
      expect(points({ avpu })?.consciousness).toBe(charted("Consciousness", avpu));
    }
    expect(points({ gcs: 15 })?.consciousness).toBe(0);
    expect(points({ gcs: 14 })?.consciousness).toBe(3);
  });

  test("the total is the sum of the columns, for each pair of a pulse and a pressure", () => {
    for (const heartRate of range(30, 140, 1).filter((it) => it % 7 === 0)) {
      for (const systolicBp of range(80, 230, 1).filter((it) => it % 9 === 0)) {
        const total = scoreOf(NEWS2_SCORE, of({ heartRate, systolicBp, temperature: 39.1 }))?.total;
        expect(total).toBe(
          charted("Pulse", heartRate) +
            charted("Systolic pressure", systolicBp) +
            charted("Temperature", 39.1),
        );
      }
    }
  });
});

test("levels of risk, as in chart 2", () => {
  const level = (vitals: Vitals) => applyRules(TRIAGE_SCALES.news2, of(vitals)).level;
  expect(level(WELL)).toBe(4);
  expect(level({ ...WELL, heartRate: 135 })).toBe(3);
  expect(level({ ...WELL, heartRate: 115, systolicBp: 95, temperature: 38.5 })).toBe(2);
  expect(level({ ...WELL, heartRate: 135, systolicBp: 85, spo2: 95 })).toBe(1);
});

test("is not computed under 16 years or in pregnancy", () => {
  expect(scoreOf(NEWS2_SCORE, of({ heartRate: 140 }, 15.9))).toBeUndefined();
  expect(scoreOf(NEWS2_SCORE, { ...of({ heartRate: 140 }, 30), pregnant: true })).toBeUndefined();
});

describe("what is not measured", () => {
  const answer = JSON.stringify({ reasons: ["minor"], redFlags: [], questions: [], level: 4 });
  const triage = (input: TriageCase) =>
    MedGemma.fromEngine(new FakeEngine({ answer })).triage(input, { scale: "news2" });

  test.each<[string, TriageCase]>([
    ["no vital signs", { age: 54, complaint: "rash" }],
    ["an empty list of them", of({})],
    ["oxygen that is given alone", of({ onOxygen: true })],
    ["a pressure without its systolic value", of({ diastolicBp: 80 })],
    ["a prescribed saturation alone", of({ hypercapnic: true })],
  ])("%s is refused, and no low risk", async (_name, input) => {
    const error = await rejection(triage(input));
    expect(error).toMatchObject({ code: "bad_option", facts: { option: "vitals", scale: "news2" } });
    expect(error.message).toContain("none was measured");
    expect(applyRules(TRIAGE_SCALES.news2, input).level).toBeUndefined();
    expect(applyRules(TRIAGE_SCALES.esi, input).level).toBeUndefined();
  });

  test("a part makes a lower bound, which is told", async () => {
    const result = await triage(of({ heartRate: 70 }));
    expect(result.rules.score).toMatchObject({
      total: 0,
      atLeast: true,
      missing: ["respiratoryRate", "spo2", "systolicBp", "consciousness", "temperature"],
    });
    expect(result).toMatchObject({ level: 4, atLeast: true });
    expect(result.reasons[0]).toBe("NEWS2 score at least 0");
    expect(result.warnings.join()).toMatch(/lower bound.*respiratory rate.*temperature/);
    const whole = await triage(of(WELL));
    expect(whole).toMatchObject({ level: 4, atLeast: false, warnings: [] });
    expect(whole.rules.score?.atLeast).toBe(false);
  });
});
