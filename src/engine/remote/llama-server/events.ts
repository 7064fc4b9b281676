import { isObject } from "../../../base/guards.js";
import type { GenerationEvent, TokenLogprob } from "../../engine.js";
import { toFinish } from "../endpoint/finish-reason.js";
import { isListOf, isNumber, isOptional, isText, isToken } from "../http/shape.js";

interface Probability {
  readonly id: number;
  readonly token: string;
  readonly logprob: number;
}

/** One event of llama-server's /completion. */
export interface Chunk {
  readonly content?: string | undefined;
  readonly tokens?: readonly number[] | undefined;
  readonly error?: unknown;
  readonly model?: string | undefined;
  readonly stop?: boolean | undefined;
  readonly stop_type?: string | undefined;
  readonly tokens_predicted?: number | undefined;
  readonly tokens_evaluated?: number | undefined;
  readonly timings?:
    | {
        readonly cache_n?: number | undefined;
        readonly prompt_ms?: number | undefined;
        readonly predicted_ms?: number | undefined;
      }
    | undefined;
  readonly completion_probabilities?:
    | readonly (Probability & { top_logprobs?: readonly Probability[] | undefined })[]
    | undefined;
}

/** Whether it can be read as one: what is read of it is there in its form, or not there. */
export function isChunk(value: unknown): value is Chunk {
  return (
    isObject(value) &&
    isOptional(value.content, isText) &&
    isOptional(value.tokens, isListOf(isNumber)) &&
    isOptional(value.tokens_predicted, isNumber) &&
    isOptional(value.tokens_evaluated, isNumber) &&
    isOptional(value.timings, isObject) &&
    isOptional(value.completion_probabilities, isListOf(isToken))
  );
}

/** The text of an event; the server leaves control words out, of which those of `words`, by id, are put back. */
export function textOf({ content = "", tokens = [] }: Chunk, words: ReadonlyMap<number, string>): string {
  return tokens.map((id) => words.get(id) ?? "").join("") + content;
}

export function toText(content: string, { completion_probabilities = [] }: Chunk): GenerationEvent {
  const tokens = completion_probabilities.map((token) => ({
    ...toLogprob(token),
    top: (token.top_logprobs ?? []).map(toLogprob),
  }));
  return { type: "text", text: content, tokens };
}

/** Encoding happens within the server's prefill and is not told apart. */
export function toDone(chunk: Chunk, imageTokens: number, seed: number, first: number): GenerationEvent {
  const { timings = {} } = chunk;
  return {
    type: "done",
    // A server that tells no reason has come to the end of its answer.
    finishReason: chunk.stop_type === undefined ? "stop" : toFinish(chunk.stop_type).finishReason,
    usage: {
      promptTokens: chunk.tokens_evaluated ?? 0,
      imageTokens,
      cachedTokens: timings.cache_n ?? 0,
      completionTokens: chunk.tokens_predicted ?? 0,
    },
    timings: {
      queue: 0,
      encode: 0,
      prefill: timings.prompt_ms ?? 0,
      decode: timings.predicted_ms ?? 0,
      timeToFirstToken: first,
    },
    seed,
  };
}

function toLogprob({ id, token, logprob }: Probability): TokenLogprob {
  return { id, text: token, logprob };
}
