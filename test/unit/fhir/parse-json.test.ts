import { describe, expect, test } from "vitest";
import { parseSteps } from "../../../src/fhir/resources/parse-json.js";

/** What a text is parsed to, as JSON, and in how many steps. */
function parsed(text: string): { value: string; steps: number } {
  const work = parseSteps(text);
  for (let steps = 1; ; steps++) {
    const { done, value } = work.next();
    if (done) return { value: JSON.stringify(value), steps };
  }
}
const LONG = "x".repeat(70_000);
const numbers = Array.from({ length: 50_000 }, (_, index) => index);
const members = Object.fromEntries(numbers.map((it) => [`e${it}`, it]));

describe("a large JSON text is parsed in pieces, to what it is as a whole", () => {
  test.each<[string, string, number]>([
    ["many numbers", JSON.stringify(numbers), 4],
    ["many members", JSON.stringify(members), 8],
    ["many members deep in it", JSON.stringify({ a: [1, { b: members, c: numbers }], d: 2 }), 12],
    ["a long string between others", JSON.stringify({ a: 1, b: LONG, c: [LONG, 2, LONG], d: [] }), 4],
    ["marks in strings", JSON.stringify({ 'a",:[{\\': LONG, b: '\\",]}', c: [`"${LONG}\\`] }), 2],
    ["white space", `\n { "a" :\t${JSON.stringify(numbers, null, 1)} , "b" : { } } \r\n`, 4],
    ["names twice", `{"a":1,"b":${JSON.stringify(numbers)},"a":2,"b":3}`, 4],
    ["names of a prototype", `{"__proto__":{"x":${JSON.stringify(LONG)}},"constructor":1,"c":[]}`, 2],
    ["numbers as names", `{"b":${JSON.stringify(LONG)},"10":1,"9":2,"-1":3}`, 2],
  ])("%s", (_name, text, least) => {
    const { value, steps } = parsed(text);
    expect(value).toBe(JSON.stringify(JSON.parse(text)));
    expect(steps).toBeGreaterThanOrEqual(least);
  });

  test.each([
    `{"a":${JSON.stringify(LONG)},}`,
    `{,"a":${JSON.stringify(LONG)}}`,
    `{"a":1,,"b":${JSON.stringify(LONG)}}`,
    `{"a":${JSON.stringify(LONG)}]`,
    `[${JSON.stringify(LONG)}}`,
    `{"a":${JSON.stringify(LONG)}`,
    `{"a":"${LONG}}`,
    `{"a":1}${LONG}`,
    `{${JSON.stringify(LONG)}}`,
    `{"a" "b":${JSON.stringify(LONG)}}`,
    `{"a":"b":${JSON.stringify(LONG)}}`,
    `{a:${JSON.stringify(LONG)}}`,
    `{"a":{"b":${JSON.stringify(numbers)}}}}`,
    `{"a":\u00a0[${JSON.stringify(LONG)}]}`,
    `[${JSON.stringify(LONG)},]`,
  ])("what is damaged is refused (%#)", (text) => {
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
    expect(() => parsed(text)).toThrow(SyntaxError);
  });

  test("lists in one another to any depth overflow no stack", () => {
    const text = `${"[".repeat(200_000)}1${"]".repeat(200_000)}`;
    const work = parseSteps(`{"a":${text}}`);
    expect(() => {
      while (!work.next().done);
    }).not.toThrow();
  });
});
