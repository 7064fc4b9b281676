import { type CharSet, toClass } from "./charset.js";
import { unsupported } from "./refusal.js";

/** What may stand at a place of the answer. */
export type Rule =
  | { readonly kind: "text"; readonly text: string }
  /** One character, in llama.cpp's brackets. */
  | { readonly kind: "class"; readonly brackets: string }
  | { readonly kind: "sequence"; readonly of: readonly Rule[] }
  /** None of no choices: no answer is right. */
  | { readonly kind: "choice"; readonly of: readonly Rule[] }
  | { readonly kind: "repeat"; readonly what: Rule; readonly least: number; readonly most: number }
  | { readonly kind: "call"; readonly name: string };

export const NEVER: Rule = { kind: "choice", of: [] };
export const EMPTY: Rule = { kind: "sequence", of: [] };

export const text = (it: string): Rule => (it === "" ? EMPTY : { kind: "text", text: it });
export const call = (name: string): Rule => ({ kind: "call", name });
export const isNever = (rule: Rule) => rule.kind === "choice" && rule.of.length === 0;

export function sequence(...of: readonly Rule[]): Rule {
  const flat: Rule[] = [];
  for (const part of of.flatMap((it) => (it.kind === "sequence" ? it.of : [it]))) {
    const last = flat.at(-1);
    if (part.kind === "text" && last?.kind === "text") flat[flat.length - 1] = text(last.text + part.text);
    else flat.push(part);
  }
  if (flat.some(isNever)) return NEVER;
  const [only] = flat;
  return flat.length === 1 && only !== undefined ? only : { kind: "sequence", of: flat };
}

export function choice(...of: readonly Rule[]): Rule {
  const flat = of.flatMap((it) => (it.kind === "choice" ? it.of : [it]));
  const [only] = flat;
  return flat.length === 1 && only !== undefined ? only : { kind: "choice", of: flat };
}

export function repeat(what: Rule, least: number, most: number): Rule {
  if (most === 0) return EMPTY;
  if (isNever(what)) return least === 0 ? EMPTY : NEVER;
  return least === 1 && most === 1 ? what : { kind: "repeat", what, least, most };
}

export const optional = (what: Rule) => repeat(what, 0, 1);

/** One of the characters. */
export function charOf(set: CharSet): Rule {
  const [range] = set;
  if (range === undefined) return NEVER;
  const single = set.length === 1 && range[0] === range[1];
  return single ? text(String.fromCodePoint(range[0])) : { kind: "class", brackets: toClass(set) };
}

/** Whether it may be no character at all, as far as can be told without the rules it calls. */
export function mayBeEmpty(rule: Rule): boolean {
  if (rule.kind === "sequence") return rule.of.every(mayBeEmpty);
  if (rule.kind === "choice") return rule.of.some(mayBeEmpty);
  return rule.kind === "repeat" && (rule.least === 0 || mayBeEmpty(rule.what));
}

/** Its characters with all repetitions written out. */
export function sizeOf(rule: Rule): number {
  if (rule.kind === "text") return rule.text.length;
  if (rule.kind === "repeat") {
    return sizeOf(rule.what) * Math.max(1, rule.least, rule.most === Infinity ? 0 : rule.most);
  }
  return "of" in rule ? rule.of.reduce((sum, it) => sum + sizeOf(it), 0) : 1;
}

/** Of a grammar: an object has two for each of its properties, and each way to read a schema has its own object. */
export const MAX_PARTS = 20_000;
/** Texts, classes and calls in all rules. */
const MAX_PIECES = 500_000;

/** How many texts, classes and calls a rule is written with. */
function piecesOf(rule: Rule): number {
  if (rule.kind === "repeat") return piecesOf(rule.what);
  return "of" in rule ? rule.of.reduce((sum, it) => sum + piecesOf(it), 0) : 1;
}

/** Named rules, of which one is the whole. */
export class Grammar {
  readonly #rules = new Map<string, Rule>();
  #count = 0;
  #pieces = 0;

  /**
   * A name that no rule has yet.
   * @throws MedGemmaError `grammar_unsupported` where there are too many.
   */
  newName(): string {
    if (this.#count >= MAX_PARTS) throw tooLarge(`${MAX_PARTS} rules`);
    return `part-${++this.#count}`;
  }

  /** @throws MedGemmaError `grammar_unsupported` where all rules together are too long. */
  define(name: string, rule: Rule): void {
    this.#pieces += piecesOf(rule);
    if (this.#pieces > MAX_PIECES) throw tooLarge(`${MAX_PIECES} pieces`);
    this.#rules.set(name, rule);
  }

  has(name: string): boolean {
    return this.#rules.has(name);
  }

  /**
   * In llama.cpp's GBNF, with `root` first. What can never be finished, as an object that must hold one of its own
   * kind, is left out of choices, or the model could go there. Undefined when nothing is left.
   */
  print(root: Rule): string | undefined {
    this.define("root", root);
    const ends = this.#thatEnd();
    if (!ends.has("root")) return undefined;
    const lines: string[] = [];
    const asked = new Set(["root"]);
    for (const name of asked) {
      const rule = pruned(this.#rules.get(name) as Rule, ends);
      lines.push(`${name} ::= ${written(rule, asked)}`);
    }
    return `${lines.join("\n")}\n`;
  }

  /** Names of the rules that some finite answer follows. */
  #thatEnd(): Set<string> {
    const ends = new Set<string>();
    for (let before = -1; before < ends.size; ) {
      before = ends.size;
      for (const [name, rule] of this.#rules) if (!isNever(pruned(rule, ends))) ends.add(name);
    }
    return ends;
  }
}

function tooLarge(what: string) {
  return unsupported(
    [],
    "schema",
    `it becomes more than ${what}, as properties beside alternatives do for each of them`,
  );
}

function pruned(rule: Rule, ends: ReadonlySet<string>): Rule {
  switch (rule.kind) {
    case "sequence":
      return sequence(...rule.of.map((it) => pruned(it, ends)));
    case "choice":
      return choice(...rule.of.map((it) => pruned(it, ends)));
    case "repeat":
      return repeat(pruned(rule.what, ends), rule.least, rule.most);
    case "call":
      return ends.has(rule.name) ? rule : NEVER;
    default:
      return rule;
  }
}

function written(rule: Rule, asked: Set<string>): string {
  const inside = (it: Rule) =>
    it.kind === "choice" && it.of.length > 1 ? `(${written(it, asked)})` : written(it, asked);
  switch (rule.kind) {
    case "text":
      return quoted(rule.text);
    case "class":
      return rule.brackets;
    case "sequence":
      return rule.of.length === 0 ? '""' : rule.of.map(inside).join(" ");
    case "choice":
      return rule.of.map((it) => written(it, asked)).join(" | ");
    case "call":
      asked.add(rule.name);
      return rule.name;
    case "repeat": {
      const { what, least, most } = rule;
      const simple = what.kind === "class" || what.kind === "call";
      return (simple ? written(what, asked) : `(${written(what, asked)})`) + mark(least, most);
    }
  }
}

function mark(least: number, most: number): string {
  if (most === Infinity) return least === 0 ? "*" : least === 1 ? "+" : `{${least},}`;
  if (least === most) return `{${least}}`;
  return most === 1 ? "?" : `{${least},${most}}`;
}

function quoted(text: string): string {
  const chars = [...text].map((char) => {
    const code = char.codePointAt(0) ?? 0;
    if (char === '"' || char === "\\") return `\\${char}`;
    return code < 32 || code === 127 ? `\\x${code.toString(16).padStart(2, "0")}` : char;
  });
  return `"${chars.join("")}"`;
}
