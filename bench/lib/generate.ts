import type { Engine, EngineTimings, GenerateOptions, PromptPart, Usage } from "../../src/engine/engine.js";
import type { ModelUnderTest } from "./types.js";

export interface Generated {
  readonly usage: Usage;
  readonly timings: EngineTimings;
  /** Milliseconds until the first piece of text, as the caller sees it. */
  readonly first: number;
  /** Tokens a second after the first, as the caller sees it. */
  readonly pace: number;
  /** Milliseconds of the whole call. */
  readonly took: number;
}

export async function generate(
  engine: Engine,
  parts: readonly PromptPart[],
  options: GenerateOptions,
): Promise<Generated> {
  const began = performance.now();
  let first = 0;
  let last = 0;
  let done: { usage: Usage; timings: EngineTimings } | undefined;
  for await (const event of engine.generate(parts, options)) {
    last = performance.now();
    if (event.type === "done") done = event;
    else if (first === 0) first = last;
  }
  if (!done) throw new Error("The answer ended without its done event.");
  const pace = ((done.usage.completionTokens - 1) * 1000) / (last - first);
  return { ...done, first: first - began, pace, took: last - began };
}

/**
 * Options under which the model goes on until the limit: the phantom's answers are short, so it is made to wander; the
 * stand-in's noise does not end by itself.
 */
export function longAnswer(model: ModelUnderTest, maxTokens: number, seed: number): GenerateOptions {
  return model.name === "phantom" ? { maxTokens, temperature: 10, topK: 0, topP: 1, seed } : { maxTokens };
}
