import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MedGemma } from "../../src/index.js";
import { answer, rejection } from "../support/ask.js";
import { type LlamaServer, startLlamaServer } from "../support/llama-server.js";
import { goldens, messagesOf, picturePath } from "../support/phantom.js";

let server: LlamaServer;
let remote: MedGemma;
let local: MedGemma;
beforeAll(async () => {
  server = await startLlamaServer();
  remote = await MedGemma.load({ endpoint: server.url });
  local = await MedGemma.load();
});
afterAll(async () => {
  await remote?.dispose();
  await local?.dispose();
  await server?.stop();
});

describe("a llama-server", () => {
  test("answers as the reference", async () => {
    let same = 0;
    for (const golden of goldens) {
      const { text } = await answer(remote.engine, await messagesOf(golden));
      if (text === golden.answer) same++;
    }
    expect(same / goldens.length).toBeGreaterThanOrEqual(0.98);
  });

  test("classifies as the local model", async () => {
    const labels = ["nodule", "pacemaker", "cardiomegaly"];
    const there = await remote.classify(picturePath("000.png"), labels, { multiLabel: true });
    const here = await local.classify(picturePath("000.png"), labels, { multiLabel: true });
    for (const [index, { probability }] of here.labels.entries())
      expect(there.labels[index]?.probability).toBeCloseTo(probability, 3);
  });

  test("stops on abort and answers the next request", async () => {
    const controller = new AbortController();
    const run = async () => {
      for await (const _ of remote.stream([], "What is a pleural effusion?", { signal: controller.signal }))
        controller.abort();
    };
    expect((await rejection(run())).code).toBe("aborted");
    expect((await remote.ask([], "What is a pleural effusion?")).text).not.toBe("");
  });
});

describe("a llama-server by chat completions", () => {
  let chat: MedGemma;
  beforeAll(async () => {
    chat = await MedGemma.load({ endpoint: server.url, endpointApi: "chat", imageSize: 224 });
  });
  afterAll(() => chat?.dispose());

  // The server puts no newlines around a picture, as the reference does; so only texts can be held to it.
  test("answers texts as the reference", async () => {
    const texts = goldens.filter(({ images }) => images.length === 0);
    expect(texts.length).toBeGreaterThan(0);
    for (const golden of texts) {
      const { text } = await answer(chat.engine, await messagesOf(golden));
      expect(text).toBe(golden.answer);
    }
  });

  test("sees pictures", async () => {
    let same = 0;
    const seen = goldens.filter(({ images }) => images.length > 0);
    for (const golden of seen) {
      const { text } = await answer(chat.engine, await messagesOf(golden));
      if (text === golden.answer) same++;
    }
    console.log(`chat completions: ${same} of ${seen.length} answers about pictures equal the reference's`);
    expect(same / seen.length).toBeGreaterThan(0.8);
  });

  test("gives log-probabilities, JSON of a schema and usage", async () => {
    const label = ["nodule"];
    const there = await chat.classify(picturePath("000.png"), label, { multiLabel: true });
    const here = await local.classify(picturePath("000.png"), label, { multiLabel: true });
    expect(there.labels[0]?.probability).toBeCloseTo(here.labels[0]?.probability ?? -1, 1);
    const schema = {
      type: "object",
      properties: { pneumonia: { type: "boolean" } },
      required: ["pneumonia"],
      additionalProperties: false,
    };
    const { value, usage } = await chat.ask(picturePath("000.png"), "Is there pneumonia? As JSON.", {
      schema,
    });
    expect(value).toEqual({ pneumonia: expect.any(Boolean) });
    expect(usage).toMatchObject({
      promptTokens: expect.any(Number),
      completionTokens: expect.any(Number),
    });
    expect(usage.promptTokens).toBeGreaterThan(0);
  });
});

test("two llama-servers share the work, and one that dies is not missed", async () => {
  const second = await startLlamaServer();
  await using pool = await MedGemma.load({ endpoint: [server.url, second.url], parallel: 2 });
  const texts = goldens.filter(({ images }) => images.length === 0).slice(0, 12);
  const run = async (golden: (typeof texts)[number]) =>
    (await answer(pool.engine, await messagesOf(golden))).text === golden.answer;
  expect((await Promise.all(texts.map(run))).every(Boolean)).toBe(true);
  await second.stop();
  expect((await Promise.all(texts.map(run))).every(Boolean)).toBe(true);
});

test("one that is started again answers about pictures, alone and in a pool", async () => {
  const first = await startLlamaServer();
  const { port } = new URL(first.url);
  await using alone = await MedGemma.load({ endpoint: first.url });
  await using pool = await MedGemma.load({ endpoint: [first.url, server.url] });
  const picture = picturePath("000.png");
  const { text } = await alone.ask(picture, "Is there a nodule?");
  await first.stop();
  const again = await startLlamaServer(port);
  expect((await alone.ask(picture, "Is there a nodule?")).text).toBe(text);
  const answers = await Promise.all([0, 1, 2, 3].map(() => pool.ask(picture, "Is there a nodule?")));
  expect(answers.map((each) => each.text)).toEqual([text, text, text, text]);
  expect((await pool.stats()).endpoints?.map(({ failed }) => failed)).toEqual([0, 0]);
  await again.stop();
});

test("a pool begins with one of two", async () => {
  const second = await startLlamaServer();
  await second.stop();
  const told: string[] = [];
  const endpoint = [second.url, server.url];
  await using pool = await MedGemma.load({ endpoint, onLog: (level) => void told.push(level) });
  expect((await pool.ask([], "What is a pleural effusion?")).text).not.toBe("");
  expect((await pool.stats()).endpoints).toMatchObject([
    { name: new URL(second.url).host, state: "down", completed: 0 },
    { name: new URL(server.url).host, state: "up", failed: 0 },
  ]);
  expect(told).toEqual(["warning"]);
});

test("the command line and the example take endpoints", async () => {
  const run = promisify(execFile);
  const picture = picturePath("000.png");
  const words = [
    "dist/cli/main.js",
    "ask",
    picture,
    "Is there a nodule?",
    "--endpoint",
    server.url,
    "--json",
  ];
  const { stdout } = await run(process.execPath, words);
  const chat = await run(process.execPath, [...words, "--endpoint-api", "chat", "--timeout", "60000"]);
  expect(JSON.parse(chat.stdout)).toMatchObject({ text: expect.stringMatching(/./) });
  expect(JSON.parse(stdout)).toMatchObject({ text: expect.stringMatching(/./) });
  const example = ["examples/remote.mjs", server.url, "--", picture];
  expect((await run(process.execPath, example)).stdout).toContain("000.png: ");
});
