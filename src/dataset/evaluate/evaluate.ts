import { Callback } from "../../base/callback.js";
import { badOption, MedGemmaError } from "../../base/errors.js";
import { DRAFT_NOTICE } from "../../base/notice.js";
import {
  checkObjects,
  checkSignal,
  functionOption,
  integerOption,
  numberOption,
  plain,
  reading,
  readOnce,
  stringOption,
} from "../../base/options.js";
import { checkSchema } from "../../engine/schema/schema.js";
import type { MedGemma } from "../../medgemma/medgemma.js";
import type { Provenance } from "../../medgemma/run/result.js";
import { isStandardSchema } from "../../medgemma/run/structured/standard.js";
import { checkModel } from "../check-model.js";
import { confusionSvg, rocSvg } from "../metrics/svg.js";
import { boxTruth, EVALUATE_TASKS, type EvaluateCase, type EvaluateTask } from "./case.js";
import { type Figures, figuresOf } from "./figures.js";
import { type PublishedFigure, publishedFigures } from "./published.js";
import { type CaseOptions, type Outcome, runCase } from "./run-case.js";

export interface EvaluateOptions {
  /** Of `classify` (its labels) and `locate` (its targets), for all cases that bring none of their own. */
  labels?: readonly string[] | undefined;
  /** Options of the task, for all cases. */
  task?: CaseOptions | undefined;
  /** Of `extract`: the schema of all cases that bring none of their own, as in `extract`. */
  schema?: unknown;
  /** Draws of the bootstrap, 0..100000. Defaults to `1000`. */
  draws?: number | undefined;
  /** Seed of the bootstrap: the same gives the same intervals. Defaults to `1`. */
  seed?: number | undefined;
  /** Width of the intervals, 0.5..0.999. Defaults to `0.95`. */
  level?: number | undefined;
  /** Name of the published benchmark that the cases are of, such as `VQA-RAD`: its figures then stand beside. */
  benchmark?: string | undefined;
  /** Called after each case. */
  onProgress?: ((done: number, total: number) => void) | undefined;
  /** Ends the run between two tokens; it rejects with `aborted`. */
  signal?: AbortSignal | undefined;
}

export interface Evaluation extends Figures {
  readonly task: EvaluateTask;
  /** Cases that were scored. */
  readonly count: number;
  /** Cases that could not be run. They are in no figure. */
  readonly failed: readonly { readonly index: number; readonly code: string; readonly message: string }[];
  /** What came out, case by case. */
  readonly outcomes: readonly (Outcome & { readonly index: number })[];
  readonly published: readonly PublishedFigure[];
  /** Of the first case. */
  readonly provenance: Provenance | undefined;
  readonly notice: string;
}

/** Errors that end the run: the next case would meet them too. */
const FATAL = new Set(["aborted", "disposed", "queue_full", "projector_missing", "grammar_unsupported"]);

/** One crash costs one case; an engine that is not started again would cost all that are left. */
function gaveUp({ code, facts }: MedGemmaError): boolean {
  return code === "engine_crashed" && facts.crashes !== undefined;
}

/**
 * Runs a task on cases with known truth and scores it.
 *
 * @example
 * const { metrics } = await evaluate(model, "classify", cases, { labels: ["nodule", "opacity"], task: { multiLabel: true } });
 * metrics.macroAUROC; // { value: 0.98, low: 0.95, high: 1 }
 *
 * @throws MedGemmaError `bad_option`, and what ends all cases: `aborted`, `disposed`, `projector_missing`.
 */
export async function evaluate(
  model: MedGemma,
  task: EvaluateTask,
  given: readonly EvaluateCase[],
  asked: EvaluateOptions = {},
): Promise<Evaluation> {
  const options = readOnce("evaluate", asked);
  const cases = plain("cases", given);
  if (!EVALUATE_TASKS.includes(task)) throw badOption("task", EVALUATE_TASKS.join(", "), task);
  if (!Array.isArray(cases) || cases.length === 0) throw badOption("cases", "cases with their truth", cases);
  checkObjects("cases", cases);
  const draws = integerOption("draws", options.draws, 1000, 0, 100_000);
  const seed = integerOption("seed", options.seed, 1, 0, 2 ** 32 - 1);
  const level = numberOption("level", options.level, 0.95, 0.5, 0.999);
  const published = readBenchmark(options.benchmark);
  const { signal } = options;
  checkSignal(signal);
  const progress = new Callback(functionOption("onProgress", options.onProgress));
  // All before the first is run: a wrong truth would be taken for a wrong answer.
  const boxes = task === "locate" ? cases.flatMap((each, index) => boxTruth(each, index + 1)) : [];
  if (task === "extract") for (const schema of schemasOf(cases, options.schema)) checkSchema(schema);
  checkModel(model);
  // A picture without lesions has to be asked for the same as the others.
  const located = [...new Set(boxes.map(({ label }) => label))];
  const labels = options.labels ?? (task === "locate" ? located : undefined);
  const taskOptions = { ...options.task, ...(signal && { signal }) };

  const outcomes: (Outcome & { index: number })[] = [];
  const failed: { index: number; code: string; message: string }[] = [];
  let provenance: Provenance | undefined;
  let notice = DRAFT_NOTICE;
  for (const [index, each] of cases.entries()) {
    try {
      const { outcome, result } = await runCase(
        model,
        task,
        each,
        index + 1,
        labels,
        taskOptions,
        options.schema,
      );
      outcomes.push({ ...outcome, index });
      provenance ??= result?.provenance;
      notice = result?.notice ?? notice;
    } catch (error) {
      // A bad option of the first case is one of all cases.
      const known = MedGemmaError.isInstance(error) && !FATAL.has(error.code) && !gaveUp(error);
      if (!known || (error.code === "bad_option" && index === 0)) throw error;
      failed.push({ index, code: error.code, message: error.message });
    }
    progress.tell(index + 1, cases.length);
  }
  const figures = figuresOf(outcomes, options.task?.multiLabel ?? false, { draws, seed, level });
  return { task, count: outcomes.length, ...figures, failed, outcomes, published, provenance, notice };
}

/** JSON schemas only: those of libraries check their own values. */
function schemasOf(cases: readonly EvaluateCase[], schema: unknown): unknown[] {
  const all = new Set(cases.map((each) => each.schema ?? schema));
  return [...all].filter((each) => !isStandardSchema(each));
}

function readBenchmark(name: unknown): PublishedFigure[] {
  const benchmark = stringOption("benchmark", name);
  if (benchmark === undefined) return [];
  const figures = publishedFigures(benchmark);
  if (figures.length === 0)
    throw badOption("benchmark", "the name of a published one, such as VQA-RAD,", name);
  return figures;
}

/** The pictures of an evaluation, as SVG by file name: `confusion.svg` for a choice and triage, `roc.svg` where there are curves. */
export function evaluationSvg(figures: Figures): Record<string, string> {
  return reading("figures", () => {
    const { confusion, roc } = figures;
    return {
      ...(confusion && { "confusion.svg": confusionSvg(confusion) }),
      ...(roc.length > 0 && { "roc.svg": rocSvg(roc) }),
    };
  });
}
