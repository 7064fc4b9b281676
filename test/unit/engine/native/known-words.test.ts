import { expect, test } from "vitest";
import { checkKnownWords } from "../../../../src/engine/native/known-words.js";

const WORDS: Record<string, number[]> = {
  "<bos>": [2],
  "<start_of_turn>": [105],
  "<end_of_turn>": [106],
  "<start_of_image>": [255_999],
  "<end_of_image>": [256_000],
  "user\n": [2364, 107],
};

/** Of a vocabulary in which texts become these tokens. */
function tokenizer(changes: Record<string, number[]> = {}) {
  const words = { ...WORDS, ...changes };
  const texts = new Map([
    ...Object.entries(words).flatMap(([word, [id, ...more]]) =>
      id && more.length === 0 ? [[id, word] as const] : [],
    ),
    [2364, "user"],
    [107, "\n"],
    [9, " user"],
  ]);
  return {
    tokenize: (text: string) => ({
      promise: Promise.resolve(Int32Array.from(words[text] ?? [1, 1, 1])),
      cancel: () => undefined,
    }),
    tokenText: (token: number) => Buffer.from(texts.get(token) ?? "?"),
  };
}
const FULL = 262_145;
const UNSUPPORTED = expect.objectContaining({ code: "model_unsupported" });

test("Gemma 3's own words pass", async () => {
  await expect(checkKnownWords(tokenizer(), FULL, true)).resolves.toBeUndefined();
});

test.each([
  ["a word in letters", { "<start_of_turn>": [1, 2, 3] }],
  ["a word of another number", { "<bos>": [5] }],
  ["a space before texts", { "user\n": [9, 107] }],
  ["a line's end in bytes", { "user\n": [2364, 248] }],
])("%s does not", async (_, changes) => {
  await expect(checkKnownWords(tokenizer(changes), FULL, true)).rejects.toEqual(UNSUPPORTED);
});

test("a small vocabulary has its own numbers, and its words are one token all the same", async () => {
  await expect(checkKnownWords(tokenizer({ "<bos>": [7] }), 1024, true)).resolves.toBeUndefined();
  await expect(checkKnownWords(tokenizer({ "user\n": [9, 107] }), 1024, true)).rejects.toEqual(UNSUPPORTED);
});

test("what only pictures need is asked where there are pictures", async () => {
  const blind = tokenizer({ "<start_of_image>": [1, 1] });
  await expect(checkKnownWords(blind, FULL, false)).resolves.toBeUndefined();
  await expect(checkKnownWords(blind, FULL, true)).rejects.toEqual(UNSUPPORTED);
});
