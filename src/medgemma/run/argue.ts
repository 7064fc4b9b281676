import type {
  Engine,
  EngineTimings,
  FinishReason,
  GenerateOptions,
  PromptPart,
  Usage,
} from "../../engine/engine.js";
import type { ScoredPreset } from "../../prompt/presets-tasks.js";
import { splitThinking } from "../../prompt/thinking.js";
import { toGenerateOptions } from "./ask-options.js";
import { LoopGuard } from "./loop-guard.js";
import type { TaskOptions } from "./task-prompt.js";
import { toAskOptions } from "./text-task.js";

const END_OF_THOUGHT = "<unused95>";

/** What the model wrote before its answer, as the beginning of its turn. */
export interface Argument {
  readonly parts: PromptPart[];
  /** Thought and argument, for people. */
  readonly thought: string;
  readonly usage: Usage;
  readonly timings: EngineTimings;
}

/**
 * Lets the model think or argue and takes its words up to the answer, which is then scored. A thought that was cut off
 * or ran in circles is closed, so that there is an answer all the same.
 */
export async function argue(
  engine: Engine,
  prompt: readonly PromptPart[],
  preset: ScoredPreset,
  options: TaskOptions<ScoredPreset>,
): Promise<Argument> {
  const guard = new LoopGuard(engine);
  const generate = toGenerateOptions(toAskOptions(options, preset)) as GenerateOptions;
  let raw = "";
  let spent: Pick<Argument, "usage" | "timings"> | undefined;
  let reason: FinishReason = "stop";
  for await (const event of guard.generate(prompt, generate)) {
    if (event.type === "text") raw += event.text;
    else [spent, reason] = [{ usage: event.usage, timings: event.timings }, event.finishReason];
  }
  if (!spent) throw new Error("A generation ended without its done event.");
  const { thought, answer } = splitThinking(raw, reason);
  const argument = upTo(answer, preset.lead);
  // What a model wrote may hold its control words; everything it wrote after the thought is plain.
  const marked = thought === undefined ? "" : `<unused94>thought\n${thought}${END_OF_THOUGHT}`;
  const parts = append(append(prompt, marked, true), argument, false);
  return { ...spent, parts, thought: [thought, argument].filter(Boolean).join("\n\n").trim() };
}

/** The answer's text up to and with the last lead; with it added when the model did not get there. */
function upTo(answer: string, lead: string): string {
  // A direct answer is no argument: the thought alone comes before it.
  if (lead === "") return "";
  const at = answer.toLowerCase().lastIndexOf(lead.trim().toLowerCase());
  const argument = at < 0 ? answer.trimEnd() : answer.slice(0, at);
  const gap = argument === "" || /\s$/.test(argument) ? "" : "\n";
  return `${argument}${gap}${lead}`;
}

/** Text at the end of a prompt, joined to what stands there. */
function append(parts: readonly PromptPart[], text: string, special: boolean): PromptPart[] {
  if (text === "") return [...parts];
  const last = parts.at(-1);
  if (last?.type !== "text" || last.special !== special) return [...parts, { type: "text", text, special }];
  return [...parts.slice(0, -1), { type: "text", text: last.text + text, special }];
}
