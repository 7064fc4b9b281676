import type { GeneratedToken } from "../../../src/engine/engine.js";
import { askedSampling } from "../../../src/engine/sampling.js";
import type { ModelResult } from "../../../src/medgemma/run/result.js";

const FILE = { bytes: 1, sha256: "00", quantization: "F16" };

/** A result as a model would give it. */
export function makeResult(changes: Partial<ModelResult> = {}): ModelResult {
  return {
    text: "No.",
    thought: undefined,
    finishReason: "stop",
    thoughtCutOff: false,
    tokens: [makeToken(5, -0.25), makeToken(6, 0)],
    usage: { promptTokens: 35, imageTokens: 16, cachedTokens: 0, completionTokens: 2 },
    timings: { queue: 0, encode: 1, prefill: 1, decode: 1, timeToFirstToken: 3, load: 9, read: 1, total: 5 },
    provenance: {
      model: { ...FILE, name: "phantom" },
      projector: undefined,
      adapters: [],
      prompt: { preset: "custom", version: 1, thinking: false },
      pictures: [],
      contextSize: 8192,
      threads: 1,
      sampling: {
        ...{ ...askedSampling({}), temperature: 0, seed: 1, maxTokens: undefined },
        deterministic: false,
      },
      versions: { medgemma: "0.1.0", llamaCpp: "b1", node: "v20" },
      devices: [],
      createdAt: "2026-01-01T00:00:00.000Z",
    },
    studies: [],
    notice: "A draft.",
    ...changes,
  };
}

export function makeToken(id: number, logprob: number): GeneratedToken {
  return { id, logprob, text: "", top: [] };
}
