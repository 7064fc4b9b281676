import { MedGemmaError } from "../../../base/errors.js";
import { parseBounded, UnboundedJson } from "../../../base/files/bounded-json.js";
import { findAllJson } from "../../../prompt/json.js";
import type { ModelResult } from "../result.js";

/** Begins as no JSON does: an endpoint need not keep to the schema. */
const NO_JSON = /^\s*[^\s{["\-\dtfn]/;
/** Markdown's fence around all of it; a cut one has no end. */
const FENCE = /^\s*```[a-z0-9]*\s*([\s\S]*?)\s*(?:```\s*)?$/i;
/** A text, number or word that is whole, and something behind it. */
const SCALAR_AND_MORE =
  /^\s*(?:(?:"[^"\\]*(?:\\.[^"\\]*)*"|true|false|null)\s*\S|-?\d[\d.eE+-]*\s*[^\s\d.eE+-])/s;

/** An endpoint may send what no model writes in so many tokens. */
const BOUNDS = { depth: 500, items: 100_000 };

/** The JSON in an answer, which a fence may stand around: chat models write one though they are asked for JSON. */
export function jsonIn(text: string): { readonly json: string; readonly start: number } {
  const json = FENCE.exec(text)?.[1];
  return json === undefined
    ? { json: text, start: 0 }
    : { json, start: text.indexOf("`") + fenceLength(text) };
}

const fenceLength = (text: string) => /```[a-z0-9]*\s*/i.exec(text)?.[0].length ?? 0;

/**
 * What the JSON of an answer says. JSON with words around it is none: which of them is meant nobody knows, and an engine that
 * keeps to a schema writes no others.
 * @throws MedGemmaError `answer_incomplete`, `answer_invalid`.
 */
export function parseAnswer({ text, finishReason, usage }: ModelResult): unknown {
  const { json } = jsonIn(text);
  let value: unknown;
  let whole = true;
  try {
    value = parseBounded(json, BOUNDS);
  } catch (error) {
    if (error instanceof UnboundedJson) throw tooMuch();
    whole = false;
  }
  // A number alone may go on.
  if (whole && !(finishReason === "length" && typeof value === "number")) return value;
  if (!whole && (SCALAR_AND_MORE.test(json) || findAllJson(json).some(({ complete }) => complete)))
    throw notAlone();
  if (finishReason !== "length" && NO_JSON.test(json)) {
    throw new MedGemmaError("answer_invalid", "The answer is not JSON, though a schema was asked for.", {
      facts: { path: "" },
    });
  }
  const { completionTokens } = usage;
  const known = !Number.isNaN(completionTokens);
  const end = finishReason === "length" ? "was cut off by the token limit" : "ended";
  throw new MedGemmaError(
    "answer_incomplete",
    // An endpoint may not count them.
    `The answer ${end}${known ? ` after ${completionTokens} tokens` : ""}, before its JSON was whole.`,
    { facts: { ...(known && { completionTokens }), finishReason } },
  );
}

function tooMuch(): MedGemmaError {
  return new MedGemmaError(
    "answer_invalid",
    "The answer is JSON of more values, or of more lists in each other, than are read.",
    { facts: { path: "" } },
  );
}

function notAlone(): MedGemmaError {
  return new MedGemmaError("answer_invalid", "The answer has JSON and other words beside it.", {
    facts: { path: "" },
    remedy:
      "Ask for JSON alone in the question, or take an endpoint that holds its answers to a schema (response_format): it writes nothing else. What came is in the text of `stream`.",
  });
}
