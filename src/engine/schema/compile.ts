import { isObject } from "../../base/guards.js";
import { alternatives, type Together, typesOf } from "./alternatives.js";
import { arrays } from "./arrays.js";
import { defineStrings } from "./chars.js";
import type { Compiling } from "./compiling.js";
import type { JsonType } from "./keywords.js";
import { literal } from "./literals.js";
import type { Keywords, SchemaNode } from "./node.js";
import { integers, numbers, type Range } from "./numbers.js";
import { objects } from "./objects.js";
import { NameMatches } from "./patterns.js";
import { unsupported } from "./refusal.js";
import { call, choice, EMPTY, Grammar, type Rule, repeat, sequence, text } from "./rules.js";
import { strings } from "./strings.js";

const MAX_RULES = 5000;
const MAX_DEPTH = 200;

/** What stands between two tokens of JSON: nothing, a space, or line breaks with an indent. */
export const SPACE = call("space");

/**
 * The grammar of a schema, in llama.cpp's GBNF with the rule `root`: every answer that fits the schema follows it, but
 * for what docs/structured-output.md names ("What the grammar leaves out"); that an answer which follows it fits is for
 * the check.
 * @throws MedGemmaError `grammar_unsupported` when no answer fits.
 */
export function toGbnf(root: SchemaNode): string {
  const compiler = new Compiler();
  const text = compiler.grammar.print(compiler.value([root]));
  if (text !== undefined) return text;
  throw unsupported([], "schema", "no answer fits it that can be written to an end");
}

class Compiler implements Compiling {
  readonly grammar = new Grammar();
  readonly matches = new NameMatches();
  readonly #numbers = new Map<SchemaNode, number>();
  readonly #names = new Map<string, string>();
  #depth = 0;

  constructor() {
    const breaks = sequence(repeat(text("\n"), 1, 2), repeat(choice(text(" "), text("\t")), 0, 20));
    this.grammar.define("space", choice(EMPTY, text(" "), breaks));
    defineStrings(this.grammar);
  }

  /** The rule for a value that fits all of the nodes. */
  value(all: readonly SchemaNode[]): Rule {
    const nodes = all.filter(({ never, keywords }) => never || Object.keys(keywords).length > 0);
    const key = [...new Set(nodes.map((node) => this.#numberOf(node)))].sort((a, b) => a - b).join();
    const known = this.#names.get(key);
    if (known !== undefined) return call(known);
    const refuse = (why: string) => unsupported(all[0]?.at ?? [], "schema", why);
    if (this.#names.size >= MAX_RULES) throw refuse(`it becomes more than ${MAX_RULES} rules`);
    if (this.#depth >= MAX_DEPTH) throw refuse(`it is nested more than ${MAX_DEPTH} deep`);
    const name = this.grammar.newName();
    // Before it is known, as it may hold itself.
    this.#names.set(key, name);
    this.#depth++;
    this.grammar.define(name, choice(...alternatives(nodes).map((way) => this.#oneOf(way))));
    this.#depth--;
    return call(name);
  }

  #numberOf(node: SchemaNode): number {
    const known = this.#numbers.get(node) ?? this.#numbers.size;
    this.#numbers.set(node, known);
    return known;
  }

  #oneOf(together: Together): Rule {
    const all = [...together].map(({ keywords }) => keywords);
    const listed = listedIn(all);
    if (listed !== undefined) return choice(...listed.map((value) => literal(value)));
    return choice(...typesOf(together).map((type) => this.#typed(type, all)));
  }

  #typed(type: JsonType, all: readonly Keywords[]): Rule {
    switch (type) {
      case "null":
        return text("null");
      case "boolean":
        return choice(text("true"), text("false"));
      case "integer":
        return integers(rangeOf(all));
      case "number":
        // A multiple of a whole number is one.
        return all.some(({ multipleOf }) => Number.isInteger(multipleOf))
          ? integers(rangeOf(all))
          : numbers(rangeOf(all));
      case "string":
        return strings(all);
      case "array":
        return arrays(this, all);
      case "object":
        return objects(this, all);
    }
  }
}

/** The values that all of the keywords list, if any does. */
function listedIn(all: readonly Keywords[]): unknown[] | undefined {
  const lists = all.flatMap((keywords) => [
    ...(keywords.enum === undefined ? [] : [keywords.enum]),
    ...("const" in keywords ? [[keywords.const]] : []),
  ]);
  const [first, ...others] = lists;
  if (first === undefined) return undefined;
  const types = all.flatMap(({ type }) => (type === undefined ? [] : [type]));
  return first.filter(
    (value) =>
      others.every((list) => list.some((other) => same(other, value))) &&
      types.every((allowed) => allowed.some((type) => isOf(value, type))),
  );
}

function isOf(value: unknown, type: JsonType): boolean {
  if (type === "integer") return Number.isInteger(value);
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  return type === "object" ? isObject(value) : typeof value === type;
}

/** Whatever the order of an object's names. */
function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((part, index) => same(part, b[index]));
  }
  if (!isObject(a)) return Object.is(a, b) || (a === 0 && b === 0);
  const names = Object.keys(a);
  return (
    isObject(b) &&
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && same(a[name], b[name]))
  );
}

/** The narrowest range of all. */
function rangeOf(all: readonly Keywords[]): Range {
  let [least, most]: (number | undefined)[] = [];
  let [above, below] = [false, false];
  const raise = (end: number | undefined, excluded: boolean) => {
    if (end === undefined || (least !== undefined && (end < least || (end === least && !excluded)))) return;
    [least, above] = [end, excluded];
  };
  const lower = (end: number | undefined, excluded: boolean) => {
    if (end === undefined || (most !== undefined && (end > most || (end === most && !excluded)))) return;
    [most, below] = [end, excluded];
  };
  for (const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } of all) {
    raise(minimum, false);
    raise(exclusiveMinimum, true);
    lower(maximum, false);
    lower(exclusiveMaximum, true);
  }
  return { least, most, above, below };
}
