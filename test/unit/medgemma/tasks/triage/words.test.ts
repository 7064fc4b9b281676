import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { TRIAGE_SCALES } from "../../../../../src/index.js";
import { findSpoken } from "../../../../../src/medgemma/tasks/triage/words/find.js";

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
  readFileSync(new URL("../../../../fixtures/triage/words.json", import.meta.url), "utf8"),
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
  // How it began.
  "was fine until ",
  "well until sudden ",
  "elderly man falls and is ",
  "falls down the stairs, ",
  "falls off a horse, ",
  "walked normally, ",
  "not at baseline, ",
  "change from baseline: ",
  "baseline dementia, ",
  // A time of day.
  "at 2015 ",
  "since 1945: ",
  "um 2010 Uhr ",
  "a las 2010 ",
  // Where, and what else.
  "found in car ",
  "pulled out of the car, ",
  "im Auto ",
  "clutched his arm and ",
  "arm pain and ",
  "unknown history ",
  // Others, animals and losses.
  "history: found and ",
  "lost his balance and ",
  "horse accident, ",
  "kicked by a cow, ",
  "her dog found her, ",
  "bystander reports ",
  "patient's wife was saying ",
  "his brother had called: ",
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
  " at 2000",
  " since 1945",
  " at 1945 hours",
  " um 2015",
  " a las 2010",
  " depuis 2010",
  ", baseline alert and oriented",
  " (baseline GCS 15)",
  " baseline epilepsy",
  " review asap",
  " check airway",
  " when his wife woke up",
  ". Wife is alert now",
  "; pupils are normal",
  ", never woke up",
];

test.each(STATES)("a clause of something else takes nothing away: %s", (state) => {
  for (const before of ["", ...BEFORE]) {
    for (const after of ["", ...AFTER])
      expect(levelOf(`${before}${state}${after}`), `${before}${state}${after}`).toBe(1);
  }
});

/** Make something else of any state. */
const HARMLESS_BEFORE = ["do not call until ", "wait until ", "usually ", "if ", "in case of "];
const HARMLESS_AFTER = [
  " in 2019",
  " in March 2010",
  " (2015)",
  " at baseline",
  ", at her baseline",
  " 3 years ago",
];

/** The words behind their longer forms are read as theirs. */
const SHORT = STATES.filter((it) => !/wake up|in progress|voice or pain/.test(it));

test.each(SHORT)("what makes something else of a state still does: %s", (state) => {
  for (const text of [
    ...HARMLESS_BEFORE.map((it) => `${it}${state}`),
    ...HARMLESS_AFTER.map((it) => `${state}${it}`),
  ])
    expect(levelOf(text), text).toBeNull();
});

const MEASURES = ["CPR", "chest compressions", "rescue breaths", "mouth to mouth", "Herzdruckmassage", "RCP"];
const DOERS = [
  "patient's wife was performing",
  "patient collapsed, bystander",
  "patient's wife",
  "his brother had started",
  "her mother is giving",
  "my husband did",
  "seine Frau begann",
  "su esposa le hizo",
  "sa femme a fait",
  "other driver was doing",
];
const RECEIVERS = [
  "her father received",
  "his mother got",
  "brother needed",
  "her husband was given",
  "sa mère a eu",
];

test.each(MEASURES)("who does %s is not who gets it", (measure) => {
  for (const doer of DOERS) expect(levelOf(`${doer} ${measure}`), `${doer} ${measure}`).toBe(1);
  for (const receiver of RECEIVERS)
    expect(levelOf(`${receiver} ${measure}, patient is anxious`), `${receiver} ${measure}`).toBeNull();
});

test.each([
  "family unable to wake him",
  "parents can't wake the child",
  "patient's wife could not feel a pulse",
  "Patient's husband was unable to rouse her",
])("who could not do it is not who is so: %s", (text) => {
  expect(levelOf(text)).toBe(1);
});

const FALLS: readonly (readonly [string, number | null])[] = [
  ["elderly man falls unconscious", 1],
  ["falls down unresponsive", 1],
  ["falls unconscious at home", 1],
  ["falls bewusstlos 112 rufen", null],
  ["Wunde versorgt, falls Atemstillstand sofort melden", null],
  ["falls er nicht mehr atmet", null],
];
test.each(FALLS)("%s: level %s", (text, level) => {
  expect(levelOf(text)).toBe(level);
});

test.each(["pulseless", "unconscious", "lifeless", "not responding", "no pulse"])(
  "where the patient is, or what hurts, is not what is spoken of: %s",
  (state) => {
    for (const where of [
      "found in car",
      "pulled out of car",
      "beside his phone",
      "clutched his arm and is",
      "arm pain and",
    ])
      expect(levelOf(`${where} ${state}`), `${where} ${state}`).toBe(1);
  },
);

test("only the next of a list is denied over a comma, of what is not asked for in lists", () => {
  expect(levelOf("no trauma, cardiac arrest, drugs or heart")).toBe(1);
  expect(levelOf("sin trauma, paro cardíaco, drogas o infarto")).toBe(1);
  expect(levelOf("no trauma, cardiac arrest or drugs")).toBeNull();
  expect(levelOf("no fever, apnea, cough or vomiting")).toBeNull();
  expect(levelOf("denies trauma, cardiac arrest, drugs or heart problems")).toBeNull();
});

test.each<[string, number]>([
  ["He was not breathing when she woke up", 1],
  ["was unconscious; his wife is alert now", 1],
  ["was unconscious. Pupils are normal", 1],
  ["was unresponsive and never woke up", 1],
  ["was unresponsive, not back to baseline", 1],
  ["she was unconscious. She is awake now", 2],
  ["was unresponsive, wife says he is awake now", 2],
  ["was unconscious until he woke up in the ambulance", 2],
])("whose recovery it is: %s", (text, level) => {
  expect(levelOf(text)).toBe(level);
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

test("the decision point that a concept names is the one of its level", () => {
  for (const { id, level, source } of rules)
    expect(source, id).toContain(level === 1 ? "decision point A" : "decision point B");
});
