import type { BootstrapOptions, Interval } from "../metrics/bootstrap.js";
import { accuracy, type ConfusionMatrix, confusionMatrix, mean } from "../metrics/classes.js";
import { type FieldMatch, matchFields } from "../metrics/fields.js";
import { intervals, type Metric } from "./intervals.js";
import type { Outcome } from "./run-case.js";

/** One field of an extraction. */
export interface FieldFigures {
  /** JSON pointer; `*` stands for any place of a list. */
  readonly path: string;
  /** How often it was expected or said. */
  readonly count: number;
  readonly right: Interval;
}

type Of<K extends Outcome["kind"]> = Extract<Outcome, { kind: K }>;

/** Of `extract`. */
export function valueFigures(
  outcomes: readonly Of<"value">[],
  options: BootstrapOptions,
): { readonly metrics: Record<string, Interval>; readonly fields: readonly FieldFigures[] } {
  // What is no value of the schema has no field right, whatever it holds.
  const cases = outcomes.map(({ truth, value, valid }) => ({
    valid,
    fields: matchFields(truth, valid ? value : undefined),
  }));
  type Case = (typeof cases)[number];
  const share = (fields: readonly FieldMatch[]) => mean(fields.map(({ right }) => Number(right)));
  const metrics: Record<string, Metric<Case>> = {
    valid: (drawn) => mean(drawn.map(({ valid }) => Number(valid))),
    fieldsRight: (drawn) => share(drawn.flatMap(({ fields }) => fields)),
    exactMatch: (drawn) => mean(drawn.map(({ fields }) => Number(fields.every(({ right }) => right)))),
  };
  const counts = cases.map(({ fields }) => countByPath(fields));
  const paths = new Set(cases.flatMap(({ fields }) => fields.map(({ path }) => path)));
  const fields = [...paths].map((path) => {
    const own = counts.map((byPath) => byPath.get(path) ?? NONE);
    const rightShare = (drawn: readonly FieldCount[]) => sum(drawn, "right") / sum(drawn, "all");
    const { right } = intervals(own, { right: rightShare }, options);
    return { path, count: sum(own, "all"), right: right as Interval };
  });
  return { metrics: intervals(cases, metrics, options), fields };
}

/** How often a field stands in a case, and is right there. */
type FieldCount = Readonly<Record<"all" | "right", number>>;

const NONE: FieldCount = { all: 0, right: 0 };

/** Once a case, and not again for each field and draw. */
function countByPath(fields: readonly FieldMatch[]): ReadonlyMap<string, FieldCount> {
  const counts = new Map<string, FieldCount>();
  for (const { path, right } of fields) {
    const { all, right: before } = counts.get(path) ?? NONE;
    counts.set(path, { all: all + 1, right: before + Number(right) });
  }
  return counts;
}

const sum = (counts: readonly FieldCount[], of: keyof FieldCount) =>
  counts.reduce((total, count) => total + count[of], 0);

/** Of `triage`. */
export function levelFigures(
  cases: readonly Of<"level">[],
  options: BootstrapOptions,
): { readonly metrics: Record<string, Interval>; readonly confusion: ConfusionMatrix } {
  const truths = cases.map(({ truth }) => String(truth));
  const said = cases.map(({ level }) => String(level));
  const when = (test: (each: Of<"level">) => boolean) => (drawn: readonly Of<"level">[]) =>
    mean(drawn.map((each) => Number(test(each))));
  const metrics: Record<string, Metric<Of<"level">>> = {
    accuracy: (drawn) =>
      accuracy(
        drawn.map(({ truth }) => String(truth)),
        drawn.map(({ level }) => String(level)),
      ),
    // Level 1 is the most urgent.
    underTriage: when(({ truth, level }) => level > truth),
    overTriage: when(({ truth, level }) => level < truth),
    withinOne: when(({ truth, level }) => Math.abs(level - truth) <= 1),
  };
  const levels = Array.from({ length: cases[0]?.levels ?? 0 }, (_, index) => String(index + 1));
  return { metrics: intervals(cases, metrics, options), confusion: confusionMatrix(truths, said, levels) };
}
