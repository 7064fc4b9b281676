import { MedGemmaError } from "../../errors.js";
import type {
  EndpointCapabilities,
  EngineInfo,
  GenerationEvent,
  PromptPart,
  ScoreResult,
} from "../engine.js";
import type { NativeGenerateOptions } from "../native/addon.js";

export const CAPABILITIES = ["images", "logprobs", "jsonSchema", "grammar", "prefill"] as const;

export interface EndpointRequest extends NativeGenerateOptions {
  readonly jsonSchema: object | undefined;
}

/** One server with one model, spoken to in its own way. Options were checked before. */
export interface Endpoint {
  readonly info: Omit<EngineInfo, "loadTime">;
  readonly capabilities: EndpointCapabilities;
  tokenize(text: string, special: boolean, signal: AbortSignal): Promise<number[]>;
  generate(
    parts: readonly PromptPart[],
    request: EndpointRequest,
    signal: AbortSignal,
  ): AsyncIterable<GenerationEvent>;
  score(
    parts: readonly PromptPart[],
    continuations: readonly string[],
    signal: AbortSignal,
  ): Promise<ScoreResult>;
  /** Whether it takes requests now. Never throws. */
  healthy(signal: AbortSignal): Promise<boolean>;
}

export function unsupported(capability: string, message?: string): MedGemmaError {
  return new MedGemmaError(
    "unsupported_by_endpoint",
    message ?? `The endpoint does not offer ${capability}.`,
    { facts: { capability } },
  );
}
