import { isObject } from "../../base/guards.js";
import { quoted, written } from "./chars.js";
import { call, type Rule, sequence, text } from "./rules.js";

const SPACE = call("space");

/** A value as it is, in JSON. */
export function literal(value: unknown): Rule {
  if (typeof value === "string") return quoted(written(value));
  if (Array.isArray(value)) return enclosed("[", "]", value.map(literal));
  if (!isObject(value)) return text(JSON.stringify(value));
  const pairs = Object.entries(value).filter(([, part]) => part !== undefined);
  return enclosed(
    "{",
    "}",
    pairs.map(([name, part]) => pair(quoted(written(name)), literal(part))),
  );
}

export const pair = (name: Rule, value: Rule) => sequence(name, SPACE, text(":"), SPACE, value);

/** Parts between brackets, with commas. */
export function enclosed(open: string, close: string, parts: readonly Rule[]): Rule {
  const inside = parts.flatMap((part, index) => (index === 0 ? [part] : [SPACE, text(","), SPACE, part]));
  return sequence(text(open), SPACE, ...inside, ...(parts.length > 0 ? [SPACE] : []), text(close));
}

/** As {@link enclosed}, of what stands for parts and commas already, or of nothing. */
export function around(open: string, close: string, inside: Rule): Rule {
  return sequence(text(open), SPACE, inside, text(close));
}

export const COMMA = sequence(SPACE, text(","), SPACE);
