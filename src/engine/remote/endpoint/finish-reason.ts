import { MedGemmaError } from "../../../base/errors.js";
import { isObject } from "../../../base/guards.js";
import type { FinishReason } from "../../engine.js";

/** `filter` and `failed`: what came is not the answer. */
type Ending = FinishReason | "filter" | "failed";

const TOOL_CALLS = ["tool_calls", "tool_call", "tool_use", "function_call"];

/**
 * The words with which servers say why an answer ended: OpenAI's, vLLM's, SGLang's, TGI's, llama-server's (`stop_type`),
 * Vertex AI's and Gemini's, Anthropic's, Mistral's, Cohere's and DeepSeek's. In lower case, with `_`.
 */
const WORDS: Readonly<Record<Exclude<Ending, "other">, readonly string[]>> = {
  stop: [
    ...["stop", "stopped", "end", "end_turn", "eos", "eos_token", "end_of_sequence", "complete", "completed"],
    ...["stop_sequence", "stop_word", "stop_token", "stop_str", "word", "finished", "done"],
    // None is offered; with one the text is whole, too, where there is one.
    ...TOOL_CALLS,
  ],
  length: [
    ...["length", "limit", "max_tokens", "max_output_tokens", "max_length", "max_new_tokens", "token_limit"],
    ...["model_length", "context_length", "model_context_window_exceeded", "context_length_exceeded"],
  ],
  filter: [
    ...["content_filter", "content_filtered", "safety", "recitation", "language", "blocklist", "refusal"],
    ...["prohibited_content", "spii", "image_safety", "error_toxic", "guardrail_intervened", "model_armor"],
  ],
  failed: [
    ...["abort", "aborted", "cancel", "cancelled", "canceled", "error", "failed", "timeout", "user_cancel"],
    ...["insufficient_system_resource", "error_limit", "pause_turn"],
  ],
};

const ENDINGS = new Map(
  Object.entries(WORDS).flatMap(([ending, words]) => words.map((word) => [word, ending as Ending] as const)),
);
/** A name, never words: of another reason it is told. */
const NAME = /^[a-z0-9_]{1,40}$/;

/** How an answer ended. */
export interface Finish {
  /** `other`: for a reason that is not known. */
  readonly finishReason: FinishReason;
  /** That reason, where it is a name. */
  readonly word?: string | undefined;
}

/**
 * What a server says of an answer's end; a reason that is not known takes nothing away from the answer.
 * @param said Undefined, null and an empty text: not told, though the answer has ended.
 * @throws MedGemmaError `endpoint_failed` where the server says that it is not the whole answer.
 */
export function toFinish(said: unknown): Finish {
  const text = isObject(said) ? said.type : said;
  const word = typeof text === "string" ? nameOf(text) : "";
  const ending = ENDINGS.get(word) ?? "other";
  if (ending === "filter" || ending === "failed") throw broken(ending, word);
  return { finishReason: ending, ...(ending === "other" && NAME.test(word) && { word }) };
}

/** Whether it ended with the call of a tool. */
export const isToolCall = (said: unknown) => typeof said === "string" && TOOL_CALLS.includes(nameOf(said));

/** A call of a tool in the place of an answer. */
export function calledTool(): MedGemmaError {
  return new MedGemmaError("endpoint_failed", "The endpoint answered with the call of a tool, and no text.", {
    facts: { reason: "finish", finish: "tool_calls" },
    remedy:
      "No tool was offered: the server takes the answer for a call. Start it without a parser for tool calls (vLLM: --tool-call-parser).",
  });
}

/** Whether the server has told an end at all: many send an empty reason with each piece. */
export function isTold(said: unknown): boolean {
  return said !== undefined && said !== null && said !== "";
}

function nameOf(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replaceAll(/[-\s]+/g, "_")
    .replace(/^finish_reason_/, "");
}

function broken(ending: "filter" | "failed", finish: string): MedGemmaError {
  const facts = { reason: "finish", finish };
  if (ending === "filter") {
    return new MedGemmaError("endpoint_failed", `A filter of the endpoint's ended the answer (${finish}).`, {
      facts,
      remedy: "It is a setting of the endpoint's: change it there, or load the model on this machine.",
    });
  }
  return new MedGemmaError("endpoint_failed", `The endpoint gave the answer up (${finish}).`, { facts });
}
