import { COMMENT, TOKEN } from "./lexemes.js";

/** What one alternative is made of: characters, or a rule by its number. A token never is what a character says. */
export type Item = Characters | { readonly rule: number };
export interface Characters {
  /** First and last code points, by pairs. */
  readonly ranges: readonly number[];
  readonly not: boolean;
}

/** By number: its alternatives. */
export type Rules = readonly (readonly (readonly Item[])[])[];

/** As llama.cpp has it: more than so many times is any number of times. */
const MOST_TIMES = 2000;
const DEEPEST = 200;
/** Written out, all together. */
const MOST_ITEMS = 1_500_000;
const ANY: Characters = { ranges: [], not: true };
const ESCAPED = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([trn\\"[\]-]))/y;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["t", "\t"],
  ["r", "\r"],
  ["n", "\n"],
]);
const SPACE = new RegExp(`[ \\t]*(?:${COMMENT.source})?`, "y");
const LINES = /[\r\n]+/y;
const NAME = /[a-zA-Z0-9-]+/y;
const DEFINES = /::=/y;
const TOKEN_HERE = new RegExp(TOKEN.source, "y");
const TIMES = /\{\s*(\d+)\s*(?:(,)\s*(\d*)\s*)?\}/y;
const LINE = /\r\n?|\n/y;

/**
 * A grammar's rules, its groups and repetitions as rules of their own, as llama.cpp makes them.
 * @returns Undefined for what llama.cpp does not read either; `root` is the number of that rule.
 */
export function readGrammar(text: string): { readonly rules: Rules; readonly root: number } | undefined {
  try {
    const reader = new Reader(text);
    reader.rules();
    const root = reader.numbers.get("root");
    const whole = reader.made.length === reader.count && !reader.made.includes(undefined);
    return root === undefined || !whole ? undefined : { rules: reader.made as Rules, root };
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

class Unreadable extends Error {}

class Reader {
  readonly numbers = new Map<string, number>();
  readonly made: (readonly (readonly Item[])[] | undefined)[] = [];
  count = 0;
  readonly #letters = new Map<number, Characters>();
  #at = 0;
  #depth = 0;
  #items = 0;

  constructor(private readonly text: string) {}

  rules(): void {
    this.#space(true);
    while (this.#at < this.text.length) {
      const number = this.#numberOf(this.#need(NAME)[0]);
      this.#space(false);
      this.#need(DEFINES);
      this.#space(true);
      this.made[number] = this.#alternatives(false);
      if (this.#at < this.text.length) this.#need(LINE);
      this.#space(true);
    }
  }

  #alternatives(nested: boolean): Item[][] {
    const alternatives = [this.#sequence(nested)];
    while (this.text[this.#at] === "|") {
      this.#at++;
      this.#space(true);
      alternatives.push(this.#sequence(nested));
    }
    return alternatives;
  }

  #sequence(nested: boolean): Item[] {
    const items: Item[] = [];
    let last = 0;
    for (;;) {
      const times = this.#times();
      if (times) {
        if (last === items.length) throw new Unreadable();
        this.#repeat(items, last, times.least, times.most);
      } else {
        const some = this.#some();
        if (some === undefined) return items;
        last = items.length;
        for (const item of some) items.push(item);
        this.#use(some.length);
      }
      this.#space(nested);
    }
  }

  /** What may be repeated: a literal, a class, any character, a token, a rule or a group. */
  #some(): Item[] | undefined {
    const char = this.text[this.#at];
    if (char === '"') return this.#literal();
    if (char === "[") return [this.#class()];
    if (char === "(") {
      this.#at++;
      this.#space(true);
      // Grammars that come here were held to less; this is read by recursion all the same.
      if (++this.#depth > DEEPEST) throw new Unreadable();
      const rule = this.#add(this.#alternatives(true));
      this.#depth--;
      if (this.text[this.#at++] !== ")") throw new Unreadable();
      return [{ rule }];
    }
    if (char === ".") {
      this.#at++;
      return [ANY];
    }
    if (this.#match(TOKEN_HERE)) return [{ ranges: [], not: false }];
    const name = this.#match(NAME)?.[0];
    return name === undefined ? undefined : [{ rule: this.#numberOf(name) }];
  }

  #literal(): Item[] {
    const items: Item[] = [];
    this.#at++;
    while (this.text[this.#at] !== '"') {
      items.push(this.#letter(this.#char()));
    }
    this.#at++;
    return items;
  }

  /** One object for all of its kind: a literal may be of a million letters. */
  #letter(code: number): Characters {
    const letter = this.#letters.get(code) ?? { ranges: [code, code], not: false };
    this.#letters.set(code, letter);
    return letter;
  }

  #class(): Characters {
    const ranges: number[] = [];
    this.#at++;
    const not = this.text[this.#at] === "^";
    if (not) this.#at++;
    while (this.text[this.#at] !== "]") {
      const first = this.#char();
      let end = first;
      if (this.text[this.#at] === "-" && this.text[this.#at + 1] !== "]") {
        this.#at++;
        end = this.#char();
      }
      ranges.push(first, end);
    }
    this.#at++;
    return { ranges, not };
  }

  #char(): number {
    const escaped = this.#match(ESCAPED);
    if (escaped) {
      const [, byte, short, long, char = ""] = escaped;
      const digits = byte ?? short ?? long;
      return digits === undefined ? (ESCAPES.get(char) ?? char).charCodeAt(0) : Number.parseInt(digits, 16);
    }
    const code = this.text.codePointAt(this.#at);
    if (code === undefined || code === 0x5c) throw new Unreadable();
    this.#at += code > 0xffff ? 2 : 1;
    return code;
  }

  #times(): { least: number; most: number } | undefined {
    const char = this.text[this.#at];
    if (char === "*" || char === "+" || char === "?") {
      this.#at++;
      return { least: char === "+" ? 1 : 0, most: char === "?" ? 1 : Infinity };
    }
    if (char !== "{") return undefined;
    const [, least = "", several, most = ""] = this.#need(TIMES);
    const end = several === undefined ? Number(least) : most === "" ? Infinity : Number(most);
    return { least: Number(least), most: end > MOST_TIMES ? Infinity : end };
  }

  /** Repeats what stands from `start`: written out as often as it must be, and a rule for each time that it may. */
  #repeat(items: Item[], start: number, least: number, most: number): void {
    const one = items.slice(start);
    this.#use(one.length * Math.max(least, most === Infinity ? 1 : most));
    items.length = least === 0 ? start : items.length;
    for (let time = 1; time < least; time++) for (const item of one) items.push(item);
    let next: number | undefined;
    if (most === Infinity) {
      next = this.count++;
      this.made[next] = [[...one, { rule: next }], []];
    } else {
      for (let time = least; time < most; time++)
        next = this.#add([next === undefined ? one : [...one, { rule: next }], []]);
    }
    if (next !== undefined) items.push({ rule: next });
  }

  #add(alternatives: readonly (readonly Item[])[]): number {
    this.made[this.count] = alternatives;
    return this.count++;
  }

  #numberOf(name: string): number {
    const number = this.numbers.get(name) ?? this.count++;
    this.numbers.set(name, number);
    return number;
  }

  #use(items: number): void {
    this.#items += items;
    if (this.#items > MOST_ITEMS) throw new Unreadable();
  }

  /** White space and comments. */
  #space(lines: boolean): void {
    do this.#match(SPACE);
    while (lines && this.#match(LINES));
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text) ?? undefined;
    this.#at += found?.[0].length ?? 0;
    return found;
  }

  #need(pattern: RegExp): RegExpExecArray {
    const found = this.#match(pattern);
    if (!found || found[0] === "") throw new Unreadable();
    return found;
  }
}
