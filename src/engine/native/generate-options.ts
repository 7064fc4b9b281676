import { badOption } from "../../base/errors.js";
import { integerOption } from "../../base/options.js";
import type { GenerateOptions, ScoreOptions } from "../engine.js";
import { checkGrammar } from "../gbnf/size.js";
import { resolveSampling, type SamplingName } from "../sampling.js";
import { checkSchema, toGrammar } from "../schema/schema.js";
import { checkAdapterUses } from "./adapters.js";
import type { NativeGenerateOptions, NativeRequestOptions } from "./addon.js";

const DEFAULT_MAX_TOKENS = 512;
const MAX_STOPS = 16;
const MAX_STOP_LENGTH = 1000;

/**
 * Checks and completes generation options; the grammar of a schema is made apart, by {@link resolveGrammar}.
 * @throws MedGemmaError `bad_option`, `grammar_unsupported`.
 */
export function resolveGenerateOptions(options: GenerateOptions): NativeGenerateOptions {
  const { stop = [] } = options;
  if (
    !Array.isArray(stop) ||
    stop.length > MAX_STOPS ||
    stop.some((text) => typeof text !== "string" || text === "" || text.length > MAX_STOP_LENGTH)
  ) {
    throw badOption("stop", `at most ${MAX_STOPS} strings of 1 to ${MAX_STOP_LENGTH} characters,`, stop);
  }
  const request = resolveRequestOptions(options);
  const sampling: Pick<NativeGenerateOptions, SamplingName> = resolveSampling(options);
  return {
    ...request,
    ...sampling,
    maxTokens: integerOption("maxTokens", options.maxTokens, DEFAULT_MAX_TOKENS, 1, 1_000_000),
    clampMaxTokens: options.maxTokens === undefined,
    stop: [...stop],
    logprobs: integerOption("logprobs", options.logprobs, 0, 0, 20),
    grammar: grammarOf(options),
  };
}

/** @throws MedGemmaError `bad_option`. */
export function resolveRequestOptions(options: ScoreOptions): NativeRequestOptions {
  const { priority = "interactive", deterministic = false } = options;
  if (priority !== "interactive" && priority !== "batch") {
    throw badOption("priority", '"interactive" or "batch"', priority);
  }
  if (typeof deterministic !== "boolean") throw badOption("deterministic", "true or false", deterministic);
  checkAdapterUses(options.adapters);
  return { batch: priority === "batch", deterministic };
}

/** Each is decoded by itself: more take long, and nobody has so many labels. */
const MOST_CONTINUATIONS = 4096;

/** @throws MedGemmaError `bad_option`. */
export function checkContinuations(continuations: unknown): void {
  if (
    !Array.isArray(continuations) ||
    continuations.length === 0 ||
    continuations.length > MOST_CONTINUATIONS
  )
    throw badOption("continuations", `one string at least, ${MOST_CONTINUATIONS} at most`, continuations);
  for (const text of continuations)
    if (typeof text !== "string" || text === "") throw badOption("continuations", "no empty string", text);
}

/** @throws MedGemmaError `grammar_unsupported`. */
export function resolveGrammar({ grammar = "", jsonSchema }: GenerateOptions): string {
  return jsonSchema === undefined ? grammar : toGrammar(jsonSchema);
}

function grammarOf({ grammar, jsonSchema }: GenerateOptions): string {
  if (jsonSchema === undefined) return grammar === undefined ? "" : checkGrammar(grammar);
  if (grammar !== undefined) throw badOption("grammar", "nothing, as jsonSchema is given,", grammar);
  checkSchema(jsonSchema);
  return "";
}
