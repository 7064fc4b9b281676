import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { NativeEngine } from "../../src/engine/native/native-engine.js";
import { type Answer, answer } from "../support/ask.js";
import { type Golden, goldens, kinds, loadPhantom, messagesOf, nameOf } from "../support/phantom.js";

const MIN_EQUAL_ANSWERS = 0.99;
const MAX_LOGPROB_DIFFERENCE = 0.01;

let engine: NativeEngine;
beforeAll(async () => {
  engine = await loadPhantom();
});
afterAll(() => engine.dispose());

const answers = new Map<Golden, Answer>();

/** Every first token's log-probability that both sides list. */
function differences(golden: Golden, { tokens }: Answer): number[] {
  const ours = new Map(tokens[0]?.top.map((it) => [it.id, it.logprob]));
  return golden.first.flatMap(([id, , logprob]) => {
    const own = ours.get(id);
    return own === undefined ? [] : [Math.abs(own - logprob)];
  });
}

describe.each(kinds)("%s", (kind) => {
  const cases = goldens.filter((golden) => golden.kind === kind);

  beforeAll(async () => {
    for (const golden of cases) {
      answers.set(golden, await answer(engine, await messagesOf(golden), { logprobs: 20 }));
    }
  });

  test("has the reference's best first token, and its log-probabilities", () => {
    for (const [golden, given] of [...answers].filter(([golden]) => golden.kind === kind)) {
      const name = nameOf(golden);
      expect(given.tokens[0]?.top[0]?.id, name).toBe(golden.first[0]?.[0]);
      const found = differences(golden, given);
      expect(found.length, name).toBe(golden.first.length);
      expect(Math.max(...found), name).toBeLessThanOrEqual(MAX_LOGPROB_DIFFERENCE);
    }
  });

  test("ends by itself, in the reference's number of tokens", () => {
    for (const golden of cases) {
      const { done, text } = answers.get(golden) ?? {};
      expect(done?.finishReason, nameOf(golden)).toBe("stop");
      if (text === golden.answer) {
        expect(done?.usage.completionTokens, nameOf(golden)).toBe(golden.answer_ids.length);
      }
      expect(done?.usage.promptTokens, nameOf(golden)).toBe(golden.prompt_ids.length);
    }
  });
});

test("greedy answers equal the reference's", () => {
  expect(answers.size).toBe(goldens.length);
  const different = [...answers].filter(([golden, { text }]) => text !== golden.answer);
  const equal = answers.size - different.length;
  const largest = Math.max(...[...answers].flatMap(([golden, given]) => differences(golden, given)));
  console.log(
    `parity: ${equal} of ${answers.size} greedy answers equal; ` +
      `largest difference of a first log-probability ${largest.toFixed(4)}`,
  );
  for (const [golden, { text }] of different) {
    console.log(`  ${nameOf(golden)}\n    reference ${golden.answer}\n    here      ${text}`);
  }
  expect(equal / answers.size).toBeGreaterThanOrEqual(MIN_EQUAL_ANSWERS);
});
