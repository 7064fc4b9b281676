import { describe, expect, it } from "vitest";
import { findAllJson, findJson } from "../../../src/prompt/json.js";

describe("findJson", () => {
  it.each<[string, unknown]>([
    ['{"a": [1, -2.5e1, true, false, null, "x\\"\\u00e9\\n"]}', { a: [1, -25, true, false, null, 'x"é\n'] }],
    ['Here:\n```json\n{"a": {"b": []}}\n```\nDone [1].', { a: { b: [] } }],
    ['[1] and {"a": 1} Final Answer: ["b"]', ["b"]],
    ['{"a": 1}\nFinal Answer: none', { a: 1 }],
    ['{"a": 1, "a": 2,}', { a: 2 }],
    ['{"a": [1, 2, {"b": "c', { a: [1, 2] }],
    ['{"a": {"b": 1, "c": "d', { a: { b: 1 } }],
    ['{"a": 12', {}],
    ['{"a": tru', {}],
    ['{"a', {}],
  ])("reads %j", (text, value) => {
    expect(findJson(text)?.value).toEqual(value);
  });

  it.each(["", "none", "[a]", "{1: 2}", "[1 2]", '{"a" 1}', "[tru, 1]"])("finds nothing in %j", (text) => {
    expect(findJson(text)).toBeUndefined();
  });

  it("tells where it stands and whether the text ended in it", () => {
    expect(findAllJson('x [1] {"a": [2, ')).toMatchObject([
      { complete: true, start: 2, end: 5 },
      { complete: false, start: 6, end: 16 },
    ]);
  });

  it("reads all that JSON.parse reads", () => {
    const value = { a: [[], {}, [0, 1e-7, -3]], "": "\u0001\u2028\\/\b", b: { c: [null, { d: "[{'}" }] } };
    for (const indent of [0, 2]) expect(findJson(JSON.stringify(value, null, indent))?.value).toEqual(value);
  });

  // A second or two; time that grows with the square of the length would run into the runner's limit.
  it.each(["[", "{", '{"', '["', "['a',", '{"a":', "[1,", "[{", '"'])("ends on 200,000 of %s", (unit) => {
    expect(findJson(unit.repeat(200_000))?.complete).not.toBe(true);
  });
});
