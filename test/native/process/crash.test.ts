import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ProcessEngine } from "../../../src/engine/process/process-engine.js";
import { rejection } from "../../support/ask.js";
import { greyPicture } from "../../support/phantom.js";
import { babble, babbling, isAlive, loadProcess, pidOf, shortAnswer, waitUntil } from "./support.js";

const SIGNALS =
  process.platform === "win32" ? (["SIGKILL"] as const) : (["SIGKILL", "SIGABRT", "SIGSEGV"] as const);

let engine: ProcessEngine;
beforeEach(async () => {
  engine = await loadProcess();
});
afterEach(() => engine.dispose());

describe("a crash is an error and a restart", () => {
  test.each(SIGNALS)("%s in mid-generation", async (signal) => {
    const before = await shortAnswer(engine);
    const running = await babbling(engine);
    const requests = [running.rest, babbling(engine), engine.encode(greyPicture)].map(rejection);
    const pid = pidOf(engine);
    process.kill(pid, signal);
    for (const request of requests) {
      const error = await request;
      expect(error.code).toBe("engine_crashed");
      expect(error.facts.signal).toBe(signal);
      expect(error.remedy).toMatch(/again/);
    }
    expect(isAlive(pid)).toBe(false);
    expect((await shortAnswer(engine)).text).toBe(before.text);
    expect(engine.pid).not.toBe(pid);
    expect((await engine.stats()).restarts).toBe(1);
    expect(engine.info.kind).toBe("process");
  });

  test("while idle: the next request does not see it", async () => {
    process.kill(pidOf(engine), "SIGKILL");
    await waitUntil(() => engine.pid === undefined, "the crash is noticed");
    expect((await engine.stats()).restarts).toBe(0);
    // All wait for one restart; pictures are sent again.
    await Promise.all([shortAnswer(engine), shortAnswer(engine), engine.encode(greyPicture)]);
    expect((await engine.stats()).restarts).toBe(1);
  });

  test("while a picture is encoded", async () => {
    const encoding = rejection(engine.encode(greyPicture));
    process.kill(pidOf(engine), "SIGKILL");
    expect((await encoding).code).toBe("engine_crashed");
    expect((await engine.encode(greyPicture)).tokens).toBe(16);
  });

  test("while it is started again: those who wait are rejected, the next request tries again", async () => {
    process.kill(pidOf(engine), "SIGKILL");
    await waitUntil(() => engine.pid === undefined, "the crash is noticed");
    const waiting = rejection(endlessAnswer(engine));
    await waitUntil(() => engine.pid !== undefined, "the restart");
    process.kill(pidOf(engine), "SIGKILL");
    expect((await waiting).code).toBe("engine_crashed");
    await shortAnswer(engine);
  });

  test("dispose during a restart", async () => {
    process.kill(pidOf(engine), "SIGKILL");
    await waitUntil(() => engine.pid === undefined, "the crash is noticed");
    const waiting = rejection(shortAnswer(engine));
    await engine.dispose();
    expect((await waiting).code).toBe("disposed");
  });
});

describe.skipIf(process.platform === "win32")("an assert of llama.cpp", () => {
  test("is named in the error, the rest of stderr is not", async () => {
    const hook = pathToFileURL(`${import.meta.dirname}/assert-on-signal.mjs`).href;
    const asserting = await loadProcess({ execArgv: ["--import", hook] });
    const { rest } = await babbling(asserting);
    process.kill(pidOf(asserting), "SIGUSR2");
    const error = await rejection(rest);
    expect(error.code).toBe("engine_crashed");
    expect(error.facts).toMatchObject({
      signal: "SIGABRT",
      reason: "/src/ggml/src/ggml.c:4321: GGML_ASSERT(n_dims >= 1) failed",
    });
    expect(JSON.stringify([error.message, error.facts])).not.toMatch(/prompt/);
    await shortAnswer(asserting);
    await asserting.dispose();
  });
});

describe("giving up", () => {
  test("not while readers have what they wanted and break off", async () => {
    for (let crashes = 0; crashes < 4; crashes++) {
      for await (const event of babble(engine)) if (event.type === "text") break;
      await crash(engine);
    }
    expect((await shortAnswer(engine)).text).not.toBe("");
  });

  test("after crashes in a row, with the reason; not when requests succeed between", async () => {
    for (let crashes = 0; crashes < 4; crashes++) {
      await shortAnswer(engine);
      await crash(engine);
    }
    for (let crashes = 1; crashes < 3; crashes++) {
      const request = rejection(endlessAnswer(engine));
      await waitUntil(() => engine.pid !== undefined, "the restart");
      process.kill(pidOf(engine), "SIGKILL");
      expect((await request).code).toBe("engine_crashed");
    }
    const error = await rejection(shortAnswer(engine));
    expect(error.code).toBe("engine_crashed");
    expect(error.message).toMatch(/3 times in a row/);
    expect(error.facts).toMatchObject({ crashes: 3, signal: "SIGKILL" });
    expect((await rejection(engine.encode(greyPicture))).message).toBe(error.message);
    await engine.dispose();
    expect((await rejection(shortAnswer(engine))).code).toBe("disposed");
  });
});

/** One that no engine is faster with than the test with its signal. */
async function endlessAnswer(target: ProcessEngine): Promise<void> {
  await (await babbling(target)).rest;
}

async function crash(target: ProcessEngine): Promise<void> {
  process.kill(pidOf(target), "SIGKILL");
  await waitUntil(() => target.pid === undefined, "the crash is noticed");
}
