import { afterEach, expect, test, vi } from "vitest";
import { parseBounded, parseLongBounded, UnboundedJson } from "../../../../src/base/files/bounded-json.js";

const BOUNDS = { depth: 3, items: 10 };
afterEach(() => vi.restoreAllMocks());

test.each([
  ["a number", "1", 1],
  ["the deepest", "[[[]]]", [[[]]]],
  ["lists beside each other", "[[],[],[]]", [[], [], []]],
  ["as many items as may be", "[1,2,3,4,5,6,7,8,9,0]", [1, 2, 3, 4, 5, 6, 7, 8, 9, 0]],
  ["brackets in a string", '"[[[[[[{{{{,,,,::::"', "[[[[[[{{{{,,,,::::"],
  ["an escaped quotation mark", String.raw`["a\"[[[[","\\"]`, ['a"[[[[', "\\"]],
])("%s is read", async (_, text, value) => {
  expect(parseBounded(text, BOUNDS)).toEqual(value);
  expect(await parseLongBounded(text, BOUNDS)).toEqual(value);
});

test.each([
  ["too deep", "[[[[]]]]"],
  ["deep without an end", "[".repeat(5_000_000)],
  ["deep in objects", '{"a":'.repeat(4)],
  ["of too many items", "[1,2,3,4,5,6,7,8,9,0,1]"],
  ["of too many names", '{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1}'],
  ["too deep behind a string", String.raw`["\\",[[[`],
])("what is %s never comes to the parser", async (_, text) => {
  const parser = vi.spyOn(JSON, "parse");
  expect(() => parseBounded(text, BOUNDS)).toThrow(UnboundedJson);
  await expect(parseLongBounded(text, BOUNDS)).rejects.toThrow(UnboundedJson);
  expect(parser).not.toHaveBeenCalled();
});

test("what is no JSON is the parser's to say", () => {
  for (const text of ['"', "]]]", '"\\', "[1", ""])
    expect(() => parseBounded(text, BOUNDS)).toThrow(SyntaxError);
});

test("a long text leaves the event loop its turns", async () => {
  let turns = 0;
  const tick = () => {
    turns++;
    next = setImmediate(tick);
  };
  let next = setImmediate(tick);
  await parseLongBounded(`[${" ".repeat(5 << 20)}]`, BOUNDS);
  clearImmediate(next);
  expect(turns).toBeGreaterThanOrEqual(5);
});
