import { ANY, type CharSet, complement, intersection, members, PLAIN, without } from "./charset.js";
import {
  call,
  charOf,
  choice,
  type Grammar,
  NEVER,
  optional,
  type Rule,
  repeat,
  sequence,
  text,
} from "./rules.js";

/** One character of a string, as JSON writes it. */
export const CHAR = call("char");
const ESCAPED: Readonly<Record<number, string>> = {
  8: "b",
  9: "t",
  10: "n",
  12: "f",
  13: "r",
  34: '"',
  92: "\\",
};
const oneOf = (chars: string) => charOf(complement(without(ANY, chars)));
const HEX = oneOf("0123456789abcdefABCDEF");

/** The rules that others call. */
export function defineStrings(grammar: Grammar): void {
  // Half of a character is none: one beyond U+FFFF is two escapes, and counts as one (RFC 8259, 7).
  const whole = choice(
    sequence(oneOf("0123456789abcefABCEF"), repeat(HEX, 3, 3)),
    sequence(oneOf("dD"), oneOf("01234567"), repeat(HEX, 2, 2)),
    sequence(
      oneOf("dD"),
      oneOf("89abAB"),
      repeat(HEX, 2, 2),
      text("\\u"),
      oneOf("dD"),
      oneOf("cdefCDEF"),
      repeat(HEX, 2, 2),
    ),
  );
  const behind = choice(oneOf('"\\/bfnrt'), sequence(text("u"), whole));
  grammar.define("char", choice(charOf(PLAIN), sequence(text("\\"), behind)));
  grammar.define("string", quoted(repeat(CHAR, 0, Infinity)));
}

export const quoted = (inside: Rule) => sequence(text('"'), inside, text('"'));

/** One of the characters, as JSON writes them: some behind a backslash. */
export function charsOf(set: CharSet): Rule {
  if (set === ANY) return CHAR;
  const plain = intersection(set, PLAIN);
  const rare = [...members(intersection(intersection(set, complement(PLAIN)), [[0, 0x7f]]))];
  const short = rare.filter((code) => ESCAPED[code] !== undefined).map((code) => ESCAPED[code]);
  const long = rare
    .filter((code) => ESCAPED[code] === undefined)
    .map((code) => code.toString(16).padStart(2, "0"));
  const byFirst = grouped(long, (code) => code[0] ?? "");
  const escapes = choice(
    short.length === 0 ? NEVER : oneOf(short.join("")),
    ...[...byFirst].map(([first, codes]) =>
      sequence(text(`u00${first}`), oneOf(codes.map((code) => code[1]).join(""))),
    ),
  );
  return choice(charOf(plain), sequence(text("\\"), escapes));
}

/** A text without its quotes, as JSON writes it. */
export const written = (value: string) => text(JSON.stringify(value).slice(1, -1));

const MAX_TOLD_LETTERS = 100;

/** Names that are none of the given, for properties beside those that are named. */
export function otherNames(names: readonly string[], depth = 0): Rule {
  // Names that begin with so many letters of another's are left out with it.
  if (depth > MAX_TOLD_LETTERS) return NEVER;
  const letters = grouped(names, (name) => [...name][0] ?? "");
  const deviation = sequence(
    charOf(
      without(
        PLAIN,
        [...letters.keys()].filter((it) => it !== ""),
      ),
    ),
    repeat(CHAR, 0, Infinity),
  );
  const further = [...letters].map(([first, group]) => {
    if (first === "" || !/^[^"\\\p{Cc}]$/u.test(first)) return NEVER;
    const rest = otherNames(
      group.map((name) => name.slice(first.length)),
      depth + 1,
    );
    return sequence(text(first), rest);
  });
  return letters.has("") ? choice(deviation, ...further) : optional(choice(deviation, ...further));
}

function grouped(all: readonly string[], keyOf: (it: string) => string): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const it of all) groups.set(keyOf(it), [...(groups.get(keyOf(it)) ?? []), it]);
  return groups;
}
