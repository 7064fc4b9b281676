import type { Random } from "../../../unit/dicom/support/mutate.js";
import { magnitude, oneOf } from "../kinds.js";
import { type Attack, type AttackMakers, SHORT } from "./attack.js";

const some = (count: number, item: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => item(index));

/** Each level names the next, and the last is a letter. */
const levels = (count: number, item: (next: string) => string) =>
  some(count, (i) => `${i === 0 ? "root" : `r${i}`} ::= ${i === count - 1 ? '"a"' : item(`r${i + 1}`)}`).join(
    "\n",
  );

/** Grammars that are dear to whoever follows them, and some that only look so. */
const GRAMMARS: Readonly<Record<string, (count: number) => string>> = {
  "brackets that close in many manners": (count) =>
    `root ::= ${some(count, (i) => `"[" root "]${i}"`).join(" | ")} | "z"`,
  "itself, and something that may be left out": (count) =>
    `root ::= ${some(count, (i) => `"a" root "x${i}"?`).join(" | ")} | "a"`,
  "itself several times": (count) => `root ::= "a" ${"root ".repeat(Math.min(count, 60))}| "a"`,
  "two ways at each of many levels": (count) => levels(count, (next) => `${next} "x"? | ${next} "y"?`),
  "many left out in a row": (count) => `root ::= ${"r ".repeat(count)}\nr ::= ${'"a"? '.repeat(60)}`,
  "groups that may be empty": (count) =>
    `root ::= ${"(".repeat(Math.min(count, 90))}"a"*${")*".repeat(Math.min(count, 90))}`,
  "equal alternatives": (count) => `root ::= (${some(count, () => '"a"').join(" | ")})*`,
  "rules that are nothing": (count) => levels(count, (next) => `${next}? ${next}?`),
  "classes within each other": (count) =>
    `root ::= (${some(count, (i) => `[a-${String.fromCharCode(98 + (i % 24))}]{0,50}`).join(" ")})`,
  "rules that name themselves at the left": (count) =>
    `root ::= r0\n${some(count, (i) => `r${i} ::= r${(i + 1) % count} "a" | "b"`).join("\n")}`,
};

export const GRAMMAR_KINDS = Object.keys(GRAMMARS);

export function grammarAttack(what: string, count: number): Attack {
  const grammar = GRAMMARS[what]?.(count) ?? "";
  return {
    name: `a grammar with ${count} times ${what}`,
    run: ({ model, signal }) => model.ask([], "Is it?", { ...SHORT, maxTokens: 64, grammar, signal }),
  };
}

/** Rules of any items: what they do together nobody has thought of. */
function anyGrammar(random: Random): string {
  const rules = 1 + Math.floor(random() * 6);
  // Mostly what comes later, so that not every grammar begins with itself.
  const named = () =>
    random() < 0.1 ? "root" : `r${Math.min(rules - 1, at + Math.floor(random() * rules))}`;
  let at = 0;
  const item = (depth: number): string => {
    const kind = Math.floor(random() * (depth > 2 ? 3 : 5));
    const repeated = oneOf(random, ["", "", "", "?", "*", "+", "{0,9}"]);
    if (kind === 0) return `"${oneOf(random, ["a", "b", "[", "]", "a b"])}"${repeated}`;
    if (kind === 1) return `[${oneOf(random, ["ab", "^a", "a-z"])}]${repeated}`;
    if (kind === 2) return at >= rules - 1 ? `"c"${repeated}` : `${named()}${repeated}`;
    return `(${alternatives(depth + 1)})${repeated}`;
  };
  const alternatives = (depth: number): string =>
    some(1 + Math.floor(random() * 3), () =>
      some(1 + Math.floor(random() * 4), () => item(depth)).join(" "),
    ).join(" | ");
  const lines = [`root ::= ${alternatives(0)}`];
  for (let rule = 0; rule < rules; rule++) {
    at = rule + 1;
    lines.push(`r${rule} ::= ${alternatives(0)}`);
  }
  return lines.join("\n");
}

export const GRAMMAR_ATTACKS: AttackMakers = {
  grammar: (random) => grammarAttack(oneOf(random, GRAMMAR_KINDS), magnitude(random, 2, 1000)),
  "any-grammar": (random) => {
    const grammar = anyGrammar(random);
    return {
      name: `the grammar ${JSON.stringify(grammar)}`,
      run: ({ model, signal }) => model.ask([], "Is it?", { ...SHORT, maxTokens: 64, grammar, signal }),
    };
  },
};
