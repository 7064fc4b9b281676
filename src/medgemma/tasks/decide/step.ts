import type { Usage } from "../../../engine/engine.js";
import type { RgbImage } from "../../../image/rgb.js";
import { hasPlace, type Preset } from "../../../prompt/presets.js";
import type { LoadedModel } from "../../run/loaded-model.js";
import { respond } from "../../run/respond.js";
import type { ModelResult, StreamEvent } from "../../run/result.js";
import { fillPreset, type TaskOptions, withSystem } from "../../run/task-prompt.js";
import { toAskOptions } from "../../run/text-task.js";

/** What one call of the model took part in. */
export interface DecideStep {
  readonly step: "types" | "facts" | "answer";
  /** Entries that the model read in this step. */
  readonly entries: number;
  readonly usage: Usage;
  readonly milliseconds: number;
}

/** How a call's answer is held to its form. */
export type AnswerForm = { readonly grammar: string } | { readonly jsonSchema: object } | undefined;

/** One call of the model with a preset's words filled in. */
export function ask(
  model: LoadedModel,
  preset: Preset,
  values: Readonly<Record<string, string>>,
  options: TaskOptions,
  form: AnswerForm,
): AsyncGenerator<StreamEvent<ModelResult>, void, void> {
  const [system, content] = fillPreset<RgbImage>(preset, [], placed(preset, values));
  const askOptions = toAskOptions(options, preset);
  return respond(model, withSystem(system, content, options), {
    prompt: { preset: preset.id, version: preset.version },
    options: form !== undefined && "grammar" in form ? { ...askOptions, grammar: form.grammar } : askOptions,
    ...(form !== undefined && "jsonSchema" in form && { jsonSchema: form.jsonSchema }),
    studies: [],
    started: performance.now(),
    read: 0,
  });
}

/** Values that the preset's words have a place for. */
function placed(preset: Preset, values: Readonly<Record<string, string>>): Record<string, string> {
  const isPlaced = (name: string) => hasPlace(preset, name) || preset.system?.includes(`{${name}}`);
  return Object.fromEntries(Object.entries(values).filter(([name]) => isPlaced(name)));
}
