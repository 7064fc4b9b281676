import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ProcessEngine } from "../../../src/engine/process/process-engine.js";
import { rejection } from "../../support/ask.js";
import { greyPicture } from "../../support/phantom.js";
import { until } from "../../support/until.js";
import { babble, babbling, isAlive, loadProcess, pidOf, shortAnswer } from "./support.js";

let engine: ProcessEngine;
beforeEach(async () => {
  engine = await loadProcess();
});
afterEach(() => engine.dispose());

describe("streaming", () => {
  test("pieces come one by one, in order, and end with one done", async () => {
    let pieces = "";
    let done = 0;
    for await (const event of babble(engine, { maxTokens: 400, deterministic: true })) {
      if (event.type === "text") pieces += event.text;
      else done++;
    }
    let whole = "";
    for await (const event of babble(engine, { maxTokens: 400, deterministic: true }))
      if (event.type === "text") whole += event.text;
    expect(pieces).toBe(whole);
    expect(done).toBe(1);
  });

  test("the first piece comes before the last is made", async () => {
    for await (const event of babble(engine)) {
      expect(event.type).toBe("text");
      expect((await engine.stats()).requests.running).toBe(1);
      break;
    }
  });

  test("an abort rejects at once, and the engine goes on with others", async () => {
    const controller = new AbortController();
    const other = babbling(engine);
    const run = async () => {
      for await (const _ of babble(engine, { signal: controller.signal, seed: 2 }))
        controller.abort("enough");
    };
    const error = await rejection(run());
    expect([error.code, error.cause]).toEqual(["aborted", "enough"]);
    expect(await (await other).rest).toBeGreaterThan(1);
    expect((await shortAnswer(engine)).done.usage.completionTokens).toBeGreaterThan(0);
  });

  test("a signal that has fired sends nothing", async () => {
    const signal = AbortSignal.abort();
    expect((await rejection(engine.encode(greyPicture, { signal }))).code).toBe("aborted");
    expect((await rejection(engine.tokenize("a", { special: false, signal }))).code).toBe("aborted");
    expect((await rejection(babble(engine, { signal })[Symbol.asyncIterator]().next())).code).toBe("aborted");
  });

  test("breaking off the iteration stops the request in the process", async () => {
    for (let i = 0; i < 6; i++) {
      for await (const _ of babble(engine, { seed: i })) break;
    }
    const none = { running: 0, waiting: 0, cancelled: 6 };
    await until(async () => expect((await engine.stats()).requests).toMatchObject(none));
  });

  test("a slow reader loses nothing", async () => {
    let text = "";
    for await (const event of babble(engine, { maxTokens: 40, deterministic: true })) {
      await delay(10);
      if (event.type === "text") text += event.text;
    }
    let again = "";
    for await (const event of babble(engine, { maxTokens: 40, deterministic: true }))
      if (event.type === "text") again += event.text;
    expect(text).toBe(again);
  });
});

describe("dispose", () => {
  test("rejects what runs with disposed, ends the process, is idempotent", async () => {
    const pid = pidOf(engine);
    const { rest } = await babbling(engine);
    const encoding = rejection(engine.encode(greyPicture));
    const first = engine.dispose();
    expect(engine.dispose()).toBe(first);
    expect((await rejection(rest)).code).toBe("disposed");
    expect((await encoding).code).toBe("disposed");
    await first;
    expect(isAlive(pid)).toBe(false);
    for (const call of [shortAnswer(engine), engine.encode(greyPicture), engine.stats()]) {
      expect((await rejection(call)).code).toBe("disposed");
    }
    expect(engine.pid).toBeUndefined();
  });

  test.skipIf(process.platform === "win32")("ends a process that is stopped, after a deadline", async () => {
    const pid = pidOf(engine);
    process.kill(pid, "SIGSTOP");
    await engine.dispose();
    expect(isAlive(pid)).toBe(false);
  });
});
