import type { TriageCase, Vitals } from "./case.js";
import { applyLimits, isMeasured, type Limited, type RuleCheck, toldIn, vitalInWords } from "./limits.js";
import type { TriageScale } from "./scale.js";
import { readVitals, type SpokenVital } from "./words/vitals.js";

/**
 * What vital signs in the words ask for, where the sign itself was not given. They can only add: a limit that is passed, or
 * points to a score. A scale that decides by its score alone needs measured signs first.
 */
export function checksOfWords(
  scale: TriageScale,
  input: TriageCase,
  read: readonly SpokenVital[],
  { checks: measured, score }: Limited,
): RuleCheck[] {
  const { vitals = {} } = input;
  if (scale.decides === "rules" && (score === undefined || !isMeasured(score))) return [];
  const used = mostUrgent(
    scale,
    input,
    read.filter(({ vital }) => vitals[vital] === undefined),
  );
  if (used.length === 0) return [];
  const values = Object.fromEntries(used.map(({ vital, value }) => [vital, value]));
  const { checks } = applyLimits(scale, { ...input, vitals: { ...vitals, ...values } });
  const known = new Map(measured.map((it) => [it.rule, it.level]));
  return checks
    .filter(({ rule, level }) => level < (known.get(rule) ?? Number.POSITIVE_INFINITY))
    .map((check) => {
      const vital = scale.rules.find(({ id }) => id === check.rule)?.vital;
      const from = used.filter((it) => vital === undefined || it.vital === vital);
      const words = [...new Set(from.map((it) => it.words))].join('", "');
      return { ...check, finding: `${check.finding}, read from the words "${words}"`, words };
    });
}

/** Of several readings of a sign the most urgent: what is unclear counts as said. */
function mostUrgent(scale: TriageScale, input: TriageCase, read: readonly SpokenVital[]): SpokenVital[] {
  const most = new Map<string, SpokenVital>();
  for (const each of read) {
    const known = most.get(each.vital);
    if (known === undefined || isMoreUrgent(scale, input, each, known.value)) most.set(each.vital, each);
  }
  return [...most.values()];
}

function isMoreUrgent(scale: TriageScale, input: TriageCase, { vital, value }: SpokenVital, than: number) {
  const weigh = (it: number) => {
    const vitals: Vitals = { [vital]: it };
    const { checks, score } = applyLimits(scale, { ...input, vitals });
    const level = Math.min(Number.POSITIVE_INFINITY, ...checks.map((check) => check.level));
    return { level, points: score?.points[vital] ?? 0 };
  };
  const [one, other] = [weigh(value), weigh(than)];
  return one.level < other.level || (one.level === other.level && one.points > other.points);
}

/** A sign that was given, and is told as more urgent in the words: a question, for one of them is wrong or old. */
export function contradictingWords(scale: TriageScale, input: TriageCase): string[] {
  const { vitals = {} } = input;
  if (Object.keys(vitals).length === 0) return [];
  return readVitals(toldIn(input)).flatMap((spoken) => {
    const given = vitals[spoken.vital];
    if (given === undefined || !isMoreUrgent(scale, input, spoken, given)) return [];
    return [
      `The words say "${spoken.words}", but the ${vitalInWords(spoken.vital)} given is ${given}: which is right?`,
    ];
  });
}
