import { describe, expect, test } from "vitest";
import { TRIAGE_SCALES, type TriageCase, type Vitals } from "../../../../../src/index.js";
import { applyRules } from "../../../../../src/medgemma/tasks/triage/rules.js";

const esi = (age: number, vitals: Vitals, more: Partial<TriageCase> = {}) =>
  applyRules(TRIAGE_SCALES.esi, { age, complaint: "rash", vitals, ...more }).level;

/** The tables are copied from the publications again here, in another form. */
describe("children", () => {
  // PALS: 60 to 28 days, 70 to a year, 70 + 2 x age, 90 from ten.
  test.each([
    [0.05, 60],
    [0.5, 70],
    [1, 72],
    [1.9, 72],
    [4, 78],
    [5.5, 80],
    [9, 88],
    [10, 90],
    [15.9, 90],
  ])("at %d years a systolic pressure below %d is level 2", (age, limit) => {
    expect(esi(age, { systolicBp: limit - 1 })).toBe(2);
    expect(esi(age, { systolicBp: limit })).toBeUndefined();
  });

  // Bedside PEWS, 4 points; NICE: below 60 up to 11 years.
  test.each([
    [0.1, "heartRate", 80],
    [0.5, "heartRate", 70],
    [3, "heartRate", 60],
    [8, "heartRate", 59],
    [13, "heartRate", 40],
    [0.1, "respiratoryRate", 15],
    [0.9, "respiratoryRate", 15],
    [2, "respiratoryRate", 12],
    [7, "respiratoryRate", 10],
    [14, "respiratoryRate", 9],
  ] as const)("at %d years %s of %d is level 2, and one more is not", (age, vital, most) => {
    expect(esi(age, { [vital]: most })).toBe(2);
    expect(esi(age, { [vital]: most + 1 })).toBeUndefined();
  });

  test.each([
    [0.1, 36.5],
    [2, 36],
    [4.9, 36],
    [5, 35],
    [15, 35],
  ])("at %d years a temperature below %d is level 2", (age, limit) => {
    expect(esi(age, { temperature: limit - 0.1 })).toBe(2);
    expect(esi(age, { temperature: limit })).toBeUndefined();
  });

  test("there is no age from birth to 18 at which a pressure of 60, 6 breaths or 34 degrees count for nothing", () => {
    for (let months = 1; months < 216; months++) {
      for (const vitals of [
        { systolicBp: 59 },
        { respiratoryRate: 6 },
        { temperature: 34 },
        { heartRate: 38 },
      ]) {
        expect(esi(months / 12, vitals), `${months} months ${JSON.stringify(vitals)}`).toBe(2);
      }
      const ordinary = { systolicBp: 110, temperature: 37, spo2: 98 };
      expect(esi(months / 12, ordinary)).toBeUndefined();
    }
  });
});

describe("pregnancy", () => {
  test.each<[Vitals, Vitals]>([
    [{ systolicBp: 89 }, { systolicBp: 90 }],
    [{ systolicBp: 161 }, { systolicBp: 160 }],
    [{ diastolicBp: 101 }, { diastolicBp: 100 }],
    [{ heartRate: 49 }, { heartRate: 50 }],
    [{ respiratoryRate: 9 }, { respiratoryRate: 10 }],
    [{ spo2: 94 }, { spo2: 95 }],
    [{ temperature: 35.9 }, { temperature: 36 }],
    [{ temperature: 38.1 }, { temperature: 38 }],
  ])("%j is level 2, and %j is not", (beyond, within) => {
    expect(esi(30, beyond, { pregnant: true })).toBe(2);
    expect(esi(30, within, { pregnant: true })).toBeUndefined();
  });

  test("a pressure of 60, 6 breaths and 34 degrees count, at any age or none", () => {
    for (const vitals of [{ systolicBp: 60 }, { respiratoryRate: 6 }, { temperature: 34 }]) {
      for (const age of [14, 18, 30, 45]) expect(esi(age, vitals, { pregnant: true })).toBe(2);
      const input = { complaint: "rash", vitals, pregnant: true };
      expect(applyRules(TRIAGE_SCALES.esi, input).level).toBe(2);
    }
  });

  test("the limits of pregnancy are nobody else's, and say so", () => {
    expect(esi(30, { systolicBp: 165, diastolicBp: 104 })).toBeUndefined();
    const input = { age: 30, complaint: "rash", vitals: { systolicBp: 165 }, pregnant: true };
    expect(applyRules(TRIAGE_SCALES.esi, input).checks[0]).toMatchObject({
      finding: "Systolic pressure 165 (above 160, in pregnancy)",
      source: expect.stringContaining("maternal early warning criteria"),
    });
  });
});
