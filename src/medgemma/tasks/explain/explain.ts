import { badOption } from "../../../base/errors.js";
import { readOnce, stringOption } from "../../../base/options.js";
import type { ImageInput } from "../../../image/input.js";
import { TASK_PRESETS } from "../../../prompt/presets-tasks.js";
import type { LoadedModel } from "../../run/loaded-model.js";
import type { StreamEvent } from "../../run/result.js";
import { checkTaskOptions, choosePreset, type TaskOptions, toPictures } from "../../run/task-prompt.js";
import { type TextResult, textTask } from "../../run/text-task.js";

export interface ExplainOptions extends TaskOptions {
  /** The whole report that the sentence is from. Defaults to none. */
  report?: string | undefined;
  /** The picture that the report is about, or several. Defaults to none. */
  image?: ImageInput | readonly ImageInput[] | undefined;
  /** Kind of picture, in words. Defaults to `"CXR"`. */
  modality?: string | undefined;
}

/** The explanation is in `text`. */
export interface ExplainResult extends TextResult {}

/** @see MedGemma.streamExplain */
export async function* streamExplain(
  model: LoadedModel,
  sentence: string,
  asked: ExplainOptions,
): AsyncGenerator<StreamEvent<ExplainResult>, void, void> {
  const options = readOnce("explain", asked);
  checkTaskOptions("explain", options, ["report", "image", "modality"]);
  if (typeof sentence !== "string" || sentence.trim() === "")
    throw badOption("sentence", "some words", sentence);
  const report = stringOption("report", options.report)?.trim();
  const kind = stringOption("modality", options.modality) ?? "CXR";
  const pictures = options.image === undefined ? [] : toPictures("image", options.image);
  const preset = choosePreset(TASK_PRESETS.explain[model.family], options.prompt);
  const own = typeof options.prompt !== "string" || /\{kind\}/.test(options.prompt);
  const values = {
    sentence: sentence.trim(),
    ...(own && { kind }),
    report: report ? `\n\nThe whole report:\n${report}` : undefined,
  };
  yield* textTask(model, { preset, pictures, values, options }, (result) => result);
}
