import { readOnce } from "../../../base/options.js";
import type { ImageInput } from "../../../image/input.js";
import { TASK_PRESETS } from "../../../prompt/presets-tasks.js";
import type { LoadedModel } from "../../run/loaded-model.js";
import type { StreamEvent } from "../../run/result.js";
import { checkTaskOptions, choosePreset, onePicture, type TaskOptions } from "../../run/task-prompt.js";
import { type TextResult, textTask } from "../../run/text-task.js";

export interface CompareOptions extends TaskOptions {}

/** What has changed is in `text`. */
export interface CompareResult extends TextResult {}

/** @see MedGemma.streamCompare */
export async function* streamCompare(
  model: LoadedModel,
  prior: ImageInput,
  current: ImageInput,
  asked: CompareOptions,
): AsyncGenerator<StreamEvent<CompareResult>, void, void> {
  const options = readOnce("compare", asked);
  checkTaskOptions("compare", options, []);
  const pictures = [onePicture("prior", prior), onePicture("current", current)];
  const preset = choosePreset(TASK_PRESETS.compare[model.family], options.prompt);
  yield* textTask(model, { preset, pictures, values: {}, options }, (result) => result);
}
