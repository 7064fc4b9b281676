import type { MedGemmaError } from "../../base/errors.js";
import { MatchTime, OutOfTime } from "./match-time.js";
import { type JsonPath, unsupported } from "./refusal.js";
import { checkText } from "./values.js";

/** Of all patterns of a schema that differ: V8 takes up to 25 µs to compile a letter, and cannot be stopped in it. */
export const MAX_PATTERN_LETTERS = 4000;
/** Milliseconds for the tries of all patterns, and for those on names. */
const TRIED_FOR = 40;

/** One text of narrow characters and one of wide ones: V8 compiles a pattern for each by itself, when it is first used. */
const TRIES = ["", "\u65e5"];

/** The patterns of one schema: read, counted and tried before the model works. */
export class Patterns {
  readonly #places = new Map<string, JsonPath>();
  readonly #counted = new Set<string>();
  #letters = 0;

  /**
   * A pattern as a regular expression with the `u` flag, as JSON Schema asks. Many are written without it in mind, where
   * `\-` stands for a dash.
   * @throws MedGemmaError `grammar_unsupported`.
   */
  read(value: unknown, path: JsonPath, keyword: string): string {
    checkText(value, path, keyword);
    this.#count(value, path, keyword);
    const found = [value, withoutNeedless(value)].find(isRegExp);
    if (found === undefined)
      throw unsupported(path, keyword, "it is no regular expression (of ECMA-262, with u)");
    this.#places.set(found, path);
    return found;
  }

  /**
   * What V8 finds wrong only when it compiles: too large, say, or too deep.
   * @throws MedGemmaError `grammar_unsupported`.
   */
  tryAll(): void {
    if (this.#places.size === 0) return;
    let at: JsonPath = [];
    inTime(
      () => unusablePattern(at),
      new MatchTime(TRIED_FOR),
      () => {
        for (const [pattern, path] of this.#places) {
          at = path;
          const compiled = toRegExp(pattern);
          for (const text of TRIES) compiled.test(text);
        }
      },
    );
  }

  #count(value: string, path: JsonPath, keyword: string): void {
    if (this.#counted.has(value)) return;
    this.#counted.add(value);
    this.#letters += value.length;
    if (this.#letters > MAX_PATTERN_LETTERS) {
      // A pattern may be the last name in its own path.
      const shown = keyword === "patternProperties" ? path.slice(0, -1) : path;
      throw unsupported(shown, keyword, `the patterns have more than ${MAX_PATTERN_LETTERS} letters`);
    }
  }
}

/** Which names match which patterns, each asked once. */
export class NameMatches {
  readonly #time = new MatchTime(TRIED_FOR);
  readonly #known = new Map<string, Map<string, boolean>>();

  /** @throws MedGemmaError `grammar_unsupported`. */
  learn(names: readonly string[], patterns: Iterable<string>): void {
    for (const pattern of patterns) {
      const known = this.#known.get(pattern) ?? new Map<string, boolean>();
      this.#known.set(pattern, known);
      const others = names.filter((name) => !known.has(name));
      if (others.length === 0) continue;
      inTime(unusablePattern, this.#time, () => {
        const regExp = toRegExp(pattern);
        for (const name of others) known.set(name, regExp.test(name));
      });
    }
  }

  has(pattern: string, name: string): boolean {
    return this.#known.get(pattern)?.get(name) === true;
  }
}

/**
 * The pattern, written so that V8 does not look for its beginning in its own way: for five classes in a row, as
 * `\P{L}{5}`, it would prepare that for a second.
 */
export const searched = (pattern: string): string => `(?=)(?:${pattern})`;

const toRegExp = (pattern: string) => new RegExp(searched(pattern), "u");

/**
 * Does work with what a schema brings.
 * @throws MedGemmaError what `refuse` makes of work that does not end in its time, or that V8 cannot do: a pattern may be too
 * large or need too much of the stack.
 */
export function inTime<T>(refuse: (path: JsonPath) => MedGemmaError, time: MatchTime, work: () => T): T {
  try {
    return time.run(work);
  } catch (error) {
    // V8's own words quote the pattern.
    if (error instanceof OutOfTime || error instanceof SyntaxError || error instanceof RangeError)
      throw refuse([]);
    throw error;
  }
}

export function unusablePattern(path: JsonPath): MedGemmaError {
  return unsupported(path, "pattern", "matching a pattern takes too long, or more room than there is", {
    reason: "pattern",
    remedy:
      "Write patterns that do not try the same letters in many ways: `a+`, not `(a+)+`; and no large numbers of repeats in each other.",
  });
}

const withoutNeedless = (pattern: string) =>
  pattern.replaceAll(/\\([^\w^$\\.*+?()[\]{}|/])/gu, (_, char: string) => escaped(char));

const escaped = (char: string) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;

function isRegExp(pattern: string): boolean {
  try {
    return new RegExp(pattern, "u").source !== "";
  } catch {
    return false;
  }
}
