import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { NativeEngine } from "../../../src/engine/native/native-engine.js";
import type { ProcessEngine } from "../../../src/engine/process/process-engine.js";
import type { RgbImage } from "../../../src/image/rgb.js";
import { renderPrompt } from "../../../src/prompt/render.js";
import { answer, rejection } from "../../support/ask.js";
import { goldens, kinds, loadPhantom, messagesOf, nameOf, PHANTOM, picture } from "../../support/phantom.js";
import { loadProcess, QUESTION } from "./support.js";

let engine: ProcessEngine;
let native: NativeEngine;

beforeAll(async () => {
  [engine, native] = await Promise.all([loadProcess(), loadPhantom({ threads: 1 })]);
});
afterAll(() => Promise.all([engine.dispose(), native.dispose()]));

describe("a child process computes what this process computes", () => {
  const cases = kinds.flatMap((kind) => goldens.find((golden) => golden.kind === kind) ?? []);

  test.each(cases.map((golden) => [nameOf(golden), golden] as const))("%s", async (_, golden) => {
    const messages = await messagesOf(golden);
    const here = await answer(native, messages, { logprobs: 3, seed: 7 });
    const there = await answer(engine, messages, { logprobs: 3, seed: 7 });
    expect(there.text).toBe(here.text);
    expect(there.tokens.map(({ id }) => id)).toEqual(here.tokens.map(({ id }) => id));
    expect(there.tokens[0]?.top).toHaveLength(3);
    expect(there.done.finishReason).toBe(here.done.finishReason);
    expect(there.done.seed).toBe(7);
    expect(there.done.usage.promptTokens).toBe(here.done.usage.promptTokens);
    expect(there.done.timings.timeToFirstToken).toBeGreaterThan(0);
  });

  test("token ids, control words and a text of 20 000 words", async () => {
    for (const text of ["<start_of_turn>user", "Straße ☢ \ud83e\ude7b", "", "word ".repeat(20_000)]) {
      for (const special of [true, false]) {
        const here = await native.tokenize(text, { special });
        expect(await engine.tokenize(text, { special })).toEqual(here);
      }
    }
  });

  test("a picture's embedding and its key", async () => {
    const image = await picture("001.png");
    const here = await native.encode(image);
    const there = await engine.encode(image);
    expect(there.key).toBe(here.key);
    expect([there.tokens, there.width]).toEqual([here.tokens, here.width]);
    expect(there.values).toEqual(here.values);
  });

  test("a picture that is not of the encoder's size, and a part of a larger buffer", async () => {
    const bytes = Uint8Array.from({ length: 300 * 200 * 3 + 5 }, (_, index) => (index * 31) & 255);
    const origin = { format: "raw", storedWidth: 300, storedHeight: 200, steps: [] };
    const image = { width: 300, height: 200, data: bytes.subarray(5), origin };
    expect((await engine.encode(image)).values).toEqual((await native.encode(image)).values);
  });

  test("a buffer that was drawn into is another picture", async () => {
    const image = await picture("002.png");
    const reused = { ...image, data: Uint8Array.from(image.data) };
    const before = await engine.encode(reused);
    reused.data.fill(0, 0, 50_000);
    const after = await engine.encode(reused);
    expect(after.key).not.toBe(before.key);
    expect(after.values).toEqual((await native.encode(reused)).values);
  });

  test("scores of continuations", async () => {
    const parts = renderPrompt<RgbImage>([{ role: "user", content: QUESTION }]);
    const words = ["Yes", "No", "An opacity in the right lower zone"];
    const here = await native.score(parts, words, { deterministic: true });
    const there = await engine.score(parts, words, { deterministic: true });
    expect(there.scores).toEqual(here.scores);
    const wrong = engine.score(parts, words, { priority: "low" as never });
    expect((await rejection(wrong)).code).toBe("bad_option");
  });

  test("an answer of a schema", async () => {
    const jsonSchema = { type: "object", properties: { esi: { type: "integer" } }, required: ["esi"] };
    const messages = [{ role: "user" as const, content: QUESTION }];
    const { text } = await answer(engine, messages, { jsonSchema, maxTokens: 200 });
    expect(Object.keys(JSON.parse(text))).toEqual(["esi"]);
  });

  test("statistics", async () => {
    const { requests, images, restarts } = await engine.stats();
    expect(requests.completed).toBeGreaterThan(kinds.length);
    expect(images.encoded).toBeGreaterThan(2);
    expect(restarts).toBe(0);
  });

  test("many questions at once, each answered as alone", async () => {
    const chosen = goldens.filter((golden) => golden.images.length === 1).slice(0, 8);
    const answers = await Promise.all(
      chosen.map(async (golden) => answer(engine, await messagesOf(golden), { deterministic: true })),
    );
    expect(answers.map(({ text }) => text)).toEqual(chosen.map((golden) => golden.answer));
  });
});

describe("what the process says about itself", () => {
  test("info is that of the engine in it", () => {
    const { kind, loadTime, devices, ...rest } = engine.info;
    expect(kind).toBe("process");
    expect(loadTime).toBeGreaterThan(0);
    expect(devices.map(({ name }) => name)).toEqual(native.info.devices.map(({ name }) => name));
    const { model, projector, contextSize, threads, versions, placement } = native.info;
    expect(rest).toEqual({ model, projector, contextSize, threads, versions, placement });
    expect(placement).toBeDefined();
  });

  test("a text-only model takes no picture", async () => {
    const textOnly = await loadProcess({ projector: undefined } as object);
    const image = await picture("001.png");
    const messages = [{ role: "user" as const, content: [{ type: "image" as const, image }] }];
    expect((await rejection(answer(textOnly, messages))).code).toBe("projector_missing");
    expect((await rejection(textOnly.encode(image))).code).toBe("projector_missing");
    await textOnly.dispose();
  });

  test("errors keep code, message, facts and remedy", async () => {
    const parts = renderPrompt<RgbImage>([{ role: "user", content: `${QUESTION} `.repeat(3000) }]);
    const run = async (which: typeof engine | typeof native) => {
      for await (const _ of which.generate(parts, { maxTokens: 10 }));
    };
    const [here, there] = await Promise.all([rejection(run(native)), rejection(run(engine))]);
    expect(there.code).toBe("context_full");
    expect([there.message, there.facts, there.remedy]).toEqual([here.message, here.facts, here.remedy]);
  });

  test("options are checked before they are sent", async () => {
    for (const options of [{ temperature: Number.NaN }, { maxTokens: "9" }, { stop: [""] }]) {
      const run = async () => {
        for await (const _ of engine.generate([], options as never));
      };
      expect((await rejection(run())).code).toBe("bad_option");
    }
  });

  test("relative paths are of the folder where it was loaded", async () => {
    const { relative } = await import("node:path");
    const model = relative(process.cwd(), PHANTOM.model);
    const other = await loadProcess({ model, projector: undefined } as object);
    expect(other.info.model.file.name).toBe("phantom-f16.gguf");
    await other.dispose();
  });
});
