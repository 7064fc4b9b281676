import { badOption, MedGemmaError } from "../../base/errors.js";
import type { ImageInput } from "../../image/input.js";
import type { MedGemma } from "../../medgemma/medgemma.js";
import type { ModelResult } from "../../medgemma/run/result.js";
import type { JsonSchema } from "../../medgemma/run/structured/structured.js";
import type { TaskOptions } from "../../medgemma/run/task-prompt.js";
import type { LabelProbability } from "../../medgemma/tasks/classify/labels.js";
import type { ClassifyOptions } from "../../medgemma/tasks/classify/options.js";
import type { ExtractOptions } from "../../medgemma/tasks/extract/extract.js";
import type { TriageOptions } from "../../medgemma/tasks/triage/options.js";
import { findScale } from "../../medgemma/tasks/triage/scales/index.js";
import type { Labelled } from "../metrics/boxes.js";
import {
  boxTruth,
  type EvaluateCase,
  type EvaluateTask,
  labelTruth,
  levelTruth,
  textTruth,
  valueTruth,
} from "./case.js";

/** What came out of one case, ready to be scored. */
export type Outcome =
  | { readonly kind: "text"; readonly truth: string; readonly answer: string }
  | {
      readonly kind: "labels";
      readonly truth: readonly string[];
      readonly labels: readonly LabelProbability[];
      readonly abstained: boolean;
    }
  | { readonly kind: "value"; readonly truth: unknown; readonly value: unknown; readonly valid: boolean }
  | {
      readonly kind: "level";
      readonly truth: number;
      readonly level: number;
      /** How many the scale has. */
      readonly levels: number;
      /** What the model alone said. */
      readonly modelLevel: number | undefined;
    }
  | { readonly kind: "boxes"; readonly truth: readonly Labelled[]; readonly boxes: readonly Labelled[] };

export interface Ran {
  readonly outcome: Outcome;
  /** Undefined where the answer was none that could be read. */
  readonly result: ModelResult | undefined;
}

/** Options of the task, for all cases. */
export type CaseOptions = TaskOptions &
  Partial<ClassifyOptions> &
  Pick<TriageOptions, "scale" | "screen" | "screenThreshold"> &
  Pick<ExtractOptions, "instruction" | "jsonSchema">;

/** Runs the task on one case. The truth is read first: a case without it costs nothing. */
export async function runCase(
  model: MedGemma,
  task: EvaluateTask,
  each: EvaluateCase,
  number: number,
  labels: readonly string[] | undefined,
  options: CaseOptions,
  schema?: unknown,
): Promise<Ran> {
  const images = [each.images ?? []].flat() as ImageInput[];
  if (task === "classify") {
    const asked = each.labels ?? labels;
    if (!asked) throw badOption("labels", "the labels of the cases", asked);
    const truth = labelTruth(each, asked, options.multiLabel ?? false);
    const result = await model.classify(images, asked, options);
    return { outcome: { kind: "labels", truth, labels: result.labels, abstained: result.abstained }, result };
  }
  if (task === "locate") {
    const truth = boxTruth(each, number);
    const targets = each.targets ?? labels ?? truth.map(({ label }) => label);
    const result = await model.locate(
      images as unknown as ImageInput,
      targets,
      options as TaskOptions<never>,
    );
    const boxes = result.boxes.map(({ label, normalized }) => ({ label, box: normalized }));
    return { outcome: { kind: "boxes", truth, boxes }, result };
  }
  if (task === "extract") return runExtract(model, each, images, each.schema ?? schema, options);
  if (task === "triage") {
    const levels = findScale(options.scale ?? "esi").levels.length;
    const truth = levelTruth(each, levels);
    if (each.case === undefined) throw badOption("case", "a case with its complaint", each.case);
    const result = await model.triage(each.case, options as TriageOptions);
    const { level } = result;
    return { outcome: { kind: "level", truth, level, levels, modelLevel: result.model.level }, result };
  }
  const truth = textTruth(each);
  const result = await runText(model, task, each, images, options);
  return { outcome: { kind: "text", truth, answer: result.text }, result };
}

/** Answers that are no value of the schema: of this task a result, not a failure. */
const NO_VALUE = new Set(["answer_incomplete", "answer_invalid"]);

async function runExtract(
  model: MedGemma,
  each: EvaluateCase,
  images: readonly ImageInput[],
  schema: unknown,
  options: CaseOptions,
): Promise<Ran> {
  const truth = valueTruth(each);
  const { text } = each;
  if (schema === undefined) throw badOption("schema", "the schema of the cases", schema);
  const input = text === undefined ? images : { text, images };
  try {
    const result = await model.extract(input, schema as JsonSchema, options as ExtractOptions);
    return { outcome: { kind: "value", truth, value: result.value, valid: true }, result };
  } catch (error) {
    if (!MedGemmaError.isInstance(error) || !NO_VALUE.has(error.code)) throw error;
    return { outcome: { kind: "value", truth, value: undefined, valid: false }, result: undefined };
  }
}

function runText(
  model: MedGemma,
  task: Exclude<EvaluateTask, "classify" | "locate" | "extract" | "triage">,
  each: EvaluateCase,
  images: readonly ImageInput[],
  options: TaskOptions,
): Promise<ModelResult> {
  if (task === "report") return model.report(images, options);
  if (task === "compare") {
    const [prior, current] = images;
    if (images.length !== 2 || prior === undefined || current === undefined)
      throw badOption("images", "the prior and the current picture", each.images);
    return model.compare(prior, current, options);
  }
  if (task === "explain") {
    const image = images.length > 0 ? { image: images } : {};
    return model.explain(each.sentence ?? "", { ...options, ...image });
  }
  return model.ask(images, each.question ?? "", options);
}
