import { MedGemmaError } from "../../../base/errors.js";
import type {
  EndpointCapabilities,
  EngineInfo,
  EngineTimings,
  GenerationEvent,
  PromptPart,
  ScoreResult,
} from "../../engine.js";
import type { NativeGenerateOptions } from "../../native/addon.js";
import { JSON_BYTES, JSON_ITEMS } from "../http/http.js";
import { unsupported } from "../http/unsupported.js";

export const CAPABILITIES = ["images", "logprobs", "jsonSchema", "grammar", "prefill"] as const;

export interface EndpointRequest extends NativeGenerateOptions {
  readonly jsonSchema: object | undefined;
}

/** What work needs of an endpoint. */
export interface Needs {
  readonly parts: readonly PromptPart[];
  readonly capabilities: readonly (keyof EndpointCapabilities)[];
  /** Token ids are wanted, with control words as letters or as what they are. */
  readonly tokenize?: "letters" | "words" | undefined;
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
  /** Why it cannot do this; undefined when it can, as far as that is known before anything is sent. */
  refusal(needs: Needs): MedGemmaError | undefined;
  /** Whether it answers what is asked, and not only that it runs. Never throws. */
  healthy(signal: AbortSignal): Promise<boolean>;
}

/** The first of the needs that is not offered. */
export function missing(
  offered: EndpointCapabilities,
  { parts, capabilities }: Needs,
): MedGemmaError | undefined {
  const lacking = capabilities.find((name) => !offered[name]);
  if (lacking) return unsupported(lacking);
  return hasImages(parts) && !offered.images ? new MedGemmaError("projector_missing") : undefined;
}

export function hasImages(parts: readonly PromptPart[]): boolean {
  return parts.some(({ type }) => type === "image");
}

export function imageTokens(info: Endpoint["info"], parts: readonly PromptPart[]): number {
  const images = parts.filter(({ type }) => type === "image").length;
  return images * (info.projector?.imageTokens ?? 0);
}

/** What an endpoint does not tell of its work. */
export const UNTOLD: EngineTimings = { queue: 0, encode: 0, prefill: 0, decode: 0, timeToFirstToken: 0 };

/** What the answer to a text's tokenisation may be: a letter has four bytes at most, each of them may be a token. */
export function tokensAbout({ length }: string): { most: number; items: number } {
  return { most: JSON_BYTES + 2 * length * NUMBER_BYTES, items: JSON_ITEMS + 3 * length };
}

/** Of a token's number, with what stands between two. */
const NUMBER_BYTES = 8;

/** Token ids of an answer to a tokenisation; undefined for all else. */
export function tokensOf(answer: unknown): number[] | undefined {
  const { tokens } = (answer ?? {}) as { tokens?: unknown };
  return Array.isArray(tokens) && tokens.every(Number.isInteger) ? (tokens as number[]) : undefined;
}

export function broken(reason: "cut" | "error"): MedGemmaError {
  return new MedGemmaError("endpoint_failed", "The endpoint's answer broke off.", { facts: { reason } });
}
