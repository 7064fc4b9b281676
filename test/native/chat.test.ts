import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MedGemma } from "../../src/index.js";
import { rejection } from "../support/ask.js";
import { type Golden, goldens, nameOf, picturePath } from "../support/phantom.js";

let model: MedGemma;
beforeAll(async () => {
  model = await MedGemma.load({ isolation: "none", threads: 1 });
});
afterAll(() => model.dispose());

const kind = (name: string) => goldens.filter((golden) => golden.kind === name);
const words = (content: Golden["messages"][number]["content"]): string =>
  typeof content === "string"
    ? content
    : content.map((part) => (part.type === "text" ? part.text : "")).join("");
const question = (golden: Golden, index: number): string => words(golden.messages[index]?.content ?? "");
const pictures = (golden: Golden): string[] => golden.images.map(picturePath);

describe("a conversation", () => {
  test.each(kind("chat").map((golden) => ({ name: nameOf(golden), golden })))(
    "with the reference's first answer as history ends as there: $name",
    async ({ golden }) => {
      const [first, second] = golden.messages;
      const chat = model.chat({
        history: [
          {
            role: "user",
            content: [
              { type: "image", image: picturePath(golden.images[0] ?? "") },
              { type: "text", text: words(first?.content ?? "") },
            ],
          },
          { role: "assistant", content: words(second?.content ?? "") },
        ],
      });
      expect((await chat.ask(question(golden, 2))).text).toBe(golden.answer);
    },
  );

  test("held turn by turn ends as the reference's, where its first answer is ours", async () => {
    let same = 0;
    for (const golden of kind("chat")) {
      const chat = model.chat({ images: pictures(golden) });
      const first = await chat.ask(question(golden, 0));
      if (first.text !== question(golden, 1)) continue;
      same++;
      expect((await chat.ask(question(golden, 2))).text).toBe(golden.answer);
      expect(chat.messages.map((message) => message.role)).toEqual([
        "user",
        "assistant",
        "user",
        "assistant",
      ]);
    }
    expect(same).toBeGreaterThan(2);
  });

  test("a turn that fails, is aborted or broken off leaves it as it was", async () => {
    const [golden] = kind("chat");
    if (!golden) throw new Error("No chat among the goldens.");
    const chat = model.chat({ images: pictures(golden) });
    await chat.ask(question(golden, 0));
    const before = chat.messages;
    expect((await rejection(chat.ask("word ".repeat(9000)))).code).toBe("context_full");
    expect((await rejection(chat.ask("x", { signal: AbortSignal.abort() }))).code).toBe("aborted");
    expect((await rejection(chat.ask("x", { images: "no-such-file.png" }))).code).toBe("file_not_found");
    expect((await rejection(chat.ask("x", { temperature: Number.NaN }))).code).toBe("bad_option");
    for await (const _ of chat.stream("Tell me more.")) break;
    expect(chat.messages).toEqual(before);
    expect((await chat.ask("What is the impression?")).text).not.toBe("");
    expect(chat.messages).toHaveLength(4);
  });

  test("two turns at once are refused", async () => {
    const chat = model.chat();
    const running = chat.ask("Is there a nodule?");
    expect((await rejection(chat.ask("And an effusion?"))).code).toBe("bad_option");
    await running;
    expect(chat.messages).toHaveLength(2);
  });
});

describe("a thought", () => {
  const golden = kind("thinking")[0] as Golden;
  const [, thought = "", text = ""] = /^<unused94>thought\n(.*)<unused95>(.*)$/s.exec(golden.answer) ?? [];
  const ask = (maxTokens: number) =>
    model.ask(pictures(golden), question(golden, 1), { think: true, maxTokens });

  test("comes apart from the answer, streamed and whole", async () => {
    expect(text).not.toBe("");
    const result = await ask(200);
    expect(result).toMatchObject({ thought, text, thoughtCutOff: false, finishReason: "stop" });
    const deltas = { "thought-delta": "", "text-delta": "" };
    for await (const event of model.stream(pictures(golden), question(golden, 1), { think: true })) {
      if (event.type === "thought-delta" || event.type === "text-delta") deltas[event.type] += event.text;
    }
    expect(deltas).toEqual({ "thought-delta": thought, "text-delta": text });
  });

  test("that the limit cuts off leaves no answer and says so", async () => {
    for (const maxTokens of [1, 2, 5, 10]) {
      const result = await ask(maxTokens);
      expect(result).toMatchObject({ text: "", thoughtCutOff: true, finishReason: "length" });
      // The first tokens are of the word "thought", which the model writes before it.
      expect(`thought\n${thought}`).toContain(result.thought ?? "?");
    }
  });

  test("that was whole before the limit keeps what there is of the answer", async () => {
    const tokens = golden.answer_ids.indexOf(10) + 4; // <unused95>, and three of the answer
    const result = await ask(tokens);
    expect(result).toMatchObject({ thought, thoughtCutOff: false, finishReason: "length" });
    expect(result.text).not.toBe("");
    expect(text.startsWith(result.text)).toBe(true);
  });
});

test("ask rejects what it cannot take", async () => {
  const [golden] = kind("report");
  if (!golden) throw new Error("No report among the goldens.");
  const image = picturePath(golden.images[0] ?? "");
  expect((await rejection(model.ask(image, ""))).code).toBe("bad_option");
  expect((await rejection(model.ask(image, "x", { maxToken: 5 } as object))).message).toContain("maxTokens");
  expect((await rejection(model.ask("missing.png", "x"))).code).toBe("file_not_found");
  expect((await rejection(model.ask(new Uint8Array(20), "x"))).code).toBe("image_unreadable");
});

test("a history far too long is cut in few tries, to the most turns that fit", async () => {
  await using small = await MedGemma.load({ isolation: "none", threads: 1, contextSize: 1024 });
  const history = Array.from({ length: 400 }, (_, index) => ({
    role: index % 2 === 0 ? ("user" as const) : ("assistant" as const),
    content: "no effusion ".repeat(8),
  }));
  const ask = (turns: typeof history, overflow: "error" | "drop-oldest") =>
    small.chat({ history: turns, overflow, maxTokens: 2 }).ask("Is there a nodule?");
  const { droppedTurns } = await ask(history, "drop-oldest");
  expect(droppedTurns).toBeGreaterThan(100);
  // One turn more than was kept is one too many.
  expect((await rejection(ask(history.slice(2 * (droppedTurns - 1)), "error"))).code).toBe("context_full");
  expect((await ask(history.slice(2 * droppedTurns), "error")).droppedTurns).toBe(0);
});
