import { describe, expect, it, test } from "vitest";
import { MedGemmaError } from "../../../../src/base/errors.js";
import { toCheck } from "../../../../src/engine/schema/check.js";
import { MatchTime, OutOfTime } from "../../../../src/engine/schema/match-time.js";
import { MAX_PATTERN_LETTERS } from "../../../../src/engine/schema/patterns.js";
import { toGrammar } from "../../../../src/engine/schema/schema.js";

function refusal(work: () => unknown): MedGemmaError {
  try {
    work();
  } catch (error) {
    if (MedGemmaError.isInstance(error)) return error;
    throw error;
  }
  throw new Error("not refused");
}

/** Every way through the letters is tried before it is known that none fits: minutes. */
const MANY_WAYS = "^(a+)+$";
const LONG = `${"a".repeat(40)}!`;
const slow = { pattern: MANY_WAYS };

describe("a pattern that tries the same letters in many ways", () => {
  it.each<[string, object, unknown]>([
    ["beside a value", { const: LONG, ...slow }, LONG],
    ["beside values", { enum: [LONG], pattern: "^(a|a)+$" }, LONG],
    ["not", { not: slow }, LONG],
    ["allOf", { allOf: [{ type: "string" }, slow] }, LONG],
    ["looking ahead", { pattern: "^(?=(a+)+$)" }, LONG],
    ["a list's element", { items: slow }, ["b", LONG]],
    ["contains", { contains: slow }, [LONG]],
    ["if", { if: slow, else: false }, LONG],
    ["propertyNames", { propertyNames: slow }, { [LONG]: 1 }],
    ["patternProperties", { patternProperties: { [MANY_WAYS]: false } }, { [LONG]: 1 }],
    [
      "dependentSchemas",
      { dependentSchemas: { a: { properties: { b: { not: slow } } } } },
      { a: 1, b: LONG },
    ],
  ])("ends the check of an answer: %s", (_, schema, value) => {
    const check = toCheck(schema);
    const { code, facts, message } = refusal(() => check(value));
    expect(code).toBe("grammar_unsupported");
    expect(facts.reason).toBe("pattern");
    expect(message).not.toContain("a+");
    // Nothing is left of it.
    expect(refusal(() => check(value)).code).toBe("grammar_unsupported");
    expect(toCheck({ type: "string", pattern: "^b+$" })("bb")).toBeUndefined();
  });

  it("ends the grammar that asks which names match it", () => {
    const schema = { properties: { [LONG]: {} }, patternProperties: { [MANY_WAYS]: {} } };
    const { code, facts } = refusal(() => toGrammar(schema));
    expect([code, facts.reason]).toEqual(["grammar_unsupported", "pattern"]);
  });

  it("is used where the answer does not lead it astray", () => {
    expect(toCheck(slow)("aaa")).toBeUndefined();
    expect(toCheck(slow)("b")).toEqual({ path: "", keyword: "pattern" });
  });
});

test("a comparison of each element with each ends, too, and is not said to be a pattern's", () => {
  const items = Array.from({ length: 60_000 }, (_, index) => index);
  const { code, facts } = refusal(() => toCheck({ type: "array", uniqueItems: true })(items));
  expect([code, facts.reason]).toEqual(["grammar_unsupported", "time"]);
});

describe("before the model works", () => {
  it.each<[string, object]>([
    ["one long pattern", { pattern: "a".repeat(MAX_PATTERN_LETTERS + 1) }],
    ["several that differ", { anyOf: [{ pattern: "a".repeat(2001) }, { pattern: "b".repeat(2001) }] }],
    ["of names", { patternProperties: { ["a".repeat(MAX_PATTERN_LETTERS + 1)]: {} } }],
    ["very many brackets", { pattern: `${"(".repeat(20_000)}a${")".repeat(20_000)}` }],
    ["repeats in each other, of nothing", { pattern: "(?:(?:(?:(?:(?:a?){9}){99}){99}){99}){99}" }],
  ])("refuses what is too large, and does not quote it: %s", (_, schema) => {
    const { code, message, facts } = refusal(() => toGrammar(schema));
    expect(code).toBe("grammar_unsupported");
    expect(message.length + JSON.stringify(facts).length).toBeLessThan(500);
  });

  it.each(["c", "\\-"])("counts a pattern that stands at many places once, with %s in it", (end) => {
    const pattern = `^(${"ab|".repeat(100)}${end})$`;
    const properties = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`p${index}`, { pattern }]),
    );
    expect(toGrammar({ type: "object", properties })).toContain("root");
  });
});

describe("patterns in the check", () => {
  it.each<[string, string, boolean]>([
    ["a|b", "xbx", true],
    ["^a|b$", "xb", true],
    ["^a|b$", "xbx", false],
    ["(a)\\1", "xaa", true],
    ["\\P{L}{12}", "123456789012", true],
    ["\\P{L}{12}", "日本", false],
    ["", "", true],
  ])("%s of %s: %s", (pattern, text, fits) => {
    expect(toCheck({ type: "string", pattern })(text) === undefined).toBe(fits);
    const named = toCheck({ patternProperties: { [pattern]: false } });
    expect(named({ [text]: 1 }) === undefined).toBe(!fits);
  });
});

describe("MatchTime", () => {
  it("gives what the work gives or throws", () => {
    const time = new MatchTime(1000);
    expect(time.run(() => 3)).toBe(3);
    expect(time.run(() => time.run(() => 4))).toBe(4);
    expect(() =>
      time.run(() => {
        throw new TypeError("own");
      }),
    ).toThrow(TypeError);
  });

  it("is spent once", () => {
    const time = new MatchTime(5);
    const forever = () => {
      for (;;);
    };
    expect(() => time.run(forever)).toThrow(OutOfTime);
    expect(() => time.run(() => 3)).toThrow(OutOfTime);
  });
});
