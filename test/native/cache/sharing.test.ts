import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { NativeEngine } from "../../../src/engine/native/native-engine.js";
import type { RgbImage } from "../../../src/image/rgb.js";
import type { Message } from "../../../src/prompt/message.js";
import { type Answer, answer } from "../../support/ask.js";
import { type Golden, goldens, loadPhantom, messagesOf, nameOf, picture } from "../../support/phantom.js";
import { askGolden, golden, ramble } from "../scheduler/support.js";

// In the small context any prefix can be forked; in the large one only what the sliding windows still hold.
describe.each([2048, 8192])("prefixes in a context of %d", (contextSize) => {
  let engine: NativeEngine;
  beforeEach(async () => {
    engine = await loadPhantom({ contextSize });
  });
  afterEach(() => engine.dispose());

  const cached = ({ done }: Answer): number => done.usage.cachedTokens;

  test("a chat reads only what is new", async () => {
    const asked = golden("chat");
    const messages = await messagesOf(asked);
    const first = await answer(engine, messages);
    expect(first.text).toBe(asked.answer);
    const next: Message<RgbImage>[] = [
      ...messages,
      { role: "assistant", content: first.text },
      { role: "user", content: "Is there a nodule in this image? Answer with yes or no." },
    ];
    const second = await answer(engine, next);
    // All of the first prompt and its answer, but for tokens that join at the seam.
    const known = first.done.usage.promptTokens + first.done.usage.completionTokens;
    expect(cached(second)).toBeGreaterThanOrEqual(known - 2);
    const alone = await answer(engine, next, { deterministic: true });
    expect(second.text).toBe(alone.text);
  });

  test("questions about one study compute the picture once, one by one or at once", async () => {
    const study = golden("report").images[0];
    // All begin with the picture; a report's prompt has a system text before it, and shares nothing with these.
    const kinds = /^(yesno|json|boxes|choice)/;
    const about = goldens.filter(({ kind, images }) => kinds.test(kind) && images[0] === study);
    expect(about.length).toBeGreaterThan(5);
    for (const each of about) expect((await askGolden(engine, each)).text, nameOf(each)).toBe(each.answer);
    const { images, prefixCache, tokens } = await engine.stats();
    expect(images.encoded).toBe(1);
    expect(images.memoryHits).toBe(about.length - 1);
    expect(prefixCache.hits).toBe(about.length - 1);
    // Beginning of the turn, the picture's 16 rows and its marks.
    expect(tokens.cached).toBeGreaterThanOrEqual((about.length - 1) * 19);
    const answers = await Promise.all(about.map((each) => askGolden(engine, each)));
    expect(answers.map(({ text }) => text)).toEqual(about.map((each) => each.answer));
    expect((await engine.stats()).images.encoded).toBe(1);
    for (const each of answers) expect(cached(each)).toBeGreaterThanOrEqual(19);
  });

  test("a shared system text is computed once, also by requests that come at once", async () => {
    const system = ramble(1, 150);
    const ask = (question: string) =>
      answer(engine, [
        { role: "system", content: system },
        { role: "user", content: question },
      ]);
    const answers = await Promise.all(["Hello?", "Is it so?", "What is that?", "Why?"].map(ask));
    const { promptTokens } = answers[0]?.done.usage ?? { promptTokens: 0 };
    const computed = answers.filter((each) => cached(each) < promptTokens / 2);
    expect(computed).toHaveLength(1);
    const { tokens } = await engine.stats();
    expect(tokens.cached).toBeGreaterThan(3 * 150);
  });

  test("another picture of the same size is never taken for the first", async () => {
    const squares = goldens.filter(({ kind }) => kind === "report").slice(0, 8);
    for (const each of squares) {
      const end = await askGolden(engine, each);
      expect(end.text, nameOf(each)).toBe(each.answer);
      // What may be shared ends before the picture.
      expect(cached(end)).toBeLessThan(16);
    }
    const answers = await Promise.all(squares.map((each) => askGolden(engine, each)));
    expect(answers.map(({ text }) => text)).toEqual(squares.map((each) => each.answer));
    expect((await engine.stats()).images.encoded).toBe(new Set(squares.flatMap(({ images }) => images)).size);
  });

  test("a picture that differs in one bit is another picture", async () => {
    const asked = golden("report");
    const original = await picture(asked.images[0] ?? "");
    // The square's own size, so that no resize rounds the bit away.
    const square = (pixels: Uint8Array): RgbImage => ({
      ...original,
      width: 224,
      height: 224,
      data: pixels.slice(0, 224 * 224 * 3),
    });
    const flipped = new Uint8Array(original.data);
    flipped[5000] = (flipped[5000] ?? 0) ^ 1;
    await askGolden(engine, asked, {}, () => square(original.data));
    const other = await askGolden(engine, asked, {}, () => square(flipped));
    expect(cached(other)).toBeLessThan(16);
    expect((await engine.stats()).images.encoded).toBe(2);
  });

  test("two pictures in the other order are another prompt", async () => {
    const compare = goldens.filter(({ kind }) => kind === "compare").slice(0, 4);
    const swapped = (each: Golden): Golden => ({ ...each, images: [...each.images].reverse() });
    for (const each of compare) {
      const straight = await askGolden(engine, each);
      expect(straight.text, nameOf(each)).toBe(each.answer);
      const turned = await askGolden(engine, swapped(each));
      expect(cached(turned)).toBeLessThan(16);
      const alone = await askGolden(engine, swapped(each), { deterministic: true });
      expect(turned.text).toBe(alone.text);
      expect((await askGolden(engine, each)).text).toBe(each.answer);
    }
  });

  test("a picture given up and asked for again is encoded for whoever waits", async () => {
    const asked = golden("report");
    const image = await picture(asked.images[0] ?? "");
    const stop = new AbortController();
    const given = engine.encode(image, { signal: stop.signal }).catch((error) => error.code);
    await new Promise((wake) => setImmediate(wake));
    stop.abort();
    const waiting = Array.from({ length: 5 }, async (_, index) => {
      for (let turn = 0; turn < index; turn++) await new Promise((wake) => setImmediate(wake));
      return engine.encode(image);
    });
    const embeddings = await Promise.all(waiting);
    expect(await given).toBe("aborted");
    for (const each of embeddings) expect(each.values).toEqual(embeddings[0]?.values);
    expect((await engine.stats()).images.encoded).toBeLessThanOrEqual(2);
  });
});
