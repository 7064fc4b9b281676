import { describe, expect, test } from "vitest";
import type { PromptPart } from "../../../../src/engine/engine.js";
import { FakeEngine } from "../../../../src/engine/fake-engine.js";
import { checkContinuations } from "../../../../src/engine/native/generate-options.js";
import { checkContinuationsFit, checkPartsFit } from "../../../../src/engine/parts.js";
import { MedGemma } from "../../../../src/medgemma/medgemma.js";
import { promptOf } from "../../../../src/medgemma/run/text-bounds.js";
import { fillPlaces } from "../../../../src/prompt/presets.js";

const PIXELS = { data: new Uint8Array(12), width: 2, height: 2, channels: 3 } as const;
const LONG = "\ud83d".repeat(5_000_000);
const full = { code: "context_full", facts: { required: 52_084, available: 8192 } };
const bad = { code: "bad_option" };

describe("a text that no context holds", () => {
  test.each<[string, (model: MedGemma) => Promise<unknown>, object]>([
    ["as a question", (model) => model.ask([], LONG), full],
    ["as a part", (model) => model.ask(PIXELS, [{ type: "text", text: LONG }, { type: "image" }]), full],
    ["as a system text", (model) => model.ask([], "Is it?", { system: LONG }), { code: "context_full" }],
    ["as a sentence", (model) => model.explain(LONG), { code: "context_full" }],
    ["as an indication", (model) => model.report(PIXELS, { indication: LONG }), { code: "context_full" }],
    ["as a label", (model) => model.classify(PIXELS, ["a", LONG]), bad],
    ["as a target", (model) => model.locate(PIXELS, ["a", LONG]), bad],
    ["as a section", (model) => model.report(PIXELS, { sections: [LONG] }), bad],
    ["as the words of a task", (model) => model.explain("No effusion.", { prompt: LONG }), bad],
  ])("never comes to the engine %s", async (_, call, error) => {
    const engine = new FakeEngine();
    await expect(call(MedGemma.fromEngine(engine))).rejects.toMatchObject(error);
    expect(engine.prompts).toEqual([]);
  });

  test("may have white space around it, which is none of it", async () => {
    const engine = new FakeEngine();
    await MedGemma.fromEngine(engine).ask([], `${" \n".repeat(1_000_000)}Is it?${" ".repeat(1_000_000)}`);
    expect(engine.prompts[0]?.text).toBe(
      "<bos><start_of_turn>user\nIs it?<end_of_turn>\n<start_of_turn>model\n",
    );
  });

  test("may be one of many that are joined", () => {
    const content = Array.from({ length: 10_000 }, () => ({ type: "text", text: "a" }) as const);
    expect(promptOf(new FakeEngine(), [{ role: "user", content }])).toHaveLength(3);
    const more = [...content, { type: "text", text: "a".repeat(96 * 8192) } as const];
    expect(() => promptOf(new FakeEngine(), [{ role: "user", content: more }])).toThrow(
      expect.objectContaining({ code: "context_full" }),
    );
  });

  test("is left to an endpoint, whose context may be larger than is known", () => {
    const engine = new FakeEngine();
    const remote = Object.assign(engine, { info: { ...engine.info, kind: "remote" } });
    expect(promptOf(remote, [{ role: "user", content: "a".repeat(1_000_000) }])).toHaveLength(3);
  });
});

describe("an engine's own bounds", () => {
  const { info } = new FakeEngine();
  const letter = (index: number): PromptPart => ({ type: "text", text: "a", special: index % 2 === 0 });
  const parts = (length: number) => Array.from({ length }, (_, index) => letter(index));

  test("each part has a token at least", () => {
    expect(() => checkPartsFit(parts(8192), info)).not.toThrow();
    expect(() => checkPartsFit(parts(8193), info)).toThrow(
      expect.objectContaining({ code: "context_full", facts: { required: 8193, available: 8192 } }),
    );
  });

  test("a continuation fits by itself", () => {
    const fits = "a".repeat(96 * 8192);
    expect(() => checkContinuationsFit([fits, fits], info)).not.toThrow();
    expect(() => checkContinuationsFit(["a", `${fits}a`], info)).toThrow(
      expect.objectContaining({ code: "context_full" }),
    );
  });

  test("continuations have a number", () => {
    const many = (count: number) => Array.from({ length: count }, String);
    expect(() => checkContinuations(many(4096))).not.toThrow();
    expect(() => checkContinuations(many(4097))).toThrow(expect.objectContaining(bad));
  });
});

describe("what a turn and a preset may have", () => {
  test.each<[string, (model: MedGemma) => Promise<unknown>]>([
    [
      "parts",
      (model) =>
        model.ask(
          [],
          Array.from({ length: 10_001 }, () => ({ type: "text", text: "a" })),
        ),
    ],
    [
      "pictures",
      (model) =>
        model.ask(
          Array.from({ length: 10_001 }, () => PIXELS),
          "Is it?",
        ),
    ],
    ["targets", (model) => model.locate(PIXELS, Array.from({ length: 1001 }, String))],
    ["sections", (model) => model.report(PIXELS, { sections: Array.from({ length: 101 }, String) })],
    ["places", (model) => model.explain("a", { prompt: "{sentence}".repeat(1001) })],
    [
      "text in its places",
      (model) => model.explain("a".repeat(1_000_000), { prompt: "{sentence}".repeat(17) }),
    ],
  ])("more %s are refused", async (_, call) => {
    await expect(call(MedGemma.fromEngine(new FakeEngine()))).rejects.toMatchObject(bad);
  });

  test("places are filled in as they stand", () => {
    const values: Record<string, string> = { a: "$& {b}", b: "" };
    expect(fillPlaces("{a}{b}{c} {A}", (name) => values[name])).toBe("$& {b}{c} {A}");
  });
});
