import { expect, test } from "vitest";
import { type ScoreServer, scoreByTokens } from "../../../../src/engine/remote/llama-server/score.js";

const WORDS: Readonly<Record<string, readonly number[]>> = { yes: [1, 2], ye: [1], none: [3, 4], no: [5] };

/** Knows two tokens at each step; what it is asked for is kept. */
function server(asked: number[]): ScoreServer {
  const likely = [
    { id: 1, token: "ye", logprob: -0.5 },
    { id: 2, token: "s", logprob: -0.25 },
    { id: 3, token: "no", logprob: -1 },
  ];
  return {
    vocabularySize: 5000,
    imageTokens: 0,
    tokenize: async (text) => [...(WORDS[text] ?? [])],
    next: async (_, count) => {
      asked.push(count);
      const rare = count > 1000 ? [{ id: 5, token: "no", logprob: -9 }] : [];
      return {
        completion_probabilities: [{ top_logprobs: [...likely, ...rare] }],
        tokens_evaluated: 7,
      } as never;
    },
  };
}

test("sums the tokens of a continuation", async () => {
  const { scores, usage } = await scoreByTokens(server([]), [], ["yes"]);
  expect(scores[0]).toMatchObject({ text: "yes", logprob: -0.75 });
  expect(usage.promptTokens).toBe(7);
});

test("asks for the whole vocabulary when a token is rare", async () => {
  const asked: number[] = [];
  const { scores } = await scoreByTokens(server(asked), [], ["no"]);
  expect(scores[0]?.logprob).toBe(-9);
  expect(asked).toEqual([1000, 5000]);
});

test("refuses a beginning that the server reads as other tokens", async () => {
  // "none" is [3, 4], but its beginning "no" is [5] when it stands alone.
  await expect(scoreByTokens(server([]), [], ["none"])).rejects.toMatchObject({
    code: "unsupported_by_endpoint",
  });
});
