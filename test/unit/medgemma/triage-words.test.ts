import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { TRIAGE_SCALES } from "../../../src/index.js";
import { findSpoken } from "../../../src/medgemma/triage/words/find.js";

interface Case {
  readonly text: string;
  /** That words must raise at least; null for none. */
  readonly level: number | null;
  readonly group?: string;
  /** Known, and not mended. */
  readonly unmet?: boolean;
}

const rules = TRIAGE_SCALES.esi.words ?? [];
const levelOf = (...told: string[]) => {
  const levels = findSpoken(told, rules, 2026).map((it) => it.level);
  return levels.length === 0 ? null : Math.min(...levels);
};
const cases = JSON.parse(
  readFileSync(new URL("../../fixtures/triage/words.json", import.meta.url), "utf8"),
) as Case[];
const met = cases.filter((it) => !it.unmet);

describe("words of the complaint", () => {
  test.each(met.filter((it) => it.level !== null))("$text: at least level $level", ({ text, level }) => {
    expect(levelOf(text) ?? 9).toBeLessThanOrEqual(level ?? 0);
  });

  test.each(met.filter((it) => it.level === null))("$text: nothing", ({ text }) => {
    expect(levelOf(text)).toBeNull();
  });

  test("what is over, hours or a day ago, is level 2", () => {
    expect(levelOf("was unconscious for two minutes after the fall, awake now")).toBe(2);
    expect(levelOf("was unconscious for two minutes after the fall, still unconscious")).toBe(1);
  });

  test("a year that has not ended is not past", () => {
    expect(findSpoken(["cardiac arrest in 2026"], rules, 2026)).toHaveLength(1);
    expect(findSpoken(["cardiac arrest in 2026"], rules, 2027)).toHaveLength(0);
  });

  test("each of several texts is read", () => {
    expect(levelOf("cough", "unresponsive")).toBe(1);
    expect(levelOf("no", "unresponsive")).toBe(1);
  });
});

const STATES = [
  "unresponsive",
  "unconscious",
  "he is not breathing",
  "cardiac arrest",
  "no pulse",
  "won't wake up",
  "CPR in progress",
  "apneic",
  "does not respond to voice or pain",
  "bewusstlos",
  "no respira",
  "ne respire pas",
];
/** None of them is of the state that follows, or stands before. */
const BEFORE = [
  "no known allergies, ",
  "history of asthma, ",
  "denies drug use, ",
  "no fever or cough, ",
  "father had a stroke, ",
  "PMH: DM, HTN. ",
  "had MI 3 years ago, now ",
  "stroke in 2019, ",
  "wife says ",
  "found by his mother ",
  "no trauma; ",
  "never smoked, ",
  "afraid of hospitals, ",
  "if needed call wife: ",
  "no LOC initially, then ",
  "broken leg, ",
  "dog bite, ",
  "after CPR course last year, ",
  "normally healthy, ",
  "no improvement with oxygen, ",
  "asks for help, ",
];
const AFTER = [
  ", hx of cardiac arrest 2015",
  ", father died of MI",
  ", no allergies",
  ", denies trauma per wife",
  ", last year had MI",
  ", PMH: asthma",
  ", no fever or cough",
  ", normal yesterday",
  " (witnessed by wife)",
  " since 10 minutes",
];

test.each(STATES)("a clause of something else takes nothing away: %s", (state) => {
  for (const before of ["", ...BEFORE]) {
    for (const after of ["", ...AFTER])
      expect(levelOf(`${before}${state}${after}`), `${before}${state}${after}`).toBe(1);
  }
});

test.each(STATES)("form does not matter: %s", (state) => {
  const forms = [
    state.toUpperCase(),
    state.replaceAll(" ", "\n"),
    state.replaceAll(" ", "  \t"),
    state.replaceAll(" ", "\u00a0"),
    state.replaceAll("'", "\u2019"),
    state.normalize("NFD"),
    `\ufeff${state}.`,
    `"${state}"`,
    `(${state})`,
    [...state].join("\u00ad"),
    [...state].map((it) => (/[a-z]/.test(it) ? String.fromCharCode(it.charCodeAt(0) + 0xfee0) : it)).join(""),
  ];
  for (const form of forms) expect(levelOf(form), JSON.stringify(form)).toBe(1);
});

test("a text of megabytes is read in time by its length", () => {
  expect(levelOf(`${"no fever, cough or apnoea, ".repeat(40_000)}. unresponsive`)).toBe(1);
});

test("every concept names its source, and has its own words", () => {
  for (const { id, pattern, source } of rules) {
    expect(source, id).toContain("AHRQ");
    expect(pattern.flags).toContain("g");
  }
});
