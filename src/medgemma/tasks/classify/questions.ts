import type { RgbImage } from "../../../image/rgb.js";
import type { ContentPart, Message } from "../../../prompt/message.js";
import type { LetteredAnswers, ScoredPreset } from "../../../prompt/presets-tasks.js";
import type { Asked } from "../../run/score-questions.js";
import { fillPreset, withSystem } from "../../run/task-prompt.js";
import { letterOf, optionLines } from "./labels.js";
import type { ClassifyOptions } from "./options.js";

/** A yes/no question. */
export function askYesNo(
  preset: ScoredPreset,
  content: readonly ContentPart<RgbImage>[],
  label: string,
  options: ClassifyOptions,
): Asked {
  const { yes, no } = preset.answers as { yes: readonly string[]; no: readonly string[] };
  return { messages: ask(preset, content, { label: label.trim() }, options), answers: [yes, no] };
}

/** A lettered question, its options in this order. */
export function askChoice(
  preset: ScoredPreset,
  content: readonly ContentPart<RgbImage>[],
  labels: readonly string[],
  options: ClassifyOptions,
): Asked {
  const { letter } = preset.answers as LetteredAnswers;
  const answers = labels.map((_, index) =>
    letter.map((form) => form.replaceAll("{letter}", letterOf(index))),
  );
  return { messages: ask(preset, content, { options: optionLines(labels) }, options), answers };
}

/** The question's words around pictures that are decoded, and captions of slices, which stay where they are. */
function ask(
  preset: ScoredPreset,
  content: readonly ContentPart<RgbImage>[],
  values: Record<string, string>,
  options: ClassifyOptions,
): Message<RgbImage>[] {
  const [system, user] = fillPreset<"pictures">(preset, ["pictures"], values);
  const filled = user.flatMap((part) => (part.type === "image" ? content : [part]));
  return withSystem(system, filled, options);
}
