import { describe, expect, it } from "vitest";
import { MedGemmaError } from "../../../../../src/base/errors.js";
import { FakeEngine } from "../../../../../src/engine/fake-engine.js";
import { MedGemma } from "../../../../../src/medgemma/medgemma.js";
import { surelyTooOld } from "../../../../../src/medgemma/tasks/chat/oldest.js";

const CONTEXT = 1000;

/** Holds so few tokens, a word each; counts what it is given to make tokens of. */
class Small extends FakeEngine {
  override readonly info = { ...new FakeEngine().info, contextSize: CONTEXT };
  characters = 0;
  override tokenize(...[text, options]: Parameters<FakeEngine["tokenize"]>) {
    this.characters += text.length;
    return super.tokenize(text, options);
  }
}

const turns = (count: number, text: string) =>
  Array.from({ length: count }, (_, index) => ({
    role: index % 2 === 0 ? ("user" as const) : ("assistant" as const),
    content: text,
  }));
const tooOld = (engine: Small, history: ReturnType<typeof turns>) =>
  surelyTooOld(engine, [...history, { role: "user", content: "And now?" }], undefined);

describe("what is too old to be shown", () => {
  it("is found from the newest turns alone, however many there are", async () => {
    const [few, many] = [new Small(), new Small()];
    // Fifty turns of 20 words fill the context.
    const left = 1000 - (await tooOld(few, turns(2000, "word ".repeat(20))));
    expect(left).toBeGreaterThanOrEqual(25);
    expect(left).toBeLessThan(50);
    expect(100_000 - (await tooOld(many, turns(200_000, "word ".repeat(20))))).toBe(left);
    expect(many.characters).toBe(few.characters);
  });

  it("is nothing where all may fit, and never the last question", async () => {
    expect(await tooOld(new Small(), turns(40, "word ".repeat(20)))).toBe(0);
    expect(await tooOld(new Small(), [])).toBe(0);
    const long = [{ role: "user" as const, content: "word ".repeat(5000) }];
    expect(await surelyTooOld(new Small(), long, undefined)).toBe(0);
  });

  it("makes no tokens of a text that cannot fit", async () => {
    const engine = new Small();
    expect(await tooOld(engine, turns(4, "x".repeat(500_000)))).toBe(2);
    expect(engine.characters).toBe(0);
  });

  it("is left to the question where an engine makes no tokens", async () => {
    const engine = new Small();
    engine.tokenize = () => Promise.reject(new MedGemmaError("bad_option", "It makes none."));
    expect(await tooOld(engine, turns(2000, "word ".repeat(20)))).toBe(0);
  });
});

it("a conversation of ten thousand turns is shown in few tries, with the most turns that fit", async () => {
  let tries = 0;
  const engine = new Small({
    answer: ({ text }) => {
      tries++;
      const required = text.split(/\s+/).length;
      if (required > CONTEXT)
        throw new MedGemmaError("context_full", "Full.", { facts: { required, available: CONTEXT } });
      return "No.";
    },
  });
  const chat = MedGemma.fromEngine(engine).chat({
    history: turns(10_000, "word ".repeat(20)),
    overflow: "drop-oldest",
  });
  const { droppedTurns } = await chat.ask("And now?");
  expect(5000 - droppedTurns).toBeGreaterThan(20);
  expect(tries).toBeLessThan(20);
  expect(engine.prompts[0]?.text.length).toBeLessThan(4 * CONTEXT * 5);
});
