import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { MedGemmaError, TRIAGE_SCALES, type TriageCase, type Vitals } from "../../../../../src/index.js";
import { checkCase, contradictions } from "../../../../../src/medgemma/tasks/triage/case.js";
import { applyRules } from "../../../../../src/medgemma/tasks/triage/rules.js";

const of = (age: number, vitals: Vitals, complaint = "rash"): TriageCase => ({ age, complaint, vitals });
const esi = (input: TriageCase) => applyRules(TRIAGE_SCALES.esi, input).level;

/** As a rule cites them, and as the page of the docs does. */
const PUBLICATIONS = [
  ["AHRQ Publication No. 12-0014", "AHRQ Publication No. 12-0014"],
  ["ESI handbook version 4, table 6-3", "ESI handbook, table 6-3"],
  ["this package:", "this package's own rule"],
  ["Royal College of Physicians.", "Royal College of Physicians, National Early Warning Score (NEWS) 2"],
  ["Pediatric Advanced Life Support", "Pediatric Advanced Life Support"],
  ["Crit Care 2009;13:R135", "Crit Care 2009;13:R135"],
  ["NG51", "NICE NG51"],
  ["Obstet Gynecol 2014;124:782", "Obstet Gynecol 2014;124:782"],
  ["Am J Obstet Gynecol 2016;214:527", "Am J Obstet Gynecol 2016;214:527"],
] as const;

/** Handbook of version 4, algorithm: danger zone vitals. Each limit from both sides. */
describe("ESI", () => {
  test.each([
    [0.1, "heartRate", 180, 181],
    [1, "heartRate", 160, 161],
    [5, "heartRate", 140, 141],
    [8, "heartRate", 140, 141],
    [8.1, "heartRate", 100, 101],
    [9, "heartRate", 100, 101],
    [54, "heartRate", 100, 101],
    [0.1, "respiratoryRate", 50, 51],
    [2.9, "respiratoryRate", 40, 41],
    [8, "respiratoryRate", 30, 31],
    [9, "respiratoryRate", 20, 21],
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
    ["nothing measured", 54, {}, undefined],
  ])("%s", (_name, age, vitals, level) => {
    expect(esi(of(age, vitals))).toBe(level);
  });

  test("limits of grown-ups count when the age is unknown", () => {
    expect(esi({ complaint: "rash", vitals: { heartRate: 101 } })).toBe(2);
  });

  test("every rule has a level of the scale, and a source that docs/tasks/triage.md names", () => {
    const page = readFileSync(new URL("../../../../../docs/tasks/triage.md", import.meta.url), "utf8");
    for (const scale of Object.values(TRIAGE_SCALES)) {
      for (const { level, source } of [
        ...scale.rules,
        ...(scale.words ?? []),
        ...(scale.score?.levels ?? []),
      ]) {
        expect(scale.levels.map((it) => it.level)).toContain(level);
        expect(
          PUBLICATIONS.filter(([inCode, inDocs]) => source.includes(inCode) && page.includes(inDocs)),
          source,
        ).toHaveLength(1);
      }
    }
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
