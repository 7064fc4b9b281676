import type { Engine, EngineTimings, PromptPart, Usage } from "../../engine/engine.js";
import type { RgbImage } from "../../image/rgb.js";
import type { Message } from "../../prompt/message.js";
import type { ScoredPreset } from "../../prompt/presets-tasks.js";
import { argue } from "./argue.js";
import { sideBySide } from "./callers.js";
import type { LoadedModel } from "./loaded-model.js";
import type { TaskOptions } from "./task-prompt.js";
import { promptOf } from "./text-bounds.js";
import { addTimings, addUsage } from "./usage.js";

export interface ScoreOptions extends TaskOptions<ScoredPreset> {
  /**
   * `score`: the probabilities of the answers, without generating a word. `reason`: the model thinks or argues first,
   * then its answer is scored; slower by hundreds of tokens a question. Defaults to `"score"`.
   */
  method?: "score" | "reason" | undefined;
}

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

/** Scores the answers of one question after the prompt, or after what the model thinks about it. */
export async function score(
  model: LoadedModel,
  preset: ScoredPreset,
  asked: Asked,
  options: ScoreOptions,
): Promise<Scored> {
  const end = model.callers.begin(model.call ?? { asking: 0 });
  try {
    return await scoreAsked(model.engine, preset, asked, options);
  } finally {
    end();
  }
}

/**
 * Scores all questions: the first alone, so that its pictures and the words before the first difference are computed
 * once, then the others side by side on top of them.
 */
export async function scoreAll(
  model: LoadedModel,
  preset: ScoredPreset,
  asked: readonly Asked[],
  options: ScoreOptions,
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

async function scoreAsked(
  engine: Engine,
  preset: ScoredPreset,
  { messages, answers }: Asked,
  options: ScoreOptions,
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
