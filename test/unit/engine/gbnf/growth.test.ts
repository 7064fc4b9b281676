import { describe, expect, test } from "vitest";
import { checkGrowth } from "../../../../src/engine/gbnf/growth.js";
import { readGrammar } from "../../../../src/engine/gbnf/read.js";
import { toGrammar } from "../../../../src/engine/schema/schema.js";

const some = <T>(count: number, item: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => item(index));
const levels = (count: number, item: (next: string) => string) =>
  some(count, (i) => `${i === 0 ? "root" : `r${i}`} ::= ${i === count - 1 ? '"a"' : item(`r${i + 1}`)}`).join(
    "\n",
  );

describe("what a text can go on with in more ways the longer it gets is refused", () => {
  test.each([
    ["two that begin alike around themselves", 'root ::= "a" root "x"? | "a" root "y"? | "a" "b"'],
    ["brackets that close in two manners", 'root ::= "[" root "]" | "[" root "}" | "z"'],
    ["something left out behind itself", 'root ::= "a" root "b"? | "a"'],
    ["itself twice", 'root ::= "a" root root | "a"'],
    ["through another rule", 'root ::= "a" mid "b"\nmid ::= root root | root | ""'],
    ["two ways at each of many levels", levels(25, (next) => `${next} "x"? | ${next} "y"?`)],
    ["the same, each with a letter before it", levels(25, (next) => `"p" ${next} "x"? | "p" ${next} "y"?`)],
    [
      "rows of what may be left out, of several rules",
      `root ::= ${"r ".repeat(20)}\nr ::= ${'"a"? '.repeat(60)}`,
    ],
    ["a rule that the root does not begin with", 'root ::= "begin" r\nr ::= "[" r "]" | "[" r "}" | "z"'],
  ])("%s", async (_, grammar) => {
    await expect(checkGrowth(grammar)).rejects.toMatchObject({
      code: "grammar_unsupported",
      facts: { reason: "ways to go on" },
    });
  });

  test("and of a schema", async () => {
    const pair = (second: object) => ({
      type: "array",
      prefixItems: [{ $ref: "#/$defs/node" }, second],
      minItems: 2,
      maxItems: 2,
    });
    const node = { anyOf: [pair({ type: "string" }), pair({ type: "number" }), { type: "null" }] };
    const grammar = toGrammar({ $defs: { node }, $ref: "#/$defs/node" });
    await expect(checkGrowth(grammar)).rejects.toMatchObject({ code: "grammar_unsupported" });
  });
});

describe("what goes on in few ways is let through", () => {
  test.each([
    ["equal alternatives", 'root ::= ("a" | "a")*'],
    ["repetitions of nothing", 'root ::= a*\na ::= b*\nb ::= "x"?'],
    ["repetitions within each other", 'root ::= (("a"*)*)*'],
    ["lists in lists", 'root ::= v\nv ::= "[" (v ("," v)*)? "]" | [0-9]+'],
    ["arithmetic", 'root ::= e\ne ::= t ([-+] t)*\nt ::= [0-9]+ | "(" e ")"'],
    ["thousands of alternatives", `root ::= ${some(5000, (i) => `"a${i}"`).join(" | ")}`],
    ["long repetitions", 'root ::= "a"{0,2000} ("b" "c"){1500} [a-z]{3,}'],
    ["as many left out as one rule may", `root ::= ${'"a"? '.repeat(64)}`],
    ["tokens and any characters", 'root ::= <[12]> . !<end> "\\u00e9\\x41\\n"? # so\n\n'],
    [
      "hundreds of properties that may be left out",
      toGrammar({ properties: Object.fromEntries(some(250, (i) => [`p${i}`, {}])) }),
    ],
    [
      "a list of objects of many numbers",
      toGrammar({
        type: "array",
        items: { properties: Object.fromEntries(some(60, (i) => [`p${i}`, { type: "number" }])) },
      }),
    ],
    [
      "a schema that contains itself",
      toGrammar({
        $defs: {
          node: {
            type: "object",
            properties: {
              next: { $ref: "#/$defs/node" },
              all: { type: "array", items: { $ref: "#/$defs/node" } },
            },
          },
        },
        $ref: "#/$defs/node",
      }),
    ],
  ])("%s", async (_, grammar) => {
    await expect(checkGrowth(grammar)).resolves.toBeUndefined();
  });
});

test("groups in groups of any number end no stack", () => {
  expect(readGrammar(`root ::= ${"(".repeat(100_000)}"a"${")".repeat(100_000)}`)).toBeUndefined();
});

describe("a grammar is read as llama.cpp reads it", () => {
  const letter = (char: string) => ({ ranges: [char.charCodeAt(0), char.charCodeAt(0)], not: false });

  test("groups and repetitions are rules of their own", () => {
    expect(readGrammar('root ::= ("a" | b)* "c"{2,3}\nb ::= [^x-z]')).toEqual({
      root: 0,
      rules: [
        [[{ rule: 3 }, letter("c"), letter("c"), { rule: 4 }]],
        [[{ ranges: [0x78, 0x7a], not: true }]],
        [[letter("a")], [{ rule: 1 }]],
        [[{ rule: 2 }, { rule: 3 }], []],
        [[letter("c")], []],
      ],
    });
  });

  test("lines end a rule, but for those within a group or behind an alternative's sign", () => {
    expect(readGrammar('root ::=\n "a" |\n "b" ( # here\n "c"\n )\nb ::= "d"')?.rules).toHaveLength(3);
    expect(readGrammar('root ::= "a"\n | "b"')).toBeUndefined();
  });

  test.each([
    'root ::= "a',
    "root ::= [a",
    "root ::= x",
    'r ::= "a"',
    "root",
    'root ::= ("a"',
    "root ::= *",
    'root ::= "\\q"',
    'root ::= "a"{x}',
  ])("%s is none", async (grammar) => {
    expect(readGrammar(grammar)).toBeUndefined();
    await expect(checkGrowth(grammar)).rejects.toMatchObject({ facts: { reason: "syntax" } });
  });
});
