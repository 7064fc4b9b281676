import { CHAR, quoted } from "./chars.js";
import { PATTERNS } from "./formats.js";
import type { Keywords } from "./node.js";
import { patternRule } from "./pattern.js";
import { call, NEVER, type Rule, repeat } from "./rules.js";

/** A grammar of llama.cpp repeats a character at most this often (MAX_REPETITION_THRESHOLD in llama-grammar.cpp). */
export const MAX_LENGTH = 2000;

/**
 * Strings of all of the keywords. A pattern is held, or a format, or lengths; what is not held is checked afterwards. A
 * text that a pattern leaves without end is rather held to its length: the model sees patterns better than it counts.
 */
export function strings(all: readonly Keywords[]): Rule {
  const least = Math.max(0, ...all.map(({ minLength = 0 }) => minLength));
  const most = Math.min(...all.map(({ maxLength = Infinity }) => maxLength));
  if (least > most || least > MAX_LENGTH) return NEVER;
  const patterns = all.flatMap(({ pattern, format }) => [pattern, PATTERNS.get(format ?? "")]);
  for (const pattern of patterns) {
    const rule = pattern === undefined ? undefined : patternRule(pattern);
    if (rule !== undefined && (most === Infinity || !repeatsChars(rule))) return quoted(rule);
  }
  if (least === 0 && most === Infinity) return call("string");
  return quoted(repeat(CHAR, least, most === Infinity ? most : Math.min(most, MAX_LENGTH)));
}

/** Whether any characters may follow without end. */
function repeatsChars(rule: Rule): boolean {
  if (rule.kind === "repeat")
    return (rule.what === CHAR && rule.most === Infinity) || repeatsChars(rule.what);
  return "of" in rule && rule.of.some(repeatsChars);
}
