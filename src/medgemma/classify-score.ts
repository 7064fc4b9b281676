import type { Engine, EngineTimings, PromptPart, Usage } from "../engine/engine.js";
import type { RgbImage } from "../image/rgb.js";
import type { ContentPart, Message } from "../prompt/message.js";
import type { LetteredAnswers, ScoredPreset } from "../prompt/presets-tasks.js";
import { sideBySide } from "./callers.js";
import { letterOf, optionLines } from "./classify-labels.js";
import type { ClassifyOptions } from "./classify-options.js";
import { argue } from "./classify-reason.js";
import type { LoadedModel } from "./loaded-model.js";
import { fillPreset, withSystem } from "./task-prompt.js";
import { promptOf } from "./text-bounds.js";

/** One question about the pictures and its answers, each in its spellings. */
export interface Asked {
  readonly messages: readonly Message<RgbImage>[];
  readonly answers: readonly (readonly string[])[];
}

/** How probable each answer of a question is, as the model gives it. */
export interface Scored {
  /** Of all texts that the model could write; their sum is below 1. */
  readonly mass: readonly number[];
  readonly thought: string | undefined;
  readonly usage: Usage;
  readonly timings: EngineTimings;
}

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

/** Scores the answers of one question after the prompt, or after what the model thinks about it. */
export async function score(
  model: LoadedModel,
  preset: ScoredPreset,
  asked: Asked,
  options: ClassifyOptions,
): Promise<Scored> {
  const end = model.callers.begin(model.call ?? { asking: 0 });
  try {
    return await scoreAsked(model.engine, preset, asked, options);
  } finally {
    end();
  }
}

async function scoreAsked(
  engine: Engine,
  preset: ScoredPreset,
  { messages, answers }: Asked,
  options: ClassifyOptions,
): Promise<Scored> {
  const prompt = promptOf(engine, messages);
  const argued = options.method === "reason" ? await argue(engine, prompt, preset, options) : undefined;
  const parts: PromptPart[] = argued?.parts ?? prompt;
  // After its own lead, the answer stands alone.
  const texts = answers.map((spellings) =>
    argued ? [...new Set(spellings.map((text) => text.replace(preset.lead, "")))] : spellings,
  );
  const { signal, priority, deterministic, adapters } = options;
  const result = await engine.score(parts, texts.flat(), {
    ...(signal && { signal }),
    ...(priority !== undefined && { priority }),
    ...(deterministic !== undefined && { deterministic }),
    ...(adapters !== undefined && { adapters }),
  });
  let next = 0;
  const mass = texts.map((spellings) =>
    spellings.reduce((sum) => sum + Math.exp(result.scores[next++]?.logprob ?? Number.NEGATIVE_INFINITY), 0),
  );
  const spent = argued ? [argued, result] : [result];
  return {
    mass,
    thought: argued?.thought,
    usage: addUsage(spent.map(({ usage }) => usage)),
    timings: addTimings(spent.map(({ timings }) => timings)),
  };
}

/**
 * Scores all questions: the first alone, so that its pictures and the words before the first difference are computed
 * once, then the others side by side on top of them.
 */
export async function scoreAll(
  model: LoadedModel,
  preset: ScoredPreset,
  asked: readonly Asked[],
  options: ClassifyOptions,
): Promise<Scored[]> {
  const [first, ...rest] = asked;
  if (!first) return [];
  const own = { ...model, call: model.call ?? { asking: 0 } };
  const scored = [await score(own, preset, first, options)];
  const others = await sideBySide(own, rest, options.signal, (asking, question, signal) =>
    score(asking, preset, question, { ...options, signal }),
  );
  return [...scored, ...others];
}

export function addUsage(all: readonly Usage[]): Usage {
  const sum = (of: (usage: Usage) => number) => all.reduce((total, usage) => total + of(usage), 0);
  return {
    promptTokens: sum((usage) => usage.promptTokens),
    imageTokens: sum((usage) => usage.imageTokens),
    cachedTokens: sum((usage) => usage.cachedTokens),
    completionTokens: sum((usage) => usage.completionTokens),
  };
}

/** Sums, except for the first token's. */
export function addTimings(all: readonly EngineTimings[]): EngineTimings {
  const sum = (of: (timings: EngineTimings) => number) =>
    all.reduce((total, timings) => total + of(timings), 0);
  return {
    queue: sum((timings) => timings.queue),
    encode: sum((timings) => timings.encode),
    prefill: sum((timings) => timings.prefill),
    decode: sum((timings) => timings.decode),
    timeToFirstToken: all[0]?.timeToFirstToken ?? 0,
  };
}
