import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { packageRoot } from "../../../src/base/package.js";
import { rejection, UNENDING } from "../../support/ask.js";
import { PHANTOM } from "../../support/phantom.js";
import { babbling, isAlive, loadProcess, pidOf, shortAnswer, waitUntil } from "./support.js";

describe("several engines", () => {
  test("two at once: the crash of one is not the other's", async () => {
    const [one, two] = await Promise.all([loadProcess(), loadProcess()]);
    const running = await Promise.all([babbling(one), babbling(two)]);
    process.kill(pidOf(one), "SIGKILL");
    expect((await rejection(running[0].rest)).code).toBe("engine_crashed");
    expect(await running[1].rest).toBeGreaterThan(1);
    expect((await shortAnswer(one)).text).toBe((await shortAnswer(two)).text);
    await Promise.all([one.dispose(), two.dispose()]);
  });

  test("in a worker thread, which may be terminated in mid-generation", async () => {
    const worker = new Worker(
      `const { parentPort } = require("node:worker_threads");
      (async () => {
        const { ProcessEngine } = await import(${JSON.stringify(`${packageRoot}/dist/engine/process/process-engine.js`)});
        const engine = await ProcessEngine.load(${JSON.stringify({ ...PHANTOM, threads: 1 })});
        const parts = [{ type: "text", text: "<bos>hello", special: true }];
        for (;;) {
          for await (const event of engine.generate(parts, ${JSON.stringify({ ...UNENDING, maxTokens: 4000 })})) {
            parentPort.postMessage(engine.pid);
          }
        }
      })();`,
      { eval: true },
    );
    const [pid] = (await once(worker, "message")) as [number];
    expect(isAlive(pid)).toBe(true);
    await worker.terminate();
    await waitUntil(() => !isAlive(pid), "the engine's process ends");
  });
});
