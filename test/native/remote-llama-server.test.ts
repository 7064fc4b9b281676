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
