import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { FakeEngine, MedGemma, MedGemmaError, type StreamEvent } from "../../../../src/index.js";

const PIXELS = { data: new Uint8Array(2 * 3 * 3).fill(90), width: 2, height: 3, channels: 3 as const };
const BRIGHT = { ...PIXELS, data: new Uint8Array(2 * 3 * 3).fill(250) };

const GREY = { create: { width: 4, height: 4, channels: 3, background: "#c8c8c8" } } as const;

function scripted(answer: string | ((prompt: { text: string }) => string) = "No effusion.") {
  const engine = new FakeEngine({ answer });
  return { engine, model: MedGemma.fromEngine(engine) };
}

const codeOf = async (work: Promise<unknown>) =>
  work.then(
    () => "no error",
    (error) => (MedGemmaError.isInstance(error) ? error.code : String(error)),
  );

describe("ask", () => {
  test("puts the pictures before the words", async () => {
    const { engine, model } = scripted();
    await model.ask([PIXELS, BRIGHT], "What changed?");
    expect(engine.prompts[0]?.text).toBe(
      "<bos><start_of_turn>user\n\n\n<start_of_image><image><end_of_image>\n\n\n\n<start_of_image><image><end_of_image>\n\n" +
        "What changed?<end_of_turn>\n<start_of_turn>model\n",
    );
    expect(engine.prompts[0]?.images.map((image) => image.data[0])).toEqual([90, 250]);
  });

  test("puts pictures where the question has places for them, the others first", async () => {
    const { engine, model } = scripted();
    await model.ask(
      [PIXELS, BRIGHT],
      [{ type: "text", text: "Prior image:" }, { type: "image" }, { type: "text", text: "Compare." }],
    );
    expect(engine.prompts[0]?.images.map((image) => image.data[0])).toEqual([90, 250]);
    expect(engine.prompts[0]?.text).toMatch(/<image>.*Prior image:.*<image>.*Compare\./s);
  });

  test("takes one picture without a list, and none", async () => {
    const { engine, model } = scripted();
    await model.ask(PIXELS, "One?");
    await model.ask([], "None?");
    await model.ask(undefined, "None?");
    expect(engine.prompts.map(({ images }) => images.length)).toEqual([1, 0, 0]);
  });

  test("puts system text and the thinking instruction before the first turn", async () => {
    const { engine, model } = scripted();
    await model.ask([], "Q", { system: "You are an expert radiologist." });
    await model.ask([], "Q", { think: true });
    expect(engine.prompts[0]?.text).toContain("user\nYou are an expert radiologist.\n\nQ");
    expect(engine.prompts[1]?.text).toContain("SYSTEM INSTRUCTION: think silently if needed.");
  });

  test("splits the thought from the answer, while streaming too", async () => {
    const { model } = scripted("<unused94>thought\nLook first. <unused95>No effusion.");
    const events: StreamEvent[] = [];
    for await (const event of model.stream([], "Q")) events.push(event);
    const joined = (type: string) =>
      events.map((event) => (event.type === type && "text" in event ? event.text : "")).join("");
    expect(joined("thought-delta").trim()).toBe("Look first.");
    expect(joined("text-delta").trim()).toBe("No effusion.");
    const last = events.at(-1);
    expect(last?.type === "finish" && last.result).toMatchObject({
      text: "No effusion.",
      thought: "Look first.",
    });
  });

  test("says when the thought took all tokens", async () => {
    const { model } = scripted("<unused94>thought\nA long long thought<unused95>Yes.");
    const result = await model.ask([], "Q", { maxTokens: 2 });
    expect(result).toMatchObject({ text: "", thoughtCutOff: true, finishReason: "length" });
  });

  test("carries a notice and where it came from", async () => {
    const { model } = scripted();
    const { notice, provenance } = await model.ask(PIXELS, "Q", { temperature: 0.5, seed: 7 });
    expect(notice).toMatch(/unverified draft.*not a medical device/i);
    expect(provenance.sampling).toMatchObject({ temperature: 0.5, seed: 7 });
    expect(provenance.pictures).toMatchObject([{ format: "raw", width: 3, height: 3, fit: "pad" }]);
  });

  test.each([
    ["an empty question", [[], " "], {}],
    ["too few pictures", [[], [{ type: "image" }, { type: "text", text: "x" }]], {}],
    ["an unknown option", [[], "Q"], { maxTokns: 5 }],
    ["a signal that is none", [[], "Q"], { signal: 3 }],
    ["a system text that is none", [[], "Q"], { system: 3 }],
  ])("refuses %s", async (_, [pictures, question], options) => {
    const { model } = scripted();
    expect(await codeOf(model.ask(pictures as never, question as never, options as never))).toBe(
      "bad_option",
    );
  });

  test("names the option that was meant", async () => {
    const { model } = scripted();
    await expect(model.ask([], "Q", { maxTokns: 5 } as never)).rejects.toThrow("Did you mean maxTokens?");
  });
});

test("of an unknown option that is a whole text only the beginning is told", async () => {
  const { model } = scripted();
  const error = await model.ask([], "Q", { ["x".repeat(100_000)]: 1 } as never).catch((thrown) => thrown);
  expect(error).toMatchObject({ code: "bad_option", facts: { option: `${"x".repeat(60)}…` } });
  expect(error.message.length).toBeLessThan(120);
});

describe("chat", () => {
  test("each turn sees those before it, with their pictures", async () => {
    const { engine, model } = scripted("No.");
    const chat = model.chat({ images: PIXELS });
    await chat.ask("Is there an effusion?");
    await chat.ask("And a nodule?", { images: BRIGHT });
    expect(engine.prompts[1]?.text).toMatch(
      /effusion\?<end_of_turn>\n<start_of_turn>model\nNo\.<end_of_turn>/,
    );
    expect(engine.prompts[1]?.images.map((image) => image.data[0])).toEqual([90, 250]);
    expect(chat.messages.map(({ role }) => role)).toEqual(["user", "assistant", "user", "assistant"]);
  });

  test("leaves the thought out of later turns", async () => {
    const { engine, model } = scripted("<unused94>thought\nSecret.<unused95>No.");
    const chat = model.chat();
    await chat.ask("One?");
    await chat.ask("Two?");
    expect(engine.prompts[1]?.text).not.toContain("Secret");
  });

  test("takes an earlier conversation", async () => {
    const { engine, model } = scripted();
    const chat = model.chat({
      history: [
        {
          role: "user",
          content: [
            { type: "image", image: PIXELS },
            { type: "text", text: "First?" },
          ],
        },
        { role: "assistant", content: "Yes." },
      ],
    });
    await chat.ask("Second?");
    expect(engine.prompts[0]?.text).toMatch(/First\?.*Yes\..*Second\?/s);
    expect(engine.prompts[0]?.images).toHaveLength(1);
  });

  test("a failed turn leaves the conversation as it was", async () => {
    let fail = false;
    const { engine, model } = scripted(() => {
      if (fail) throw new MedGemmaError("decode_failed");
      return "Yes.";
    });
    const chat = model.chat();
    await chat.ask("One?");
    fail = true;
    expect(await codeOf(chat.ask("Two?"))).toBe("decode_failed");
    fail = false;
    await chat.ask("Three?");
    expect(engine.prompts.at(-1)?.text).not.toContain("Two?");
    expect(chat.messages).toHaveLength(4);
  });

  const pixelsOf = (value: number) => ({ ...PIXELS, data: new Uint8Array(PIXELS.data.length).fill(value) });
  const shown = (engine: FakeEngine) => engine.prompts.at(-1)?.images.map(({ data }) => data[0]);

  test("shows what a buffer held when it was given, whatever the caller makes of it then", async () => {
    const { engine, model } = scripted();
    const [first, earlier, later] = [pixelsOf(200), pixelsOf(150), pixelsOf(100)];
    const chat = model.chat({
      images: first,
      history: [
        { role: "user", content: [{ type: "image", image: earlier }] },
        { role: "assistant", content: "Yes." },
      ],
    });
    for (const { data } of [first, earlier]) data.fill(0);
    const asked = chat.ask("Q", { images: later });
    later.data.fill(0);
    await asked;
    expect(shown(engine)).toEqual([150, 200, 100]);
  });

  test.each(["Uint8Array", "ArrayBuffer", "SharedArrayBuffer"])(
    "copies a file's bytes in a %s",
    async (kind) => {
      const { engine, model } = scripted();
      const png = await sharp(GREY).png().toBuffer();
      const memory =
        kind === "SharedArrayBuffer" ? new SharedArrayBuffer(png.length) : new ArrayBuffer(png.length);
      const bytes = new Uint8Array(memory);
      bytes.set(png);
      const image = (kind === "Uint8Array" ? bytes : memory) as Uint8Array;
      const chat = model.chat({ images: image });
      const asked = model.ask(image, "Q");
      bytes.fill(0);
      await asked;
      expect(shown(engine)).toEqual([200]);
      await chat.ask("Q");
      expect(shown(engine)).toEqual([200]);
    },
  );

  test("a turn that fails takes nothing from a stream that the next one shows", async () => {
    let fail = true;
    const { engine, model } = scripted(() => {
      if (fail) throw new MedGemmaError("decode_failed");
      return "Yes.";
    });
    const png = await sharp(GREY).png().toBuffer();
    const image = () => new Blob([new Uint8Array(png)]).stream();
    const content = [{ type: "image" as const, image: image() }];
    const chat = model.chat({ images: image(), history: [{ role: "user", content }] });
    const stop = new AbortController();
    const reading = codeOf(chat.ask("One?", { signal: stop.signal }));
    stop.abort();
    expect(await reading).toBe("aborted");
    expect(await codeOf(chat.ask("Two?"))).toBe("decode_failed");
    fail = false;
    expect((await chat.ask("Three?")).text).toBe("Yes.");
    expect(shown(engine)).toEqual([200, 200]);
    expect(chat.messages.map(({ role }) => role)).toEqual(["user", "user", "assistant"]);
  });

  test.each([
    ["no message", [null]],
    ["an answer first", [{ role: "assistant", content: "Yes." }]],
    ["instructions", [{ role: "system", content: "Be brief." }]],
    ["no content", [{ role: "user" }]],
    ["a part that is none", [{ role: "user", content: [null] }]],
    ["a picture that is none", [{ role: "user", content: [{ type: "image" }] }]],
    [
      "a picture in an answer",
      [
        { role: "user", content: "Q" },
        { role: "assistant", content: [{ type: "image", image: PIXELS }] },
      ],
    ],
    ["no list", "Q"],
  ])("refuses a history with %s", (_, history) => {
    const { model } = scripted();
    expect(() => model.chat({ history: history as never })).toThrow(
      expect.objectContaining({ code: "bad_option" }),
    );
  });

  test("refuses a second turn while one runs", async () => {
    const { model } = scripted();
    const chat = model.chat();
    const first = chat.ask("One?");
    expect(await codeOf(chat.ask("Two?"))).toBe("bad_option");
    expect((await first).text).toBe("No effusion.");
  });
});

test("breaking off a stream, an abort and disposal end in their codes", async () => {
  const { model } = scripted("one two three four");
  for await (const event of model.stream([], "Q")) {
    if (event.type === "text-delta") break;
  }
  const controller = new AbortController();
  controller.abort();
  expect(await codeOf(model.ask([], "Q", { signal: controller.signal }))).toBe("aborted");
  await model.dispose();
  expect(await codeOf(model.ask([], "Q"))).toBe("disposed");
});
