import { expect, test } from "vitest";
import { checkGrammar } from "../../../../src/engine/gbnf/size.js";

const joined = (count: number, item: (index: number) => string, between: string) =>
  Array.from({ length: count }, (_, index) => item(index)).join(between);

test.each([
  ["operators within literals, classes and comments", `root ::= "(((|?" [(|?*{] # ((( ? | {9999999}\n`],
  [
    "a JSON value",
    'root ::= value\nvalue ::= "[" ws (value ("," ws value)*)? "]" ws | [0-9]+ ws\nws ::= [ \\n]{0,20}',
  ],
  [
    "many rules, each with its own",
    joined(1000, (i) => `r${i} ::= ("a" | "b")? ("c"? "d")* r${i + 1}?`, "\n"),
  ],
  ["long repetitions", 'root ::= "a"{0,2000} ("b" "c"){1500} [a-z]{3,}'],
  ["a quote that is escaped", 'root ::= "\\"" "(" [\\](]'],
])("%s are let through", (_, grammar) => {
  expect(checkGrammar(grammar)).toBe(grammar);
});

test.each([
  ["groups within groups", `root ::= ${"(".repeat(100_000)}"a"${")".repeat(100_000)}`],
  ["alternatives in a rule", `root ::= ${joined(20_000, (i) => `"a${i}"`, " | ")}`],
  ["items of a rule that may be left out", `root ::= ${joined(100, () => '"a"?', " ")}`],
  ["items of a rule that may be left out", 'root ::= (("a"?){20}){20} "b"'],
  ["items of a rule that may be left out", `root ::= ("x" ${joined(70, () => "[a]*", " ")})`],
  ["rules", joined(60_000, (i) => `r${i} ::= "a"`, "\n")],
  ["repetitions", `root ::= ${joined(1000, () => '"a"{2000}', " ")}`],
  ["characters", `root ::= "${"a".repeat(2 ** 20)}"`],
])("more %s than can be taken in are refused", (what, grammar) => {
  expect(() => checkGrammar(grammar)).toThrow(
    expect.objectContaining({
      code: "grammar_unsupported",
      facts: expect.objectContaining({ reason: what }),
    }),
  );
});

test.each([
  ["a comment that ends with the other end of a line", "root ::= # c\r"],
  ["a token with a quotation mark in its name", 'root ::= <"> '],
])("what stands behind %s counts", (_, before) => {
  for (const rest of [`${"(".repeat(200)}"a"${")".repeat(200)}`, joined(100, () => '"a"?', " ")]) {
    expect(() => checkGrammar(before + rest)).toThrow(
      expect.objectContaining({ code: "grammar_unsupported" }),
    );
  }
});

test.each([5, null, {}, ["root"]])("%j is no grammar", (grammar) => {
  expect(() => checkGrammar(grammar)).toThrow(expect.objectContaining({ code: "bad_option" }));
});
