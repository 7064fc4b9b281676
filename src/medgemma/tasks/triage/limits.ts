import { table } from "../../../base/table.js";
import type { TriageCase, Vitals } from "./case.js";
import type { ScoreParameter, TriageScale, VitalRule, VitalScore } from "./scale.js";

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
  /** Of a vital sign that was not given, and read from these words. */
  readonly words?: string | undefined;
}

export interface ScoreReport {
  readonly id: string;
  readonly name: string;
  readonly total: number;
  /** Points of each measured parameter. */
  readonly points: Readonly<Record<string, number>>;
  /** Not measured. */
  readonly missing: readonly string[];
  /** True where something is missing: the total is a lower bound. */
  readonly atLeast: boolean;
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

export type Limited = Pick<RuleReport, "checks" | "score">;

export const NAMES: Readonly<Record<string, string>> = table({
  heartRate: "Heart rate",
  respiratoryRate: "Respiratory rate",
  spo2: "Oxygen saturation",
  systolicBp: "Systolic pressure",
  diastolicBp: "Diastolic pressure",
  temperature: "Temperature",
  gcs: "Glasgow coma scale",
  avpu: "Consciousness (AVPU)",
});

/** "respiratory rate" */
export const vitalInWords = (vital: string) => (NAMES[vital] ?? vital).toLowerCase();

/** Where words count: what is told of now. */
export const toldIn = ({ complaint, symptoms }: TriageCase) => [complaint, ...[symptoms ?? []].flat()];

/** What the limits and the score ask for of the numbers alone. */
export function applyLimits(scale: TriageScale, input: TriageCase): Limited {
  const { vitals = {} } = input;
  const checks: RuleCheck[] = scale.rules
    .filter((rule) => isFor(rule, input) && holds(rule, vitals))
    .map((rule) => ({
      rule: rule.id,
      finding: describe(rule, vitals),
      level: rule.level,
      source: rule.source,
    }));
  const score = scale.score === undefined ? undefined : scoreOf(scale.score.score, input);
  if (score !== undefined) checks.push(...scoreChecks(scale, score));
  return { checks, score };
}

/** Who has no age counts as grown up: the limits for rates are then the lowest. */
function isFor(rule: VitalRule, { age = 40, pregnant = false }: TriageCase): boolean {
  const { fromAge = 0, toAge = Number.POSITIVE_INFINITY } = rule;
  const { overAge = -1, throughAge = Number.POSITIVE_INFINITY } = rule;
  if (rule.pregnant && !pregnant) return false;
  return age >= fromAge && age < toAge && age > overAge && age <= throughAge;
}

function holds({ vital, above, below, atMost, among }: VitalRule, vitals: Vitals): boolean {
  const value = vitals[vital];
  if (value === undefined) return false;
  if (typeof value === "string") return among?.includes(value) ?? false;
  if (above !== undefined && value > above) return true;
  return (below !== undefined && value < below) || (atMost !== undefined && value <= atMost);
}

function describe(rule: VitalRule, vitals: Vitals): string {
  const { vital, above, below, atMost, pregnant } = rule;
  const value = vitals[vital];
  const over = above !== undefined && typeof value === "number" && value > above;
  const limit = over ? `above ${above}` : below !== undefined ? `below ${below}` : `${atMost} or less`;
  const whom = pregnant ? ", in pregnancy" : isByAge(rule) ? ", at this age" : "";
  return `${NAMES[vital] ?? vital} ${value}${typeof value === "number" ? ` (${limit}${whom})` : ""}`;
}

const isByAge = ({ fromAge, toAge, overAge, throughAge }: VitalRule) =>
  [fromAge, toAge, overAge, throughAge].some((age) => age !== undefined);

/** @returns undefined for patients whom the score is not made for. */
export function scoreOf(
  score: VitalScore,
  { age, pregnant, vitals = {} }: TriageCase,
): ScoreReport | undefined {
  if (pregnant || (age !== undefined && age < score.fromAge)) return undefined;
  const points: Record<string, number> = table();
  const missing: string[] = [];
  for (const parameter of score.parameters) {
    const value = measuredOf(parameter.vital, vitals);
    if (value === undefined) missing.push(parameter.vital);
    else points[parameter.vital] = pointsOf(bandsOf(parameter, vitals), value);
  }
  const total = Object.values(points).reduce((sum, each) => sum + each, 0);
  const { id, name, source } = score;
  return { id, name, total, points, missing, atLeast: missing.length > 0, source };
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

/** Whether any vital sign was measured: oxygen that is given is none. */
export const isMeasured = ({ points }: ScoreReport) => Object.keys(points).some((name) => name !== "oxygen");

function scoreChecks({ score: use }: TriageScale, report: ScoreReport): RuleCheck[] {
  if (!isMeasured(report)) return [];
  const most = Math.max(0, ...Object.values(report.points));
  const found = use?.levels.find(
    ({ total, single }) =>
      (total !== undefined && report.total >= total) || (single !== undefined && most >= single),
  );
  if (found === undefined) return [];
  const alone = found.total === undefined ? `, ${most} in one parameter` : "";
  const bound = report.atLeast ? "at least " : "";
  const finding = `${report.id.toUpperCase()} score ${bound}${report.total}${alone}`;
  return [{ rule: report.id, finding, level: found.level, source: found.source }];
}
