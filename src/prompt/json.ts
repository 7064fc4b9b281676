import { table } from "../base/table.js";

/**
 * Finds JSON in what a model wrote: in fences or bare, with text around it, with trailing commas, single quotes, or
 * cut off by the token limit. No eval. A cut-off list keeps its complete elements, a cut-off object its complete
 * members and, of a member that is itself a list or object, what was complete in it.
 */
export interface JsonFinding {
  readonly value: unknown;
  /** False when the text ended inside it. */
  readonly complete: boolean;
  /** The lists and objects in which the text ended: the value itself and what is nested in it. */
  readonly cut: ReadonlySet<unknown>;
  /** Where it stands in the text. */
  readonly start: number;
  readonly end: number;
}

/** The list or object that the answer is about: the longest one, after the last "Final Answer:" if one stands there. */
export function findJson(text: string): JsonFinding | undefined {
  return answerJson(text).reduce<JsonFinding | undefined>(
    (best, it) => (best === undefined || it.end - it.start > best.end - best.start ? it : best),
    undefined,
  );
}

/** All lists and objects after the last "Final Answer:"; all of the text when none stands there. */
export function answerJson(text: string): JsonFinding[] {
  const all = findAllJson(text);
  const from = text.toLowerCase().lastIndexOf("final answer:");
  const after = all.filter((it) => it.start > from);
  return from < 0 || after.length === 0 ? all : after;
}

/**
 * How many times the text may be read in vain: a bracket that begins nothing is read over again from the next one, and
 * a text can be made of them.
 */
const READ_IN_VAIN = 4;
/** For short texts. */
const AT_LEAST = 100_000;

/** All outermost lists and objects in the text, in order. */
export function findAllJson(text: string): JsonFinding[] {
  const findings: JsonFinding[] = [];
  let left = Math.max(READ_IN_VAIN * text.length, AT_LEAST);
  for (let at = 0; at < text.length && left > 0; at++) {
    if (text[at] !== "[" && text[at] !== "{") continue;
    const reader = new Reader(text, at);
    const read = reader.value(0);
    if (read === undefined) {
      left -= reader.at - at;
      continue;
    }
    findings.push({ value: read.value, complete: read.complete, cut: reader.cut, start: at, end: reader.at });
    at = reader.at - 1;
  }
  return findings;
}

interface Read {
  readonly value: unknown;
  readonly complete: boolean;
}

/** Deeper than any answer; keeps a run of brackets from exhausting the stack. */
const MAX_DEPTH = 32;
const NUMBER = /[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/y;
const WORD = /true|false|null/y;
const SPACE = /\s*/y;
const ESCAPES: Readonly<Record<string, string>> = table({ b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" });
/** Ended by the end of the text, with nothing in it that may be kept. */
const CUT: Read = { value: undefined, complete: false };

/** Recursive descent. Each method gives undefined for what is not JSON. */
class Reader {
  readonly cut = new Set<unknown>();

  constructor(
    private readonly text: string,
    public at: number,
  ) {}

  value(depth: number): Read | undefined {
    this.#match(SPACE);
    const char = this.text[this.at];
    if (char === undefined) return CUT;
    if (depth > MAX_DEPTH) return undefined;
    if (char === "[") return this.#array(depth);
    if (char === "{") return this.#object(depth);
    if (char === '"' || char === "'") return this.#string(char);
    const word = this.#match(WORD);
    if (word !== undefined) return { value: word === "null" ? null : word === "true", complete: true };
    const digits = this.#match(NUMBER);
    if (digits !== undefined) return this.#ended ? CUT : { value: Number(digits), complete: true };
    return isCutWord(this.text.slice(this.at, this.at + 5)) && this.#toEnd() ? CUT : undefined;
  }

  #array(depth: number): Read | undefined {
    const value: unknown[] = [];
    const cutOff = (): Read => this.#cutOff(value);
    this.at++;
    for (;;) {
      if (this.#skip("]")) return { value, complete: true };
      const item = this.value(depth + 1);
      if (item === undefined) return undefined;
      if (!item.complete) return cutOff();
      value.push(item.value);
      if (!this.#skip(",") && !this.#peek("]")) return this.#ended ? cutOff() : undefined;
    }
  }

  #object(depth: number): Read | undefined {
    const members: [string, unknown][] = [];
    // fromEntries makes own properties, of `__proto__` too.
    const cutOff = (): Read => this.#cutOff(Object.fromEntries(members));
    this.at++;
    for (;;) {
      if (this.#skip("}")) return { value: Object.fromEntries(members), complete: true };
      if (this.#ended) return cutOff();
      const quote = this.text[this.at];
      if (quote !== '"' && quote !== "'") return undefined;
      const key = this.#string(quote);
      if (!key.complete) return cutOff();
      if (!this.#skip(":")) return this.#ended ? cutOff() : undefined;
      const item = this.value(depth + 1);
      if (item === undefined) return undefined;
      if (item.value !== undefined) members.push([String(key.value), item.value]);
      if (!item.complete) return cutOff();
      if (!this.#skip(",") && !this.#peek("}")) return this.#ended ? cutOff() : undefined;
    }
  }

  #string(quote: string): Read {
    let value = "";
    for (this.at++; this.at < this.text.length; this.at++) {
      const char = this.text[this.at] as string;
      if (char === quote) {
        this.at++;
        return { value, complete: true };
      }
      if (char !== "\\") {
        value += char;
        continue;
      }
      const next = this.text[++this.at] ?? "";
      const hex = next === "u" ? this.text.slice(this.at + 1, this.at + 5) : "";
      if (/^[0-9a-fA-F]{4}$/.test(hex)) {
        value += String.fromCharCode(Number.parseInt(hex, 16));
        this.at += 4;
      } else value += ESCAPES[next] ?? next;
    }
    this.at = this.text.length;
    return CUT;
  }

  get #ended(): boolean {
    return this.at === this.text.length;
  }

  #cutOff(value: unknown): Read {
    this.cut.add(value);
    return { value, complete: false };
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  #peek(char: string): boolean {
    this.#match(SPACE);
    return this.text[this.at] === char;
  }

  #skip(char: string): boolean {
    if (!this.#peek(char)) return false;
    this.at++;
    return true;
  }

  #toEnd(): true {
    this.at = this.text.length;
    return true;
  }
}

/** The text ends within `true`, `false`, `null` or a number's sign. */
function isCutWord(rest: string): boolean {
  return ["true", "false", "null", "-", "+", "."].some((word) => word.startsWith(rest));
}
