import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { ProcessEngine } from "../../../src/engine/process/process-engine.js";
import { VALUE } from "../../../src/models/gguf/types.js";
import { answer } from "../../support/ask.js";
import { GgufEdit } from "../../support/gguf-edit.js";
import { goldens, messagesOf, PHANTOM } from "../../support/phantom.js";
import { temporaryFolder } from "../cli/support.js";

const folder = temporaryFolder();
const [question = { messages: [], images: [] } as never] = goldens;
const STUCK_AFTER = 3000;

// llama.cpp never comes back from a rotation of no dimensions. The inspection refuses such a file; the engine alone loads it.
const model = path.join(folder, "endless.gguf");
writeFileSync(model, new GgufEdit(PHANTOM.model).set("gemma3.rope.dimension_count", VALUE.u32, 0).bytes());
afterAll(() => rmSync(model, { force: true }));

const STUCK = expect.objectContaining({
  code: "engine_crashed",
  facts: expect.objectContaining({ reason: "stuck" }),
});
const load = (stuckAfter: number, own = PHANTOM.model) =>
  ProcessEngine.load({ ...PHANTOM, model: own, threads: 1, contextSize: 512, stuckAfter });

describe("an engine that is stuck", () => {
  test("in a step is ended and reported; the next request starts it anew", async () => {
    await using engine = disposable(await load(STUCK_AFTER, model));
    const first = engine.it.pid;
    await expect(answer(engine.it, await messagesOf(question))).rejects.toEqual(STUCK);
    await expect(answer(engine.it, await messagesOf(question))).rejects.toEqual(STUCK);
    expect(engine.it.pid).not.toBe(first);
    expect((await engine.it.stats()).restarts).toBe(1);
  });

  test.runIf(process.platform !== "win32")("as a whole, too", async () => {
    await using engine = disposable(await load(STUCK_AFTER));
    process.kill(engine.it.pid ?? 0, "SIGSTOP");
    await expect(answer(engine.it, await messagesOf(question))).rejects.toEqual(STUCK);
    await expect(answer(engine.it, await messagesOf(question))).resolves.toBeDefined();
  });

  test("is left alone with 0, and one that works is with any number", async () => {
    await using off = disposable(await load(0, model));
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 4 * STUCK_AFTER);
    await expect(answer(off.it, await messagesOf(question), { signal: stop.signal })).rejects.toMatchObject({
      code: "aborted",
    });
    await using on = disposable(await load(STUCK_AFTER));
    for (const golden of goldens.slice(0, 20)) await answer(on.it, await messagesOf(golden));
    expect((await on.it.stats()).restarts).toBe(0);
  });
});

function disposable(it: ProcessEngine) {
  return { it, [Symbol.asyncDispose]: () => it.dispose() };
}
