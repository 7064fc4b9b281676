import type { EngineTimings, Usage } from "../../engine/engine.js";

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
