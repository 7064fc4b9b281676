import type { ScoreParameter, TriageScale, VitalRule, VitalScore } from "../triage-scales/scale.js";
import type { TriageCase, Vitals } from "./case.js";
import { findSpoken } from "./spoken.js";

/** A limit that the case is beyond. */
export interface RuleCheck {
  /** The rule's id in the scale. */
  readonly rule: string;
  /** What was found, in words. */
  readonly finding: string;
  /** The case is at least as urgent as this. */
  readonly level: number;
  /** Where the limit is published. */
  readonly source: string;
}

export interface ScoreReport {
  readonly id: string;
  readonly total: number;
  /** Points of each measured parameter. */
  readonly points: Readonly<Record<string, number>>;
  /** Not measured: the true total may be higher. */
  readonly missing: readonly string[];
  readonly source: string;
}

export interface RuleReport {
  /** The most urgent level that a rule asks for; undefined when none does. */
  readonly level: number | undefined;
  /** Most urgent first. */
  readonly checks: readonly RuleCheck[];
  /** Undefined where the score is not made for the patient. */
  readonly score: ScoreReport | undefined;
}

const NAMES: Readonly<Record<string, string>> = {
  heartRate: "Heart rate",
  respiratoryRate: "Respiratory rate",
  spo2: "Oxygen saturation",
  systolicBp: "Systolic pressure",
  diastolicBp: "Diastolic pressure",
  temperature: "Temperature",
  gcs: "Glasgow coma scale",
  avpu: "Consciousness (AVPU)",
};

/** All rules of a scale that the case meets. Pure: no model is asked. */
export function applyRules(scale: TriageScale, input: TriageCase): RuleReport {
  const { vitals = {} } = input;
  const checks: RuleCheck[] = scale.rules
    .filter((rule) => ofAge(rule, input.age) && holds(rule, vitals))
    .map((rule) => ({
      rule: rule.id,
      finding: describe(rule, vitals),
      level: rule.level,
      source: rule.source,
    }));
  const told = [input.complaint, ...[input.symptoms ?? []].flat()].join(". ");
  for (const { id, pattern, level, source } of scale.words ?? []) {
    const found = findSpoken(told, pattern);
    if (found !== undefined) checks.push({ rule: id, finding: `The case says "${found}"`, level, source });
  }
  const score = scale.score === undefined ? undefined : scoreOf(scale.score.score, input);
  if (score !== undefined) checks.push(...scoreChecks(scale, score));
  checks.sort((a, b) => a.level - b.level);
  return { level: checks[0]?.level, checks, score };
}

/** Who has no age counts as grown up: the limits for rates are then the lowest. */
function ofAge({ fromAge = 0, toAge = Number.POSITIVE_INFINITY }: VitalRule, age = 40): boolean {
  return age >= fromAge && age < toAge;
}

function holds({ vital, above, below, among }: VitalRule, vitals: Vitals): boolean {
  const value = vitals[vital];
  if (value === undefined) return false;
  if (typeof value === "string") return among?.includes(value) ?? false;
  return (above !== undefined && value > above) || (below !== undefined && value < below);
}

function describe({ vital, above, below }: VitalRule, vitals: Vitals): string {
  const limit = above !== undefined ? ` (above ${above})` : below !== undefined ? ` (below ${below})` : "";
  return `${NAMES[vital] ?? vital} ${vitals[vital]}${limit}`;
}

/** @returns undefined for patients whom the score is not made for. */
export function scoreOf(
  score: VitalScore,
  { age, pregnant, vitals = {} }: TriageCase,
): ScoreReport | undefined {
  if (pregnant || (age !== undefined && age < score.fromAge)) return undefined;
  const points: Record<string, number> = {};
  const missing: string[] = [];
  for (const parameter of score.parameters) {
    const value = measuredOf(parameter.vital, vitals);
    if (value === undefined) missing.push(parameter.vital);
    else points[parameter.vital] = pointsOf(bandsOf(parameter, vitals), value);
  }
  const total = Object.values(points).reduce((sum, each) => sum + each, 0);
  return { id: score.id, total, points, missing, source: score.source };
}

function measuredOf(vital: ScoreParameter["vital"], vitals: Vitals): number | undefined {
  if (vital === "oxygen") return vitals.onOxygen === undefined ? 0 : Number(vitals.onOxygen);
  if (vital !== "consciousness") return vitals[vital];
  const { avpu, gcs } = vitals;
  if (avpu === undefined && gcs === undefined) return undefined;
  // The more urgent of the two, should they differ.
  return Number((avpu !== undefined && avpu !== "A") || (gcs !== undefined && gcs < 15));
}

function bandsOf(
  { bands, scale2 }: ScoreParameter,
  { hypercapnic, onOxygen }: Vitals,
): ScoreParameter["bands"] {
  if (!hypercapnic || scale2 === undefined) return bands;
  return onOxygen ? scale2.oxygen : scale2.air;
}

function pointsOf(bands: ScoreParameter["bands"], value: number): number {
  return bands.find(({ to }) => to === undefined || value <= to)?.points ?? 0;
}

function scoreChecks({ score: use }: TriageScale, report: ScoreReport): RuleCheck[] {
  const most = Math.max(0, ...Object.values(report.points));
  const found = use?.levels.find(
    ({ total, single }) =>
      (total !== undefined && report.total >= total) || (single !== undefined && most >= single),
  );
  if (found === undefined) return [];
  const alone = found.total === undefined ? `, ${most} in one parameter` : "";
  const partly = report.missing.length > 0 ? ` of what was measured` : "";
  const finding = `${report.id.toUpperCase()} score ${report.total}${partly}${alone}`;
  return [{ rule: report.id, finding, level: found.level, source: found.source }];
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
