import { badOption } from "../../../base/errors.js";
import { integerOption, numberOption } from "../../../base/options.js";
import type { GenerateOptions } from "../../../engine/engine.js";
import { resolveGenerateOptions } from "../../../engine/native/generate-options.js";
import type { ImageInput } from "../../../image/input.js";
import { hasPlace } from "../../../prompt/presets.js";
import { type ScoredPreset, TASK_PRESETS } from "../../../prompt/presets-tasks.js";
import { toGenerateOptions } from "../../run/ask-options.js";
import { type LoadedModel, noticeOf } from "../../run/loaded-model.js";
import { readContent } from "../../run/pictures.js";
import { makeProvenance } from "../../run/provenance.js";
import type { ModelResult } from "../../run/result.js";
import { type Asked, type Scored, scoreAll } from "../../run/score-questions.js";
import { share } from "../../run/share.js";
import { checkTaskOptions, choosePreset, toPictures } from "../../run/task-prompt.js";
import { toAskOptions } from "../../run/text-task.js";
import { addTimings, addUsage } from "../../run/usage.js";
import { calibrate, readCalibration } from "./calibration.js";
import { checkLabels, type LabelProbability, rotations } from "./labels.js";
import type { ClassifyOptions } from "./options.js";
import { applyPrior, checkPrior, contentFree } from "./prior.js";
import { askChoice, askYesNo } from "./questions.js";

export interface ClassifyResult extends ModelResult {
  /** In the order asked. */
  readonly labels: readonly LabelProbability[];
  /** True when `abstainBelow` was not reached (by all labels of `multiLabel`), or the question does not suit the picture. */
  readonly abstained: boolean;
  /** Labels that `abstainBelow` leaves open. */
  readonly undecided: readonly string[];
  /**
   * Probability of the offered answers among all that the model could write, averaged over its questions. Near 0 for a
   * picture that the question does not suit, where the model was taught to begin with the answer.
   */
  readonly answerMass: number;
  readonly method: "score" | "reason";
}

const OWN = ["multiLabel", "method", "orders", "prior", "calibration", "abstainBelow"];
/** Below this, a model that answers directly wanted to say something else. */
const SUITABLE_MASS = 0.5;

/** @see MedGemma.classify */
export async function classify(
  model: LoadedModel,
  images: ImageInput | readonly ImageInput[],
  labels: readonly string[],
  given: ClassifyOptions,
): Promise<ClassifyResult> {
  const started = performance.now();
  const options = checkOptions(model, given, labels);
  const { multiLabel, method } = options;
  const preset = presetOf(model, options);
  // Scoring uses no sampling, but a wrong option is one all the same.
  resolveGenerateOptions(toGenerateOptions(toAskOptions(options, preset)) as GenerateOptions);
  const pictures = toPictures("images", images);
  const calibration = given.calibration === undefined ? undefined : await readCalibration(given.calibration);
  const { content, studies } = await readContent(
    pictures.map((image) => ({ type: "image", image })),
    model,
    options,
  );
  const read = performance.now() - started;

  const orders = rotations(labels.length, options.orders);
  const questions = (shown: typeof content): Asked[] =>
    multiLabel
      ? labels.map((label) => askYesNo(preset, shown, label, options))
      : orders.map((order) =>
          askChoice(
            preset,
            shown,
            order.map((index) => labels[index] ?? ""),
            options,
          ),
        );
  const asked = questions(content);
  const scored = await scoreAll(model, preset, asked, options);
  const raw = multiLabel ? yesShares(scored) : averageOrders(scored, orders);
  const free =
    options.prior === "content-free"
      ? await scoreAll(model, preset, questions(contentFree(model, content)), { ...options, method: "score" })
      : [];
  const corrected = applyPrior(
    raw,
    options.prior,
    labels,
    multiLabel,
    free.length === 0 ? undefined : multiLabel ? yesShares(free) : averageOrders(free, orders),
  );
  const use = { multiLabel, model: model.engine.info.model.file.sha256 };
  const probabilities = calibration ? calibrate(calibration, corrected, use) : corrected;

  const answers = labels.map((label, index) => ({ label, probability: probabilities[index] ?? 0 }));
  const answerMass = mean(scored.map(({ mass }) => Math.min(1, sum(mass))));
  const unsuitable = preset.direct && answerMass < SUITABLE_MASS;
  const open = unsuitable ? labels : undecided(answers, multiLabel, options.abstainBelow);
  const spent = [...scored, ...free];
  const usage = addUsage(spent.map((each) => each.usage));
  const timings = addTimings(spent.map((each) => each.timings));
  const name = { preset: preset.id, version: preset.version };
  const { messages } = asked[0] as Asked;
  return {
    labels: answers,
    abstained: unsuitable || (multiLabel ? open.length === labels.length : open.length > 0),
    undecided: open,
    answerMass,
    method,
    text: open.length === labels.length ? "" : decided(answers, multiLabel, open),
    thought: thoughts(scored),
    finishReason: "stop",
    thoughtCutOff: false,
    tokens: [],
    usage,
    timings: {
      ...timings,
      timeToFirstToken: read + timings.timeToFirstToken,
      load: model.engine.info.loadTime,
      read,
      total: performance.now() - started,
    },
    provenance: makeProvenance(model.engine.info, messages, name, toAskOptions(options, preset), 0),
    studies,
    notice: noticeOf(model),
  };
}

function checkOptions(model: LoadedModel, options: ClassifyOptions, labels: readonly string[]) {
  checkTaskOptions("classify", options, OWN);
  const { multiLabel = false, method = "score", prior } = options;
  if (typeof multiLabel !== "boolean") throw badOption("multiLabel", "true or false", multiLabel);
  if (method !== "score" && method !== "reason") throw badOption("method", '"score" or "reason"', method);
  checkLabels(labels, multiLabel);
  checkPrior(prior, labels);
  const all = method === "reason" ? 1 : labels.length;
  const orders = Math.min(integerOption("orders", options.orders, all, 1, 26), labels.length);
  const abstainBelow = numberOption("abstainBelow", options.abstainBelow, 0, 0, 1);
  // Version 1 of the 4B was not taught to think; it argues, as its prompt invites it to.
  const think = options.think ?? (method === "reason" && model.family !== "1.0");
  return { ...options, multiLabel, method, orders, abstainBelow, think };
}

function presetOf(model: LoadedModel, { multiLabel, prompt }: ClassifyOptions): ScoredPreset {
  const preset = TASK_PRESETS[multiLabel ? "yesNo" : "choice"][model.family];
  const chosen = choosePreset<ScoredPreset>(preset, prompt);
  const place = multiLabel ? "label" : "options";
  const expected = multiLabel ? "yes" : "letter";
  if (!hasPlace(chosen, place) || !Object.hasOwn(chosen.answers ?? {}, expected))
    throw badOption("prompt", `a question with {${place}} in it, and its answers`, prompt);
  return chosen;
}

/** Of yes and no alone, how much is yes. */
function yesShares(scored: readonly Scored[]): number[] {
  return scored.map(({ mass }) => share(mass)[0] ?? 0.5);
}

/** The mean over all orders, by label. */
function averageOrders(scored: readonly Scored[], orders: readonly (readonly number[])[]): number[] {
  const shares = scored.map(({ mass }) => share(mass));
  const count = orders[0]?.length ?? 0;
  return Array.from({ length: count }, (_, label) =>
    mean(orders.map((order, turn) => shares[turn]?.[order.indexOf(label)] ?? 0)),
  );
}

function undecided(answers: readonly LabelProbability[], multiLabel: boolean, below: number): string[] {
  const unsure = (p: number) => (multiLabel ? Math.max(p, 1 - p) : p) < below;
  const best = Math.max(...answers.map(({ probability }) => probability));
  if (!multiLabel) return unsure(best) ? answers.map(({ label }) => label) : [];
  return answers.filter(({ probability }) => unsure(probability)).map(({ label }) => label);
}

/** The best label, or all that are likelier than not, a line each. */
function decided(answers: readonly LabelProbability[], multiLabel: boolean, open: readonly string[]): string {
  const best = answers.reduce((a, b) => (b.probability > a.probability ? b : a));
  if (!multiLabel) return best.label;
  const yes = answers.filter(({ label, probability }) => probability > 0.5 && !open.includes(label));
  return yes.map(({ label }) => label).join("\n");
}

function thoughts(scored: readonly Scored[]): string | undefined {
  const all = scored.flatMap(({ thought }) => (thought ? [thought] : []));
  return all.length === 0 ? undefined : all.join("\n\n");
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]) => sum(values) / Math.max(1, values.length);
