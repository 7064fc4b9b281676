import { afterAll, beforeAll, expect, test } from "vitest";
import { MedGemmaError } from "../../src/base/errors.js";
import type { NativeEngine } from "../../src/engine/native/native-engine.js";
import { MedGemma } from "../../src/medgemma/medgemma.js";
import { repeated } from "../support/hostile/texts.js";
import { loadPhantom } from "../support/phantom.js";

let engine: NativeEngine;
let model: MedGemma;
beforeAll(async () => {
  engine = await loadPhantom();
  model = MedGemma.fromEngine(engine);
});
afterAll(() => model.dispose());

const LINES = repeated("a\n", 5_000_000);
const facts = { available: 8192, required: expect.toSatisfy((tokens: number) => tokens > 50_000) };

test.each([
  ["a prompt", () => model.ask([], LINES)],
  ["a prompt of line ends", () => model.ask([], `x${"\n".repeat(5_000_000)}x`)],
  ["a system text", () => model.ask([], "Is it?", { system: LINES })],
  ["an earlier turn", () => model.chat({ history: [{ role: "user", content: LINES }] }).ask("And?")],
  ["a continuation", () => engine.score([{ type: "text", text: "Is it?", special: false }], [LINES])],
])("%s of five megabytes is refused before it is read", async (_, call) => {
  await expect(call()).rejects.toMatchObject({ code: "context_full", facts });
  expect(MedGemmaError.isInstance(await call().catch((error) => error))).toBe(true);
});

test("a prompt that is a little too long is counted to its end", async () => {
  const one = await engine.tokenize("a\n", { special: false });
  const call = model.ask([], repeated("a\n", 12_000), { maxTokens: 100 });
  const { facts: told } = (await call.catch((error) => error)) as MedGemmaError;
  // All lines but the last, which loses its end, and the words around a turn.
  expect(told.required).toBeGreaterThan((12_000 / 2) * one.length + 100);
  expect(told.required).toBeLessThan((12_000 / 2) * one.length + 200);
});

test("all tokens of a long text come, and an abort stops their counting", async () => {
  expect(await engine.tokenize(LINES, { special: false })).toHaveLength(5_000_000);
  const controller = new AbortController();
  const counting = engine.tokenize(repeated("a\n", 20_000_000), {
    special: false,
    signal: controller.signal,
  });
  controller.abort();
  await expect(counting).rejects.toMatchObject({ code: "aborted" });
});

test("questions are answered while long texts are read", async () => {
  const order: string[] = [];
  const controller = new AbortController();
  const { signal } = controller;
  const long = Array.from({ length: 6 }, () =>
    engine.tokenize(repeated("a\n", 20_000_000), { special: false, signal }).then(
      () => order.push("read"),
      () => order.push("aborted"),
    ),
  );
  await model.ask([], "Is it?", { maxTokens: 4 }).then(() => order.push("answered"));
  controller.abort();
  await Promise.all(long);
  expect(order[0]).toBe("answered");
});

test("disposal ends what is read and what waits", async () => {
  const other = await loadPhantom();
  const texts = Promise.allSettled(
    Array.from({ length: 4 }, () => other.tokenize(LINES, { special: false })),
  );
  await other.dispose();
  for (const it of await texts)
    expect(it).toMatchObject({ status: "rejected", reason: { code: "disposed" } });
});
