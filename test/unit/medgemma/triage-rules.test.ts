import { describe, expect, test } from "vitest";
import { MedGemmaError, TRIAGE_SCALES, type TriageCase, type Vitals } from "../../../src/index.js";
import { checkCase, contradictions } from "../../../src/medgemma/triage/case.js";
import { applyRules, scoreOf } from "../../../src/medgemma/triage/rules.js";
import { NEWS2_SCORE } from "../../../src/medgemma/triage-scales/news2.js";

const of = (age: number, vitals: Vitals, complaint = "rash"): TriageCase => ({ age, complaint, vitals });
const esi = (input: TriageCase) => applyRules(TRIAGE_SCALES.esi, input).level;

/** Handbook of version 4, algorithm: danger zone vitals. Each limit from both sides. */
describe("ESI", () => {
  test.each([
    [0.1, "heartRate", 180, 181],
    [1, "heartRate", 160, 161],
    [5, "heartRate", 140, 141],
    [8, "heartRate", 100, 101],
    [54, "heartRate", 100, 101],
    [0.1, "respiratoryRate", 50, 51],
    [2.9, "respiratoryRate", 40, 41],
    [7.9, "respiratoryRate", 30, 31],
    [54, "respiratoryRate", 20, 21],
    [5, "spo2", 92, 91],
  ] as const)("at %d years %s %d is not in the danger zone and %d is", (age, vital, within, beyond) => {
    expect(esi(of(age, { [vital]: within }))).toBeUndefined();
    expect(esi(of(age, { [vital]: beyond }))).toBe(2);
  });

  test.each<[string, number, Vitals, number | undefined]>([
    ["saturation below 90", 54, { spo2: 89 }, 1],
    ["no pulse", 54, { heartRate: 0 }, 1],
    ["no breath", 54, { respiratoryRate: 0 }, 1],
    ["responds to pain only", 54, { avpu: "P" }, 1],
    ["coma scale of 8", 54, { gcs: 8 }, 1],
    ["newly confused", 54, { avpu: "C" }, 2],
    ["coma scale of 14", 54, { gcs: 14 }, 2],
    ["alert", 54, { avpu: "A", gcs: 15 }, undefined],
    ["fever at 20 days", 20 / 365, { temperature: 38.1 }, 2],
    ["fever at 2 months", 2 / 12, { temperature: 38.1 }, 2],
    ["fever of 39.1 at 2 years", 2, { temperature: 39.1 }, 3],
    ["fever of 38.5 at 2 years", 2, { temperature: 38.5 }, undefined],
    ["shock, which ESI has no limit for", 54, { systolicBp: 85, heartRate: 95 }, 2],
    ["a slow heart", 54, { heartRate: 38 }, 2],
    ["a child's pressure is not scored", 5, { systolicBp: 85 }, undefined],
    ["nothing measured", 54, {}, undefined],
  ])("%s", (_name, age, vitals, level) => {
    expect(esi(of(age, vitals))).toBe(level);
  });

  test("limits of grown-ups count when the age is unknown", () => {
    expect(esi({ complaint: "rash", vitals: { heartRate: 101 } })).toBe(2);
  });

  test.each([
    ["cardiac arrest", 1],
    ["found unresponsive at home", 1],
    ["no cardiac arrest", undefined],
    ["patient denies any severe respiratory distress", undefined],
    ["history of cardiac arrest", undefined],
    ["no cardiac arrest. Unresponsive.", 1],
    ["history of cardiac arrest 2010. Found unresponsive.", 1],
    ["no unresponsive episodes; then cardiac arrest", 1],
    ["prior unresponsive, now again unresponsive", 1],
    ["no trauma unresponsive", 1],
    ["history of cardiac arrest, now not breathing", 1],
    ["brought in after cardiac arrest", 1],
    ["without warning cardiac arrest", 1],
    ["found unconscious", 1],
    ["not responding", 1],
    ["rash not responding to treatment", undefined],
    ["unresponsive", 1],
    ["unresponsive to voice", 1],
    ["cough unresponsive to treatment", undefined],
    ["rash unresponsive to therapy", undefined],
    ["pain unresponsive to medication", undefined],
    ["cystitis unresponsive to antibiotics", undefined],
    ["headache unresponsive to painkillers", undefined],
    ["cough unresponsive to antibiotics, found unresponsive", 1],
    ["apnoea in an infant", 1],
    ["sleep apnea, wants a new mask", undefined],
    ["no further episodes of apnoea", undefined],
    ["no previous cardiac arrest", undefined],
    ["I can't breathe", 2],
    ["I can\u2019t breath", 2],
    ["I can not breathe", 2],
    ["I couldn't breathe", 2],
    ["I couldn\u2019t breathe", 2],
    ["she could not breathe", 2],
    ["he is not able to breathe", 2],
    ["could not breathe through his nose", undefined],
    ["cannot breathe through my nose", undefined],
    ["sore throat", undefined],
  ])("the complaint %s", (complaint, level) => {
    expect(esi(of(54, {}, complaint))).toBe(level);
  });

  test("every rule names its source and a level of the scale", () => {
    for (const scale of Object.values(TRIAGE_SCALES)) {
      for (const { level, source } of [
        ...scale.rules,
        ...(scale.words ?? []),
        ...(scale.score?.levels ?? []),
      ]) {
        expect(scale.levels.map((it) => it.level)).toContain(level);
        expect(source.length).toBeGreaterThan(20);
      }
    }
  });
});

/** Chart 1 of the Royal College of Physicians' report of 2017, band by band. */
describe("NEWS2", () => {
  test.each<[keyof Vitals, readonly (readonly [number, number])[]]>([
    [
      "respiratoryRate",
      [
        [8, 3],
        [9, 1],
        [11, 1],
        [12, 0],
        [20, 0],
        [21, 2],
        [24, 2],
        [25, 3],
      ],
    ],
    [
      "spo2",
      [
        [91, 3],
        [92, 2],
        [93, 2],
        [94, 1],
        [95, 1],
        [96, 0],
        [100, 0],
      ],
    ],
    [
      "systolicBp",
      [
        [90, 3],
        [91, 2],
        [100, 2],
        [101, 1],
        [110, 1],
        [111, 0],
        [219, 0],
        [220, 3],
      ],
    ],
    [
      "heartRate",
      [
        [40, 3],
        [41, 1],
        [50, 1],
        [51, 0],
        [90, 0],
        [91, 1],
        [110, 1],
        [111, 2],
        [130, 2],
        [131, 3],
      ],
    ],
    [
      "temperature",
      [
        [35, 3],
        [35.1, 1],
        [36, 1],
        [36.1, 0],
        [38, 0],
        [38.1, 1],
        [39, 1],
        [39.1, 2],
      ],
    ],
    [
      "gcs",
      [
        [15, 0],
        [14, 3],
      ],
    ],
  ])("points of %s", (vital, values) => {
    for (const [value, points] of values) {
      expect(scoreOf(NEWS2_SCORE, of(54, { [vital]: value }))?.total, `${vital} ${value}`).toBe(points);
    }
  });

  test("points of oxygen, consciousness and the second saturation scale", () => {
    const total = (vitals: Vitals) => scoreOf(NEWS2_SCORE, of(54, vitals))?.total;
    expect(total({ onOxygen: true })).toBe(2);
    for (const avpu of ["C", "V", "P", "U"] as const) expect(total({ avpu })).toBe(3);
    expect(total({ avpu: "A" })).toBe(0);
    const scale2 = (spo2: number, onOxygen = false) =>
      (total({ spo2, onOxygen, hypercapnic: true }) ?? 0) - (onOxygen ? 2 : 0);
    expect([83, 84, 85, 86, 87, 88, 92, 93, 100].map((it) => scale2(it))).toEqual([
      3, 2, 2, 1, 1, 0, 0, 0, 0,
    ]);
    expect([83, 87, 88, 92, 93, 94, 95, 96, 97].map((it) => scale2(it, true))).toEqual([
      3, 1, 0, 0, 1, 1, 2, 2, 3,
    ]);
  });

  test("levels of risk, and what is missing", () => {
    const level = (vitals: Vitals) => applyRules(TRIAGE_SCALES.news2, of(54, vitals)).level;
    const well: Vitals = {
      respiratoryRate: 15,
      spo2: 98,
      systolicBp: 120,
      heartRate: 70,
      temperature: 37,
      avpu: "A",
    };
    expect(level(well)).toBe(4);
    expect(level({ ...well, heartRate: 135 })).toBe(3);
    expect(level({ ...well, heartRate: 115, systolicBp: 95, temperature: 38.5 })).toBe(2);
    expect(level({ ...well, heartRate: 135, systolicBp: 85, spo2: 95 })).toBe(1);
    const { score } = applyRules(TRIAGE_SCALES.news2, of(54, { heartRate: 70 }));
    expect(score?.missing).toEqual(["respiratoryRate", "spo2", "systolicBp", "consciousness", "temperature"]);
  });

  test("is not computed under 16 years or in pregnancy", () => {
    expect(scoreOf(NEWS2_SCORE, of(15.9, { heartRate: 140 }))).toBeUndefined();
    expect(scoreOf(NEWS2_SCORE, { ...of(30, { heartRate: 140 }), pregnant: true })).toBeUndefined();
  });
});

describe("values that no patient has", () => {
  test.each<[string, unknown]>([
    ["a heart rate of 900", of(54, { heartRate: 900 })],
    ["a saturation of 130 %", of(54, { spo2: 130 })],
    ["a saturation below 0", of(54, { spo2: -1 })],
    ["a saturation as a share of one", of(54, { spo2: 0.97 })],
    ["Fahrenheit", of(54, { temperature: 98.6 })],
    ["half a coma scale", of(54, { gcs: 7.5 })],
    ["no number", of(54, { heartRate: Number.NaN })],
    ["a number as text", of(54, { heartRate: "90" as never })],
    ["an age of 200", of(200, {})],
    ["an unknown vital sign", of(54, { pulse: 80 } as never)],
    ["an unknown letter", of(54, { avpu: "X" as never })],
    ["no complaint", { age: 3 }],
    ["an empty complaint", { complaint: "  " }],
    ["no object", "chest pain"],
  ])("are refused: %s", (_name, input) => {
    let code: string | undefined;
    try {
      checkCase(input as TriageCase);
    } catch (error) {
      if (MedGemmaError.isInstance(error)) code = error.code;
    }
    expect(code).toBe("bad_option");
  });
});

test.each<[Vitals, RegExp]>([
  [{ systolicBp: 80, diastolicBp: 120 }, /not above diastolic/],
  [{ avpu: "A", gcs: 4 }, /coma scale of 4/],
  [{ avpu: "U", gcs: 15 }, /coma scale of 15/],
  [{ heartRate: 0, avpu: "A" }, /heart rate of 0/],
  [{ heartRate: 1, avpu: "A" }, /heart rate of 1 /],
  [{ temperature: 22, gcs: 15 }, /temperature of 22/],
  [{ respiratoryRate: 0, gcs: 15 }, /respiratory rate of 0/],
  [{ spo2: 20, avpu: "A" }, /saturation of 20/],
])("values that do not go together become questions: %j", (vitals, words) => {
  expect(() => checkCase(of(54, vitals))).not.toThrow();
  expect(contradictions(vitals)).toHaveLength(1);
  expect(contradictions(vitals)[0]).toMatch(words);
});
