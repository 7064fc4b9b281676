import type { MedGemmaError } from "../errors.js";
import { type CharSet, complement, DIGITS, DOT, SPACES, toClass, union, WORD } from "./schema-charset.js";

/** A grammar of llama.cpp has at most 2000 rules in a group. */
const MAX_SIZE = 2000;
const MAX_NESTING = 50;
const BRACES = /\{(\d+)(,?)(\d*)\}/y;
const QUANTIFIERS: Readonly<Record<string, { readonly min: number; readonly max: number }>> = {
  "*": { min: 0, max: Infinity },
  "+": { min: 1, max: Infinity },
  "?": { min: 0, max: 1 },
};
const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13 };
/** In JSON these stand behind a backslash. */
const JSON_ESCAPES: Readonly<Record<number, string>> = {
  ...{ 8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\" },
};

/**
 * A pattern of JSON Schema in the dialect of llama.cpp's converter, without its anchors. The result speaks of the
 * answer's JSON: a quote is written with its backslash, and no class or dot has characters that would end the string.
 * Letters apart from plain ones become escapes, so that nothing is left to the converter's own reading (which, for
 * one, repeats all of `a\.` in `a\.*`).
 *
 * @param refuse Makes the error for what cannot be translated.
 */
export function toGrammarPattern(pattern: string, refuse: (why: string) => MedGemmaError): string {
  if (!isRegExp(pattern, "u") && !isRegExp(pattern, "")) throw refuse("it is no regular expression");
  return new Translation(pattern, refuse).whole();
}

function isRegExp(pattern: string, flags: string): boolean {
  try {
    return new RegExp(pattern, flags).source !== "";
  } catch {
    return false;
  }
}

/** A translated piece. `size`: its characters with all repetitions written out. */
interface Part {
  readonly text: string;
  readonly mayBeEmpty: boolean;
  readonly size: number;
}

class Translation {
  #chars: string[];
  #at = 0;
  #depth = 0;

  constructor(
    pattern: string,
    private readonly refuse: (why: string) => MedGemmaError,
  ) {
    this.#chars = [...pattern];
  }

  whole(): string {
    const chars = this.#chars;
    if (chars[0] === "^") this.#at = 1;
    else if (!(chars[0] === "." && chars[1] === "*")) throw this.refuse("it must begin with ^");
    const { text, branches } = this.#alternatives();
    const [last, next] = [chars.at(-1), chars[this.#at]];
    const open = last === "*" && chars.at(-2) === "." && next === undefined;
    if (!open && !(next === "$" && this.#at === chars.length - 1)) {
      throw this.refuse(
        next === undefined ? "it must end with $" : `${next} stands where it is not understood`,
      );
    }
    if (branches > 1) throw this.refuse("alternatives must stand in a group, between ^ and $");
    return text;
  }

  #alternatives(): Part & { branches: number } {
    if (++this.#depth > MAX_NESTING) throw this.refuse("its groups are nested too deep");
    const branches = [this.#sequence()];
    while (this.#skip("|")) branches.push(this.#sequence());
    this.#depth--;
    return {
      text: branches.map((it) => it.text).join("|"),
      branches: branches.length,
      mayBeEmpty: branches.some((it) => it.mayBeEmpty),
      size: branches.reduce((sum, it) => sum + it.size, 0),
    };
  }

  #sequence(): Part {
    let [text, mayBeEmpty, size] = ["", true, 0];
    for (;;) {
      const char = this.#chars[this.#at];
      if (char === undefined || char === ")" || char === "|" || char === "$")
        return { text, mayBeEmpty, size };
      const atom = this.#atom(char);
      const { mark, min, max } = this.#quantifier();
      if (atom.mayBeEmpty && max > 1) throw this.refuse("it repeats what may be empty");
      mayBeEmpty &&= atom.mayBeEmpty || min === 0;
      size += atom.size * Math.max(1, min, max === Infinity ? 0 : max);
      if (size > MAX_SIZE) throw this.refuse(`written out, it has more than ${MAX_SIZE} characters`);
      if (max === 0) continue;
      // The converter repeats all the letters that it has read so far.
      text += atom.letters && mark !== "" ? `(?:${atom.text})${mark}` : atom.text + mark;
    }
  }

  #atom(char: string): Part & { letters: boolean } {
    this.#at++;
    if (char === "(") return { ...this.#group(), letters: false };
    if (char === "^") throw this.refuse("^ may stand only at its beginning");
    const meant = char === "[" ? this.#class() : char === "." ? DOT : this.#member(char);
    const letters = typeof meant === "number";
    const text = letters ? literal(meant) : toClass(meant);
    if (text === undefined) throw this.refuse("a class has no character that a JSON string holds unescaped");
    return { text, letters, mayBeEmpty: false, size: 1 };
  }

  #group(): Part {
    if (this.#skip("?")) {
      const kind = this.#chars[this.#at++];
      const named = kind === "<" && !["=", "!"].includes(this.#chars[this.#at] ?? "");
      if (named) while (this.#chars[this.#at++] !== ">");
      else if (kind !== ":") throw this.refuse("it looks ahead, looks behind or sets flags");
    }
    const { text, mayBeEmpty, size } = this.#alternatives();
    if (!this.#skip(")")) throw this.refuse("$ may stand only at its end");
    return { text: `(?:${text})`, mayBeEmpty, size };
  }

  #class(): CharSet {
    const negated = this.#skip("^");
    let set: CharSet = [];
    while (!this.#skip("]")) {
      const from = this.#member(this.#chars[this.#at++]);
      if (typeof from === "number" && this.#chars[this.#at] === "-" && this.#chars[this.#at + 1] !== "]") {
        this.#at++;
        const to = this.#member(this.#chars[this.#at++]);
        if (typeof to !== "number") throw this.refuse("a range ends with a class");
        set = union(set, [[from, to]]);
      } else set = union(set, typeof from === "number" ? [[from, from]] : from);
    }
    return negated ? complement(set) : set;
  }

  /** A character, or what it announces when it is a backslash. */
  #member(char = ""): number | CharSet {
    return char === "\\" ? this.#escape() : (char.codePointAt(0) ?? 0);
  }

  /** What stands behind a backslash: one character or a set of them. */
  #escape(): number | CharSet {
    const char = this.#chars[this.#at++] ?? "";
    const set = { d: DIGITS, w: WORD, s: SPACES }[char.toLowerCase()];
    if (set !== undefined) return char === char.toLowerCase() ? set : complement(set);
    const control = CONTROLS[char];
    if (control !== undefined) return control;
    if (char === "x") return this.#hex(2);
    if (char === "u") {
      if (!this.#skip("{")) return this.#hex(4);
      const end = this.#chars.indexOf("}", this.#at);
      const code = this.#hex(end - this.#at);
      this.#at++;
      return code;
    }
    if (/[a-zA-Z0-9]/.test(char)) throw this.refuse(`\\${char} is not understood`);
    return char.codePointAt(0) ?? 0;
  }

  #hex(digits: number): number {
    const code = Number.parseInt(this.#chars.slice(this.#at, this.#at + digits).join(""), 16);
    this.#at += digits;
    if (Number.isNaN(code) || (code >= 0xd800 && code <= 0xdfff))
      throw this.refuse("it holds half a character");
    return code;
  }

  /** How often what stands before is repeated; once without a quantifier. */
  #quantifier(): { mark: string; min: number; max: number } {
    const char = this.#chars[this.#at] ?? "";
    const known = QUANTIFIERS[char];
    if (known === undefined && char !== "{") return { mark: "", min: 1, max: 1 };
    const rest = this.#chars.slice(this.#at, this.#at + 40).join("");
    BRACES.lastIndex = 0;
    const [braces, least = "", comma = "", most = ""] = BRACES.exec(rest) ?? [];
    if (known === undefined && braces === undefined) throw this.refuse("{ stands where it is not understood");
    this.#at += known ? 1 : (braces ?? "").length;
    // Reluctant or not, the same answers fit.
    this.#skip("?");
    if (known) return { mark: char, ...known };
    const min = Number(least);
    return {
      mark: comma === "" ? `{${least},${least}}` : `{${least},${most}}`,
      min,
      max: comma === "" ? min : most === "" ? Infinity : Number(most),
    };
  }

  #skip(char: string): boolean {
    if (this.#chars[this.#at] !== char) return false;
    this.#at++;
    return true;
  }
}

/** One character as the answer's JSON has it, in escapes of the converter. */
function literal(code: number): string {
  const json = JSON_ESCAPES[code] ?? (code < 32 ? `\\u${hex(code, 4)}` : String.fromCodePoint(code));
  return [...json].map((char) => plain(char.codePointAt(0) as number)).join("");
}

function plain(code: number): string {
  const char = String.fromCodePoint(code);
  if (/[a-zA-Z0-9]/.test(char)) return char;
  if (code < 0x100) return `\\x${hex(code, 2)}`;
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
