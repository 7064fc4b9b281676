import { describe, expect, test } from "vitest";
import { MedGemmaError } from "../../../src/base/errors.js";
import { resolveGenerateOptions } from "../../../src/engine/native/generate-options.js";
import { SAMPLING, SAMPLING_NAMES } from "../../../src/engine/sampling.js";
import { UNUSUAL } from "../../support/sampling.js";

const refusal = (options: object): string => {
  try {
    resolveGenerateOptions({ maxTokens: 1, ...options });
  } catch (error) {
    if (MedGemmaError.isInstance(error)) return `${error.code} ${error.message} ${error.remedy}`;
  }
  throw new Error("it was taken");
};

test("defaults and allowed values are Gemma 3's and llama.cpp's", () => {
  const { seed, ...rest } = resolveGenerateOptions({ maxTokens: 1 });
  expect(rest).toMatchObject({ temperature: 0, topK: 64, topP: 0.95, minP: 0, repeatPenalty: 1 });
  expect(Number.isInteger(seed)).toBe(true);
  expect(resolveGenerateOptions({ maxTokens: 1 }).seed).not.toBe(seed);
  for (const extreme of [
    { temperature: 0, topK: 0, topP: 0, minP: 0, repeatPenalty: 0.1, seed: 0 },
    { temperature: 10, topK: 1_000_000, topP: 1, minP: 1, repeatPenalty: 10, seed: 4_294_967_294 },
  ])
    expect(resolveGenerateOptions({ maxTokens: 1, ...extreme })).toMatchObject(extreme);
});

test("a refusal tells what is allowed", () => {
  expect(refusal({ topK: 1.5 })).toContain("a whole number from 0 to 1000000");
  expect(refusal({ repeatPenalty: 11 })).toContain("a number from 0.1 to 10");
  expect(refusal({ seed: 4_294_967_295 })).toContain("a number from 0 to 4294967294");
});

describe.each(SAMPLING_NAMES)("%s", (name) => {
  const { kind, from, to } = SAMPLING[name];

  test("is taken as it is", () => {
    expect(UNUSUAL[name]).not.toBe(SAMPLING[name].default);
    expect(resolveGenerateOptions({ maxTokens: 1, ...UNUSUAL })[name]).toBe(UNUSUAL[name]);
  });

  const wrong = [from - 0.01, to + 1, Number.NaN, Number.POSITIVE_INFINITY, "1", null];
  test.each([...wrong, ...(kind === "integer" ? [from + 0.5] : [])])("%o is no value of it", (value) => {
    expect(refusal({ [name]: value })).toMatch(new RegExp(`^bad_option .*\\b${name}\\b`));
  });
});
