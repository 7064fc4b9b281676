import { table } from "../../base/table.js";
import { charsOf } from "./chars.js";
import { ANY, type CharSet, complement, DIGITS, DOT, SPACES, union, WORD } from "./charset.js";
import { choice, EMPTY, mayBeEmpty, type Rule, repeat, sequence, sizeOf } from "./rules.js";

/** A grammar of llama.cpp has at most 2000 rules in a group. */
const MAX_SIZE = 2000;
const MAX_NESTING = 50;
const BRACES = /\{(\d+)(,?)(\d*)\}/y;
const QUANTIFIERS: Readonly<Record<string, readonly [number, number]>> = table({
  "*": [0, Infinity],
  "+": [1, Infinity],
  "?": [0, 1],
});
const SETS = table({ d: DIGITS, w: WORD, s: SPACES });
const CONTROLS: Readonly<Record<string, number>> = table({ t: 9, n: 10, v: 11, f: 12, r: 13, 0: 0 });
const ANYTHING = repeat(charsOf(ANY), 0, Infinity);

/** What cannot be said in a grammar. */
class Unheld extends Error {}

/**
 * The texts that match a pattern (ECMA-262 with the flag `u`), as JSON writes them without quotes; wherever the pattern
 * has no anchor, anything may stand. Looking ahead and behind, word boundaries and classes of Unicode hold nothing
 * back, so that texts may follow the rule that the pattern refuses, never the other way round. Undefined for what
 * cannot be said in a grammar at all.
 */
export function patternRule(pattern: string): Rule | undefined {
  try {
    const rule = new Translation(pattern).whole();
    return sizeOf(rule) > MAX_SIZE ? undefined : rule;
  } catch (error) {
    if (error instanceof Unheld) return undefined;
    throw error;
  }
}

class Translation {
  readonly #chars: readonly string[];
  #at = 0;
  #depth = 0;

  constructor(pattern: string) {
    this.#chars = [...pattern];
  }

  whole(): Rule {
    const branches: Rule[] = [];
    do {
      const begins = this.#skip("^");
      const body = this.#sequence();
      const ends = this.#skip("$");
      branches.push(sequence(begins ? EMPTY : ANYTHING, body, ends ? EMPTY : ANYTHING));
    } while (this.#skip("|"));
    // An anchor in the middle.
    if (this.#at < this.#chars.length) throw new Unheld();
    return choice(...branches);
  }

  #alternatives(): Rule {
    if (++this.#depth > MAX_NESTING) throw new Unheld();
    const branches = [this.#sequence()];
    while (this.#skip("|")) branches.push(this.#sequence());
    this.#depth--;
    return choice(...branches);
  }

  #sequence(): Rule {
    const parts: Rule[] = [];
    for (;;) {
      const char = this.#chars[this.#at];
      if (char === undefined || char === ")" || char === "|" || char === "$") return sequence(...parts);
      const atom = this.#atom(char);
      const [least, most] = this.#quantifier();
      // llama.cpp does not repeat what may be empty without end.
      parts.push(most > 1 && mayBeEmpty(atom) ? ANYTHING : repeat(atom, least, most));
    }
  }

  #atom(char: string): Rule {
    this.#at++;
    if (char === "(") return this.#group();
    if (char === "^") throw new Unheld();
    if (char === "[") return charsOf(this.#class());
    if (char === ".") return charsOf(DOT);
    const next = this.#chars[this.#at] ?? "";
    if (char === "\\" && /[bB]/.test(next)) {
      this.#at++;
      return EMPTY;
    }
    if (char === "\\" && /[1-9k]/.test(next)) throw new Unheld();
    const meant = this.#member(char);
    return charsOf(typeof meant === "number" ? [[meant, meant]] : meant);
  }

  #group(): Rule {
    let looks = false;
    if (this.#skip("?")) {
      const kind = this.#chars[this.#at++];
      const behind = kind === "<" && ["=", "!"].includes(this.#chars[this.#at] ?? "");
      looks = behind || kind === "=" || kind === "!";
      if (behind) this.#at++;
      else if (kind === "<") while (this.#chars[this.#at++] !== ">");
      else if (!looks && kind !== ":") throw new Unheld();
    }
    if (looks) {
      this.#skipGroup();
      return EMPTY;
    }
    const inside = this.#alternatives();
    // Only an anchor can stand here instead.
    if (!this.#skip(")")) throw new Unheld();
    return inside;
  }

  /** Goes behind the bracket that closes the group. */
  #skipGroup(): void {
    for (let open = 1, inClass = false; open > 0; ) {
      const char = this.#chars[this.#at++];
      if (char === undefined) throw new Unheld();
      if (char === "\\") this.#at++;
      else if (inClass) inClass = char !== "]";
      else if (char === "[") inClass = true;
      else if (char === "(") open++;
      else if (char === ")") open--;
    }
  }

  #class(): CharSet {
    const negated = this.#skip("^");
    let set: CharSet = [];
    let exact = true;
    while (!this.#skip("]")) {
      const from = this.#member(this.#chars[this.#at++]);
      exact &&= from !== ANY;
      if (typeof from === "number" && this.#chars[this.#at] === "-" && this.#chars[this.#at + 1] !== "]") {
        this.#at++;
        const to = this.#member(this.#chars[this.#at++]);
        if (typeof to !== "number") throw new Unheld();
        set = union(set, [[from, to]]);
      } else set = union(set, typeof from === "number" ? [[from, from]] : from);
    }
    // All but some characters of a class that is not known.
    if (!exact) return ANY;
    return negated ? complement(set) : set;
  }

  /** A character, or what it announces when it is a backslash. */
  #member(char = ""): number | CharSet {
    return char === "\\" ? this.#escape() : (char.codePointAt(0) ?? 0);
  }

  /** What stands behind a backslash: one character or a set of them. */
  #escape(): number | CharSet {
    const char = this.#chars[this.#at++] ?? "";
    const set = SETS[char.toLowerCase()];
    if (set !== undefined) return char === char.toLowerCase() ? set : complement(set);
    const control = CONTROLS[char];
    if (control !== undefined) return control;
    if (char === "b") return 8;
    if (char === "c") return (this.#chars[this.#at++]?.codePointAt(0) ?? 0) % 32;
    if (char === "x") return this.#hex(2);
    if (char === "p" || char === "P") {
      this.#at = this.#chars.indexOf("}", this.#at) + 1;
      return ANY;
    }
    return char === "u" ? this.#codePoint() : (char.codePointAt(0) ?? 0);
  }

  #codePoint(): number {
    if (this.#skip("{")) {
      const code = this.#hex(this.#chars.indexOf("}", this.#at) - this.#at);
      this.#at++;
      return code;
    }
    const high = this.#hex(4);
    if (high < 0xd800 || high > 0xdbff || this.#chars.slice(this.#at, this.#at + 2).join("") !== "\\u")
      return high;
    this.#at += 2;
    return String.fromCharCode(high, this.#hex(4)).codePointAt(0) ?? high;
  }

  #hex(digits: number): number {
    const code = Number.parseInt(this.#chars.slice(this.#at, this.#at + digits).join(""), 16);
    this.#at += digits;
    return code;
  }

  /** How often what stands before is repeated; once without a quantifier. */
  #quantifier(): readonly [number, number] {
    const known = QUANTIFIERS[this.#chars[this.#at] ?? ""];
    BRACES.lastIndex = 0;
    const rest = this.#chars.slice(this.#at, this.#at + 40).join("");
    const [braces = "", least = "", comma = "", most = ""] = known ? [] : (BRACES.exec(rest) ?? []);
    if (!known && braces === "") return [1, 1];
    this.#at += known ? 1 : braces.length;
    // Reluctant or not, the same answers fit.
    this.#skip("?");
    if (known) return known;
    return [Number(least), comma === "" ? Number(least) : most === "" ? Infinity : Number(most)];
  }

  #skip(char: string): boolean {
    if (this.#chars[this.#at] !== char) return false;
    this.#at++;
    return true;
  }
}
