import type { TriageCase } from "./case.js";
import { applyLimits, NAMES, type RuleReport, toldIn } from "./limits.js";
import type { TriageScale } from "./scale.js";
import { checksOfWords } from "./spoken-vitals.js";
import { findSpoken } from "./words/find.js";
import { readVitals } from "./words/vitals.js";

/** All rules of a scale that the case meets. Pure: no model is asked. */
export function applyRules(scale: TriageScale, input: TriageCase): RuleReport {
  const { checks: measured, score } = applyLimits(scale, input);
  const told = toldIn(input);
  const checks = [...measured, ...checksOfWords(scale, input, readVitals(told), { checks: measured, score })];
  for (const { rule, words, level } of findSpoken(told, scale.words ?? [])) {
    checks.push({ rule: rule.id, finding: `The case says "${words}"`, level, source: rule.source });
  }
  checks.sort((a, b) => a.level - b.level);
  return { level: checks[0]?.level, checks, score };
}

/** What the rules could use and nobody has measured, as questions. */
export function missingQuestions(input: TriageCase): string[] {
  const { vitals = {}, age } = input;
  const questions = age === undefined ? ["How old is the patient?"] : [];
  for (const name of ["respiratoryRate", "spo2", "heartRate", "systolicBp", "temperature"] as const) {
    if (vitals[name] === undefined) questions.push(`${NAMES[name]}?`);
  }
  if (vitals.avpu === undefined && vitals.gcs === undefined)
    questions.push("Alert, confused, or responding to voice, pain or nothing?");
  if (vitals.spo2 !== undefined && vitals.onOxygen === undefined)
    questions.push("Was the saturation measured on air or on oxygen?");
  return questions;
}
