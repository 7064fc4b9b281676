import { badOption } from "../../errors.js";
import type { ImageInput } from "../../image/input.js";
import type { ClassifyOptions } from "../../medgemma/classify.js";
import type { LabelProbability } from "../../medgemma/classify-labels.js";
import type { MedGemma } from "../../medgemma/medgemma.js";
import type { ModelResult } from "../../medgemma/result.js";
import type { TaskOptions } from "../../medgemma/task-prompt.js";
import type { Labelled } from "../metrics/boxes.js";
import { boxTruth, type EvaluateCase, type EvaluateTask, labelTruth, textTruth } from "./case.js";

/** What came out of one case, ready to be scored. */
export type Outcome =
  | { readonly kind: "text"; readonly truth: string; readonly answer: string }
  | {
      readonly kind: "labels";
      readonly truth: readonly string[];
      readonly labels: readonly LabelProbability[];
      readonly abstained: boolean;
    }
  | { readonly kind: "boxes"; readonly truth: readonly Labelled[]; readonly boxes: readonly Labelled[] };

export interface Ran {
  readonly outcome: Outcome;
  readonly result: ModelResult;
}

/** Runs the task on one case. The truth is read first: a case without it costs nothing. */
export async function runCase(
  model: MedGemma,
  task: EvaluateTask,
  each: EvaluateCase,
  labels: readonly string[] | undefined,
  options: TaskOptions & ClassifyOptions,
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
    const truth = boxTruth(each);
    const targets = each.targets ?? labels ?? truth.map(({ label }) => label);
    const result = await model.locate(
      images as unknown as ImageInput,
      targets,
      options as TaskOptions<never>,
    );
    const boxes = result.boxes.map(({ label, normalized }) => ({ label, box: normalized }));
    return { outcome: { kind: "boxes", truth, boxes }, result };
  }
  const truth = textTruth(each);
  const result = await runText(model, task, each, images, options);
  return { outcome: { kind: "text", truth, answer: result.text }, result };
}

function runText(
  model: MedGemma,
  task: Exclude<EvaluateTask, "classify" | "locate">,
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
