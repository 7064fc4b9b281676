import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Engine } from "../../../src/engine/engine.js";
import { NativeEngine } from "../../../src/engine/native/native-engine.js";
import { ProcessEngine } from "../../../src/engine/process/process-engine.js";
import { greyPicture, PHANTOM, THREADS } from "../../support/phantom.js";

// Of this process's own: the test runner would end the run at each.
const uncaught: unknown[] = [];
const keep = (error: unknown) => uncaught.push(error);
let runners: NodeJS.UncaughtExceptionListener[];
beforeEach(() => {
  runners = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException").on("uncaughtException", keep);
});
afterEach(() => {
  process.removeAllListeners("uncaughtException");
  for (const listener of runners) process.on("uncaughtException", listener);
  expect(uncaught.splice(0)).toEqual([]);
});

class Mine extends Error {}

/** A callback that throws at its n-th call, or at the end of the work. */
function throwing(at: number | "end") {
  const calls: number[] = [];
  const onProgress = (share: number) => {
    calls.push(share);
    if (at === "end" ? share === 1 : calls.length === at) throw new Mine("of the caller");
  };
  return { calls, onProgress };
}

describe.each([
  ["process", (options: object) => ProcessEngine.load({ ...PHANTOM, threads: THREADS, ...options })],
  ["none", (options: object) => NativeEngine.load({ ...PHANTOM, threads: THREADS, ...options })],
] satisfies [string, (options: object) => Promise<Engine>][])("isolation %s", (_name, load) => {
  test.each([1, 2, "end"] as const)("what onProgress throws rejects the load (at %s)", async (at) => {
    const { calls, onProgress } = throwing(at);
    await expect(load({ onProgress })).rejects.toBeInstanceOf(Mine);
    const called = calls.length;
    await new Promise((wake) => setTimeout(wake, 50));
    expect(calls).toHaveLength(called);
  });

  test("what onProgress throws rejects the encoding, and nobody else's", async () => {
    const engine = await load({});
    for (const at of [1, 3, "end"] as const) {
      const data = new Uint8Array(greyPicture.data.length).fill(typeof at === "number" ? at : 9);
      const picture = { ...greyPicture, data };
      const { calls, onProgress } = throwing(at);
      const [mine, other] = await Promise.allSettled([
        engine.encode(picture, { onProgress }),
        engine.encode(picture),
      ]);
      expect(mine).toMatchObject({ status: "rejected", reason: expect.any(Mine) });
      expect(other).toMatchObject({ status: "fulfilled" });
      if (at !== "end") expect(calls).toHaveLength(at);
    }
    await engine.dispose();
  });

  test("a picture whose encoding only the thrower waited for can be encoded again", async () => {
    const engine = await load({});
    const { onProgress } = throwing(1);
    await expect(engine.encode(greyPicture, { onProgress })).rejects.toBeInstanceOf(Mine);
    expect((await engine.encode(greyPicture)).tokens).toBe(16);
    await engine.dispose();
  });
});
