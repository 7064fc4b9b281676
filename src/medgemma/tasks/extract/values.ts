import { table } from "../../../base/table.js";
import type { GeneratedToken } from "../../../engine/engine.js";
import { type JsonPath, toPointer } from "../../../engine/schema/refusal.js";

/** One value of an extraction: a text, number, truth value or null, or a list or object that is empty. */
export interface ExtractedValue {
  /** JSON pointer (RFC 6901) into the answer's JSON: `/tests/0/name`. */
  readonly path: string;
  /** As the answer's JSON has it, before the schema's own conversions. */
  readonly value: unknown;
  /**
   * How likely the model was to write it there, 0..1: the product over its tokens, quotes included and for a number
   * the one that ends it, of their probability before the schema left some out. Not calibrated. NaN from an engine that reports no probabilities.
   */
  readonly probability: number;
}

interface Leaf {
  readonly path: JsonPath;
  readonly start: number;
  readonly end: number;
}

interface Span {
  readonly start: number;
  readonly end: number;
  readonly logprob: number;
}

/**
 * The values in an answer's JSON with their probabilities, in the order in which they were written.
 *
 * @param from Where the JSON begins in the text.
 */
export function valuesOf(text: string, tokens: readonly GeneratedToken[], from = 0): ExtractedValue[] {
  const spans = spansOf(text, tokens);
  let first = 0;
  return leavesOf(text, from).map(({ path, start, end }) => {
    const written = text.slice(start, end);
    // Without what ends it, 1 would be as likely as 1, 12 and 123 together.
    const reach = isDigit(written.at(-1)) ? end + 1 : end;
    // Both follow the text: what ends before this value is of no later one either.
    while (first < spans.length && (spans[first] as Span).end <= start) first++;
    let logprob: number | undefined;
    for (let index = first; index < spans.length; index++) {
      const span = spans[index] as Span;
      if (span.start >= reach) break;
      if (span.end > start) logprob = (logprob ?? 0) + span.logprob;
    }
    return {
      path: toPointer(path),
      value: JSON.parse(written) as unknown,
      probability: Math.exp(logprob ?? Number.NaN),
    };
  });
}

const isDigit = (char: string | undefined) => char !== undefined && char >= "0" && char <= "9";

/**
 * Where each token stands in the text. A token that is only a part of a character shows as U+FFFD: a run of such
 * tokens stands for what lies between its whole neighbours.
 */
export function spansOf(text: string, tokens: readonly GeneratedToken[]): Span[] {
  const spans: Span[] = [];
  const all = tokens.map((token) => token.text).join("");
  let at = all.trimStart().length - all.length;
  for (let index = 0; index < tokens.length; index++) {
    const from = index;
    while (tokens[index]?.text.includes("\ufffd")) index++;
    if (index > from) {
      const next = tokens[index]?.text;
      const found = next === undefined ? text.length : text.indexOf(next, Math.max(at, 0) + 1);
      const end = found < 0 ? text.length : found;
      for (const { logprob } of tokens.slice(from, index)) spans.push({ start: at, end, logprob });
      at = end;
    }
    const token = tokens[index];
    if (token === undefined) break;
    spans.push({ start: at, end: at + token.text.length, logprob: token.logprob });
    at += token.text.length;
  }
  return spans;
}

const SPACE = /\s*/y;
// In this form, without a step back for each letter: the pattern's stack ends at some ten million of them.
const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/sy;
const WORD = /[^\s,\]}]+/y;
const CLOSING = table({ "[": "]", "{": "}" });

/** The leaves of a JSON text that is known to be whole. */
function leavesOf(text: string, from: number): Leaf[] {
  const leaves: Leaf[] = [];
  let at = from;
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? "";
    at += found.length;
    return found;
  };
  const skip = (char: string): boolean => {
    take(SPACE);
    const here = text[at] === char;
    if (here) at++;
    return here;
  };
  const visit = (path: JsonPath): void => {
    take(SPACE);
    const start = at;
    const close = CLOSING[text[at] ?? ""];
    if (close === undefined) {
      take(text[at] === '"' ? STRING : WORD);
      leaves.push({ path, start, end: at });
      return;
    }
    at++;
    if (skip(close)) {
      leaves.push({ path, start, end: at });
      return;
    }
    let index = 0;
    do {
      take(SPACE);
      const step = close === "}" ? (JSON.parse(take(STRING)) as string) : index++;
      if (close === "}") skip(":");
      visit([...path, step]);
    } while (skip(","));
    skip(close);
  };
  visit([]);
  return leaves;
}
