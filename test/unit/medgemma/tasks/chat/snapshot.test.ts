import { describe, expect, it } from "vitest";
import { FakeEngine, MedGemma, MedGemmaError } from "../../../../../src/index.js";
import { rejection } from "../../../../support/ask.js";

const picture = (value: number) => ({
  data: new Uint8Array(12).fill(value),
  width: 2,
  height: 2,
  channels: 3 as const,
});
const open = (engine = new FakeEngine({ answer: "No." })) => ({ engine, model: MedGemma.fromEngine(engine) });

describe("a conversation as data", () => {
  it("goes on where it was, with each picture written once", async () => {
    const { model } = open();
    const chat = model.chat({ images: picture(7) });
    await chat.ask("Is there an effusion?");
    await chat.ask("And here?", { images: [picture(7), picture(9)] });
    const text = JSON.stringify(chat);
    expect(Object.keys(JSON.parse(text).pictures)).toHaveLength(2);

    const { engine, model: other } = open();
    const restored = other.chat({ restore: JSON.parse(text) });
    expect(JSON.stringify(restored)).toBe(text);
    await restored.ask("Sure?");
    await chat.ask("Sure?");
    expect(engine.prompts.at(-1)?.images.map(({ data }) => data[0])).toEqual([7, 7, 9]);
    expect(JSON.stringify(restored)).toBe(JSON.stringify(chat));
  });

  it("is refused where it is damaged, as an option", async () => {
    const { model } = open();
    const chat = model.chat({ images: picture(7) });
    await chat.ask("Is there an effusion?");
    const whole = JSON.parse(JSON.stringify(chat));
    const [key = ""] = Object.keys(whole.pictures);
    const damages: ((snapshot: typeof whole) => unknown)[] = [
      () => null,
      () => "text",
      (s) => ({ ...s, version: 2 }),
      (s) => ({ ...s, turns: {} }),
      (s) => ({ ...s, turns: [s.turns[1]] }),
      (s) => ({ ...s, turns: [{ role: "system", content: "x" }] }),
      (s) => ({ ...s, turns: [{ role: "user", content: [{ type: "image", image: "__proto__" }] }] }),
      (s) => ({ ...s, pictures: {} }),
      (s) => ({ ...s, pictures: { [key]: { ...s.pictures[key], width: 3 } } }),
      (s) => ({ ...s, pictures: { [key]: { ...s.pictures[key], width: 1e9, height: 1e9 } } }),
      (s) => ({ ...s, pictures: { [key]: { ...s.pictures[key], origin: null } } }),
      (s) => ({ ...s, dropped: -1 }),
      (s) => ({ ...s, dropped: "1" }),
    ];
    for (const damage of damages) {
      const restore = damage(structuredClone(whole)) as typeof whole;
      expect(() => model.chat({ restore }), String(damage)).toThrow(
        expect.objectContaining({ code: "bad_option" }),
      );
    }
    expect(() => model.chat({ restore: whole, history: [] })).toThrow(
      expect.objectContaining({ code: "bad_option" }),
    );
  });
});

describe("a conversation that grows over the context", () => {
  /** Takes no prompt of more than so many words. */
  const narrow = (words: number) =>
    new FakeEngine({
      answer: ({ text }) => {
        if (text.split(" ").length > words) throw new MedGemmaError("context_full");
        return "No.";
      },
    });
  const question = (name: string) => `${name} ${"word ".repeat(20)}`;

  it("is refused, and stays as it was, unless old turns may be dropped", async () => {
    const { model } = open(narrow(60));
    const chat = model.chat();
    await chat.ask(question("first"));
    await chat.ask(question("second"));
    expect((await rejection(chat.ask(question("third")))).code).toBe("context_full");
    expect(chat.messages).toHaveLength(4);
  });

  it("leaves out the oldest turns but their pictures, and tells", async () => {
    const { engine, model } = open(narrow(60));
    const chat = model.chat({ overflow: "drop-oldest", images: picture(7) });
    const dropped: number[] = [];
    for (const name of ["first", "second", "third", "fourth"])
      dropped.push((await chat.ask(question(name))).droppedTurns);
    expect(dropped).toEqual([0, 0, 1, 2]);
    const { text, images } = engine.prompts.at(-1) ?? { text: "", images: [] };
    expect(text).toMatch(/<image>.*third.*fourth/s);
    expect(text).not.toMatch(/first|second/);
    expect(images.map(({ data }) => data[0])).toEqual([7]);
    expect(chat.messages).toHaveLength(8);
    expect(JSON.parse(JSON.stringify(chat)).dropped).toBe(2);
  });

  it("is refused when the last question alone is too long", async () => {
    const { model } = open(narrow(30));
    const chat = model.chat({ overflow: "drop-oldest" });
    await chat.ask(question("first"));
    expect((await rejection(chat.ask(question("long ".repeat(30))))).code).toBe("context_full");
    expect(() => model.chat({ overflow: "cut" as "error" })).toThrow(
      expect.objectContaining({ code: "bad_option" }),
    );
  });
});

it("a turn with a schema gives its value, and the next turn is prose again", async () => {
  const { model } = open(
    new FakeEngine({ answer: (_, { jsonSchema }) => (jsonSchema ? '{"side":"left"}' : "No.") }),
  );
  const chat = model.chat();
  const schema = { type: "object", properties: { side: { enum: ["left", "right"] } }, required: ["side"] };
  const { value } = await chat.ask<{ side: string }>("Which side?", { schema });
  expect(value.side).toBe("left");
  const plain = await chat.ask("And the other?");
  expect(plain).not.toHaveProperty("value");
  expect(plain.text).toBe("No.");
});

it("more turns than can be read in one go are refused, as history and from a snapshot", () => {
  const model = MedGemma.fromEngine(new FakeEngine());
  const turns = Array.from({ length: 20_001 }, (_, index) => ({
    role: index % 2 === 0 ? ("user" as const) : ("assistant" as const),
    content: "And now?",
  }));
  const refusal = expect.objectContaining({ code: "bad_option", message: expect.stringContaining("20000") });
  expect(() => model.chat({ history: turns })).toThrow(refusal);
  const restore = { format: "medgemma-chat" as const, version: 1 as const, turns, pictures: {}, dropped: 0 };
  expect(() => model.chat({ restore })).toThrow(refusal);
  expect(() => model.chat({ history: turns.slice(1, 1) })).not.toThrow();
});
