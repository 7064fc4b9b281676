import { existsSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { compare, examplePictures, type ReferenceCase, readReference } from "../../../src/cli/self-test.js";
import { makeResult, makeToken } from "./support.js";

const reference: ReferenceCase = {
  name: "case",
  pictures: [],
  question: "?",
  promptTokens: 35,
  first: { id: 5, logprob: -0.255 },
  answerIds: [5, 6],
  answer: "No.",
};

describe("compare", () => {
  test("accepts what is equal, and log-probabilities within the tolerance", () => {
    expect(compare(reference, makeResult(), 0.01).ok).toBe(true);
  });

  test.each([
    [{ text: "Yes." }, /answer differs/],
    [{ tokens: [makeToken(5, -0.24), makeToken(6, 0)] }, /off by 0\.015/],
    [{ tokens: [makeToken(7, -0.25), makeToken(6, 0)] }, /first token 7, not 5/],
    [{ tokens: [makeToken(5, -0.25)] }, /answer tokens differ/],
    [{ tokens: [] }, /off by NaN/],
    [{ usage: { ...makeResult().usage, promptTokens: 36 } }, /36 tokens, not 35/],
  ])("refuses %j", (changes, detail) => {
    const check = compare(reference, makeResult(changes), 0.01);
    expect(check).toMatchObject({ ok: false, detail: expect.stringMatching(detail) });
    expect(check.remedy).toBeTruthy();
  });
});

test("the shipped reference names pictures that are there", async () => {
  const { cases, logprobTolerance } = await readReference();
  expect(logprobTolerance).toBe(0.01);
  expect(cases.length).toBeGreaterThanOrEqual(6);
  for (const picture of cases.flatMap(({ pictures }) => pictures)) {
    expect(existsSync(path.join(examplePictures, picture)), picture).toBe(true);
  }
});
