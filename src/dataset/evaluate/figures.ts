import type { BootstrapOptions, Interval } from "../metrics/bootstrap.js";
import { matchBoxes } from "../metrics/boxes.js";
import { expectedCalibrationError } from "../metrics/calibration-error.js";
import { accuracy, type ConfusionMatrix, confusionMatrix, f1, macroF1, mean } from "../metrics/classes.js";
import { areaUnderRoc, rocCurve } from "../metrics/roc.js";
import type { RocSeries } from "../metrics/svg.js";
import { rougeL, tokenF1, words } from "../metrics/words.js";
import { type FieldFigures, levelFigures, valueFigures } from "./figures-values.js";
import { intervals, type Metric } from "./intervals.js";
import type { Outcome } from "./run-case.js";

export interface Figures {
  /** By name, 0..1, with bootstrap intervals over cases. */
  readonly metrics: Readonly<Record<string, Interval>>;
  /** Of `classify`. */
  readonly labels: readonly LabelFigures[];
  /** Of a choice, and of `triage` by level. */
  readonly confusion: ConfusionMatrix | undefined;
  readonly roc: readonly RocSeries[];
  /** Of `extract`. */
  readonly fields: readonly FieldFigures[];
}

export interface LabelFigures {
  readonly label: string;
  /** Cases in which it is true. */
  readonly positives: number;
  /** NaN when it is true in all or in none. */
  readonly auroc: number;
  readonly f1: number;
}

type Of<K extends Outcome["kind"]> = Extract<Outcome, { kind: K }>;

export function figuresOf(
  outcomes: readonly Outcome[],
  multiLabel: boolean,
  options: BootstrapOptions,
): Figures {
  const nothing = { labels: [], confusion: undefined, roc: [], fields: [] };
  const [first] = outcomes;
  if (!first) return { metrics: {}, ...nothing };
  // What takes time is done once a case, and not again for each draw.
  if (first.kind === "text") {
    const cases = (outcomes as Of<"text">[]).map(textFigures);
    return { metrics: intervals(cases, TEXT, options), ...nothing };
  }
  if (first.kind === "boxes") {
    const cases = (outcomes as Of<"boxes">[]).map(boxFigures);
    return { metrics: intervals(cases, BOXES, options), ...nothing };
  }
  if (first.kind === "value") return { ...nothing, ...valueFigures(outcomes as Of<"value">[], options) };
  if (first.kind === "level") return { ...nothing, ...levelFigures(outcomes as Of<"level">[], options) };
  const cases = outcomes as Of<"labels">[];
  return multiLabel ? manyLabels(cases, options) : oneLabel(cases, options);
}

function textFigures({ truth, answer }: Of<"text">) {
  const [real, said] = [words(truth), words(answer)];
  return {
    sameWords: Number(real.join(" ") === said.join(" ")),
    isClosed: /^(?:yes|no)\.?$/i.test(truth.trim()),
    /** A yes/no question's answer by its first word, as MedGemma's closed questions are scored. */
    sameWord: Number(real[0] === said[0]),
    tokenF1: tokenF1(truth, answer),
    rougeL: rougeL(truth, answer),
  };
}

const TEXT: Record<string, Metric<ReturnType<typeof textFigures>>> = {
  exactMatch: (cases) => mean(cases.map((each) => each.sameWords)),
  closedAccuracy: (cases) => mean(cases.filter((each) => each.isClosed).map((each) => each.sameWord)),
  tokenF1: (cases) => mean(cases.map((each) => each.tokenF1)),
  rougeL: (cases) => mean(cases.map((each) => each.rougeL)),
};

function boxFigures({ truth, boxes }: Of<"boxes">) {
  const overlaps = matchBoxes(truth, boxes);
  return { overlaps, falseBoxes: boxes.length - overlaps.filter((overlap) => overlap > 0).length };
}

const BOXES: Record<string, Metric<ReturnType<typeof boxFigures>>> = {
  /** Over all true boxes; one that was not found counts as 0. */
  meanIoU: (cases) => mean(cases.flatMap(({ overlaps }) => overlaps)),
  /** Over those that were found at all. */
  matchedIoU: (cases) => mean(cases.flatMap(({ overlaps }) => overlaps).filter((overlap) => overlap > 0)),
  found: (cases) => mean(cases.flatMap(({ overlaps }) => overlaps.map((overlap) => Number(overlap > 0)))),
  /** Boxes a picture that belong to nothing. */
  falseBoxes: (cases) => mean(cases.map(({ falseBoxes }) => falseBoxes)),
};

const labelsOf = (cases: readonly Of<"labels">[]) => [
  ...new Set(cases.flatMap(({ labels }) => labels.map(({ label }) => label))),
];
const best = ({ labels }: Of<"labels">) => labels.reduce((a, b) => (b.probability > a.probability ? b : a));

/** Probability and truth of one label in the cases in which it was asked for. */
function column(cases: readonly Of<"labels">[], label: string): { told: number[]; truths: boolean[] } {
  const rows = cases.flatMap(({ labels, truth }) =>
    labels.flatMap((each) =>
      each.label === label ? [{ told: each.probability, truth: truth.includes(label) }] : [],
    ),
  );
  return { told: rows.map(({ told }) => told), truths: rows.map(({ truth }) => truth) };
}

/** The mean over labels that have both kinds of cases. */
function macroArea(cases: readonly Of<"labels">[], labels: readonly string[]): number {
  const areas = labels.map((label) => {
    const { told, truths } = column(cases, label);
    return areaUnderRoc(told, truths);
  });
  return mean(areas.filter(Number.isFinite));
}

function manyLabels(cases: readonly Of<"labels">[], options: BootstrapOptions): Figures {
  const labels = labelsOf(cases);
  const columns = (drawn: readonly Of<"labels">[]) => labels.map((label) => column(drawn, label));
  const flat = (drawn: readonly Of<"labels">[]) => {
    const all = columns(drawn);
    return { told: all.flatMap(({ told }) => told), truths: all.flatMap(({ truths }) => truths) };
  };
  const metrics: Record<string, Metric<Of<"labels">>> = {
    macroAUROC: (drawn) => macroArea(drawn, labels),
    macroF1: (drawn) =>
      mean(
        columns(drawn).map(({ told, truths }) =>
          f1(
            truths,
            told.map((p) => p > 0.5),
          ),
        ),
      ),
    accuracy: (drawn) => {
      const { told, truths } = flat(drawn);
      return mean(told.map((p, index) => Number(p > 0.5 === truths[index])));
    },
    calibrationError: (drawn) => {
      const { told, truths } = flat(drawn);
      return expectedCalibrationError(told, truths);
    },
  };
  return {
    metrics: intervals(cases, metrics, options),
    confusion: undefined,
    fields: [],
    ...perLabel(cases, labels, (p) => p > 0.5),
  };
}

function oneLabel(cases: readonly Of<"labels">[], options: BootstrapOptions): Figures {
  const labels = labelsOf(cases);
  const truths = (drawn: readonly Of<"labels">[]) => drawn.map(({ truth }) => truth[0] ?? "");
  const answers = (drawn: readonly Of<"labels">[]) => drawn.map((each) => best(each).label);
  const metrics: Record<string, Metric<Of<"labels">>> = {
    accuracy: (drawn) => accuracy(truths(drawn), answers(drawn)),
    macroF1: (drawn) => macroF1(truths(drawn), answers(drawn)),
    macroAUROC: (drawn) => macroArea(drawn, labels),
    calibrationError: (drawn) =>
      expectedCalibrationError(
        drawn.map((each) => best(each).probability),
        drawn.map((each) => each.truth.includes(best(each).label)),
      ),
  };
  const confusion = confusionMatrix(truths(cases), answers(cases), labels);
  return { metrics: intervals(cases, metrics, options), confusion, fields: [], ...perLabel(cases, labels) };
}

/** By label: against all others; said when it is the best one, or above a threshold. */
function perLabel(
  cases: readonly Of<"labels">[],
  labels: readonly string[],
  above?: (probability: number) => boolean,
): Pick<Figures, "labels" | "roc"> {
  const all = labels.map((label) => {
    const { told, truths } = column(cases, label);
    const asked = cases.filter((each) => each.labels.some((other) => other.label === label));
    const said = above ? told.map(above) : asked.map((each) => best(each).label === label);
    return { label, told, truths, said, area: areaUnderRoc(told, truths) };
  });
  return {
    labels: all.map(({ label, truths, said, area }) => ({
      label,
      positives: truths.filter(Boolean).length,
      auroc: area,
      f1: f1(truths, said),
    })),
    roc: all.flatMap(({ label, told, truths, area }) =>
      Number.isFinite(area) ? [{ name: label, area, points: rocCurve(told, truths) }] : [],
    ),
  };
}
