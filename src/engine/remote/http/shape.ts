import { MedGemmaError } from "../../../base/errors.js";
import { isObject } from "../../../base/guards.js";

const WORDS = {
  bad_json: "An event of the endpoint's stream is not JSON.",
  shape: "The endpoint's answer has another form than that of the interface it was asked by.",
  no_json: "The address answers, but not with JSON.",
} as const;

/** What an endpoint sent that cannot be read; nothing of it is kept. */
export function unreadable(reason: keyof typeof WORDS): MedGemmaError {
  return new MedGemmaError("endpoint_failed", WORDS[reason], {
    facts: { reason },
    remedy:
      "Check the address: a web page, a gateway or another program answers there, not a llama-server or chat completions.",
  });
}

/** Ollama's `/api/chat` and `/api/generate`, also where a gateway puts them in another's place. */
export function ofOllama(): MedGemmaError {
  return new MedGemmaError("endpoint_failed", "The address answers as Ollama's own interface does.", {
    facts: { reason: "shape", interface: "ollama" },
    remedy:
      "Name the server alone, such as http://localhost:11434: Ollama's chat completions are below /v1 there, and are asked.",
  });
}

/** Undefined and null stand for what is not there. */
export function isOptional(value: unknown, is: (value: unknown) => boolean): boolean {
  return value === undefined || value === null || is(value);
}

export function isListOf(is: (value: unknown) => boolean): (value: unknown) => boolean {
  return (value) => Array.isArray(value) && value.every(is);
}

export const isText = (value: unknown): boolean => typeof value === "string";
export const isNumber = (value: unknown): boolean => typeof value === "number";

/** A token with its probability, of either interface. */
export function isToken(value: unknown): boolean {
  return (
    isObject(value) &&
    isText(value.token) &&
    isNumber(value.logprob) &&
    isOptional(value.top_logprobs, isListOf(isToken))
  );
}
