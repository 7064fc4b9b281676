import { given } from "../../base/options.js";
import type { ImageInput } from "../../image/input.js";
import { withoutLoop } from "../../prompt/loops.js";
import type { Preset } from "../../prompt/presets.js";
import { type AskOptions, askOptionsIn } from "./ask-options.js";
import type { LoadedModel } from "./loaded-model.js";
import { LoopGuard } from "./loop-guard.js";
import { respond } from "./respond.js";
import type { ModelResult, StreamEvent } from "./result.js";
import { makeTurn, type TaskOptions } from "./task-prompt.js";

/** The result of a task whose answer is prose. */
export interface TextResult extends ModelResult {
  /**
   * True when the model repeated itself without end and was stopped; `text` holds the repeated part once, and
   * `finishReason` is `length`.
   */
  readonly loop: boolean;
}

export interface TextTask {
  readonly preset: Preset;
  readonly pictures: readonly ImageInput[];
  readonly values: Readonly<Record<string, string | undefined>>;
  readonly options: TaskOptions;
}

/** Runs a task whose answer is prose; `finish` makes its own result of it. */
export async function* textTask<R extends TextResult>(
  model: LoadedModel,
  { preset, pictures, values, options }: TextTask,
  finish: (result: TextResult) => R,
): AsyncGenerator<StreamEvent<R>, void, void> {
  const started = performance.now();
  const { messages, studies } = await makeTurn(model, preset, pictures, values, options);
  const read = performance.now() - started;
  const engine = new LoopGuard(model.engine);
  const context = {
    prompt: { preset: preset.id, version: preset.version },
    options: toAskOptions(options, preset),
    studies,
    started,
    read,
  };
  for await (const event of respond({ ...model, engine }, messages, context)) {
    if (event.type !== "finish") {
      yield event;
      continue;
    }
    const { result } = event;
    const text = engine.looped ? withoutLoop(result.text) : result.text;
    yield { type: "finish", result: finish({ ...result, text, loop: engine.looped }) };
  }
}

/** The options of `ask` in a task's, with the preset's limit where the caller gives none. */
export function toAskOptions(options: TaskOptions, preset: Preset): AskOptions {
  const asked = askOptionsIn(options);
  const { maxTokens = asked.think ? undefined : preset.maxTokens } = asked;
  return given({ ...asked, maxTokens });
}
