import { badOption } from "../base/errors.js";
import { plain, readOnce } from "../base/options.js";
import type { ImageInput } from "../image/input.js";
import { TASK_PRESETS } from "../prompt/presets-tasks.js";
import type { LoadedModel } from "./loaded-model.js";
import type { StreamEvent } from "./result.js";
import { checkTaskOptions, choosePreset, type TaskOptions } from "./task-prompt.js";
import { type TextResult, textTask } from "./task-text.js";

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

/** One picture, alone or in a list: of a study of many, the folder. @throws MedGemmaError `bad_option`. */
export function onePicture(name: string, picture: ImageInput | readonly ImageInput[]): ImageInput {
  const [first, ...rest] = [plain(name, picture)].flat() as ImageInput[];
  if (first === undefined || first === null || rest.length > 0) throw badOption(name, "one picture", picture);
  return first;
}
