import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { TRIAGE_SCALES, type TriageCase, type Vitals } from "../../../../../src/index.js";
import { applyLimits } from "../../../../../src/medgemma/tasks/triage/limits.js";
import { applyRules } from "../../../../../src/medgemma/tasks/triage/rules.js";
import { contradictingWords } from "../../../../../src/medgemma/tasks/triage/spoken-vitals.js";
import { readVitals } from "../../../../../src/medgemma/tasks/triage/words/vitals.js";

interface Case {
  readonly text: string;
  /** That a grown-up with these words has by ESI's rules; null for none. */
  readonly level: number | null;
}

const { esi, news2 } = TRIAGE_SCALES;
const cases = JSON.parse(
  readFileSync(new URL("../../../../fixtures/triage/vitals.json", import.meta.url), "utf8"),
) as Case[];
const of = (complaint: string, vitals: Vitals = {}, age = 54): TriageCase => ({ age, complaint, vitals });
const valuesIn = (text: string) =>
  Object.fromEntries(readVitals([text], 2026).map(({ vital, value }) => [vital, value]));

test.each(cases)("$text: level $level", ({ text, level }) => {
  expect(applyRules(esi, of(text)).level ?? null).toBe(level);
});

test.each<[string, Record<string, number>]>([
  [
    "BP 60/30, HR: 180, RR 6/min, SpO2 78 %, T 34,1",
    { systolicBp: 60, diastolicBp: 30, heartRate: 180, respiratoryRate: 6, spo2: 78, temperature: 34.1 },
  ],
  [
    "RR 130/80, AF 14, Puls 72, Sättigung 97 %",
    { systolicBp: 130, diastolicBp: 80, respiratoryRate: 14, heartRate: 72, spo2: 97 },
  ],
  [
    "TA 12/8, FC 80, FR 16, saturation 98 %",
    { systolicBp: 120, diastolicBp: 80, heartRate: 80, respiratoryRate: 16, spo2: 98 },
  ],
  [
    "PA 110/70, FC de 88, FR 16, saturación de oxígeno 97%",
    { systolicBp: 110, diastolicBp: 70, heartRate: 88, respiratoryRate: 16, spo2: 97 },
  ],
  ["temp 98.6 F", { temperature: 37 }],
  ["sats 78-82%", { spo2: 80 }],
  ["HR in the 140s", { heartRate: 145 }],
  ["HR 900, SpO2 130 %, temp 60", {}],
])("numbers of %s", (text, vitals) => {
  expect(valuesIn(text)).toEqual(vitals);
});

const SIGNS = ["sats 78%", "SpO2 of 78 %", "RR 6", "BP 60/30", "HR 30"];
const TOLD_BEFORE = [
  "",
  "maintaining ",
  "maintaining airway with ",
  "unable to maintain ",
  "heart sounds normal ",
  "normal sinus rhythm ",
  "limited exam ",
  "limited history ",
  "on maintenance fluids ",
  "goals of care discussed ",
  "keeps falling asleep, ",
  "alarm going off ",
  "well until ",
];
const TOLD_AFTER = [
  "",
  " at 2010",
  " since 1945",
  " at 1945 hours",
  ", baseline 95",
  " (baseline normal)",
  " review asap",
];
const DESIRED = [
  "target ",
  "keep ",
  "please maintain ",
  "aim for ",
  "goal is ",
  "titrate O2 to ",
  "alarm limit set to ",
  "his usual ",
  "normally ",
  "Ziel ",
  "objetivo ",
  "cible ",
];

test.each(SIGNS)("what was measured is told from what is wanted: %s", (sign) => {
  for (const before of TOLD_BEFORE) {
    for (const after of TOLD_AFTER)
      expect(
        applyRules(esi, of(`${before}${sign}${after}`)).level ?? 9,
        `${before}${sign}${after}`,
      ).toBeLessThanOrEqual(2);
  }
  for (const before of DESIRED)
    expect(applyRules(esi, of(`${before}${sign}`)).level, `${before}${sign}`).toBeUndefined();
});

describe("numbers of words", () => {
  test("are said to be read from words", () => {
    const [first] = applyRules(esi, of("cough", {}, 54)).checks;
    expect(first).toBeUndefined();
    expect(applyRules(esi, of("cough, sats 82% on air")).checks[0]).toMatchObject({
      rule: "esi-spo2-90",
      finding: 'Oxygen saturation 82 (below 90), read from the words "sats 82%"',
      words: "sats 82%",
      level: 1,
    });
  });

  test("count by age, and in symptoms", () => {
    expect(applyRules(esi, of("HR 150", {}, 0.5)).level).toBeUndefined();
    expect(applyRules(esi, of("HR 150", {}, 20)).level).toBe(2);
    expect(applyRules(esi, { ...of("cough"), symptoms: ["tired", "SpO2 78 %"] }).level).toBe(1);
    expect(applyRules(esi, { ...of("cough"), history: ["SpO2 78 %"] }).level).toBeUndefined();
  });

  test("do not count where the sign was given, and are asked about", () => {
    const both = of("SpO2 78 %, HR 80", { spo2: 97, heartRate: 80 });
    expect(applyRules(esi, both).level).toBeUndefined();
    expect(contradictingWords(esi, both)).toEqual([
      'The words say "spo2 78 %", but the oxygen saturation given is 97: which is right?',
    ]);
    expect(contradictingWords(esi, of("SpO2 99 %", { spo2: 78 }))).toEqual([]);
  });

  test("of several the most urgent counts", () => {
    expect(applyRules(esi, of("sats 96%, then sats 78%")).level).toBe(1);
    expect(applyRules(esi, of("sats 78%, then sats 96%")).level).toBe(1);
  });

  test("never lower a level, and add to the score that was measured", () => {
    const given: Vitals = { heartRate: 125, systolicBp: 105, temperature: 38.5 };
    for (const { text } of cases) {
      const alone = Math.min(9, ...applyLimits(esi, of("x", given)).checks.map((it) => it.level));
      expect(applyRules(esi, of(text, given)).level ?? 9, text).toBeLessThanOrEqual(alone);
      const scored = applyRules(news2, of("x", given)).level ?? 9;
      expect(applyRules(news2, of(text, given)).level ?? 9, text).toBeLessThanOrEqual(scored);
    }
    // 2 + 1 + 1 points, and 3 for the breaths.
    expect(applyRules(news2, of("x", given)).level).toBe(4);
    expect(applyRules(news2, of("RR 28", given)).level).toBe(1);
  });

  test("are no measurement for a scale that decides by its score", () => {
    expect(applyRules(news2, of("SpO2 97 %, RR 6")).level).toBeUndefined();
  });
});

test("a text of megabytes is read in time by its length", () => {
  expect(valuesIn(`${"HR 80 - 120/80, sats in the low , of at : ".repeat(30_000)} SpO2 78 %`).spo2).toBe(78);
});
