import { spawn } from "node:child_process";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packageRoot } from "../../src/base/package.js";
import type { NativeEngine } from "../../src/engine/native/native-engine.js";
import { answerText, UNENDING } from "../support/ask.js";
import { loadPhantom, PHANTOM } from "../support/phantom.js";

// Scripts run what was built (dist/), as they have no TypeScript. `babble` never ends by itself: its grammar has no end, and
// then it begins anew.
const PRELUDE = `
  const { NativeEngine } = await import(${JSON.stringify(`${packageRoot}/dist/engine/native/native-engine.js`)});
  const load = (options) => NativeEngine.load({ ...${JSON.stringify({ ...PHANTOM, threads: 1 })}, ...options });
  const parts = [{ type: "text", text: "<bos>hello", special: true }];
  async function* babble(engine) {
    for (;;) yield* engine.generate(parts, ${JSON.stringify({ ...UNENDING, maxTokens: 8000 })});
  }
  const picture = (shade) => ({ width: 224, height: 224, data: new Uint8Array(224 * 224 * 3).fill(shade), origin: { format: "raw", storedWidth: 224, storedHeight: 224, steps: [] } });
`;

/** What a script of a process ended with, and what it said. */
async function runScript(body: string) {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", PRELUDE + body], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => said.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => said.push(chunk));
  // Far above what it takes: only a process that hangs is killed, and then has a signal.
  const killer = setTimeout(() => child.kill("SIGKILL"), 300_000);
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  clearTimeout(killer);
  return { code, signal, said: Buffer.concat(said).toString().trim() };
}

describe("a process ends cleanly", () => {
  test.each([
    ["in mid-generation by process.exit", "for await (const _ of babble(await load())) process.exit(7);", 7],
    [
      "in mid-generation of several engines",
      `const engines = await Promise.all([load(), load(), load()]);
       for (const engine of engines.slice(1)) (async () => { for await (const _ of babble(engine)); })();
       for await (const _ of babble(engines[0])) process.exit(7);`,
      7,
    ],
    ["in mid-load by process.exit", "load({ onProgress: () => process.exit(7) });", 7],
    ["at once after load was called", "load(); process.exit(7);", 7],
    [
      "in mid-encode by process.exit",
      "(await load()).encode(picture(9), { onProgress: () => process.exit(7) });",
      7,
    ],
    [
      "by an exception in mid-generation",
      'for await (const _ of babble(await load())) throw new Error("of mine");',
      1,
    ],
    [
      "without dispose, when nothing runs",
      "const engine = await load(); await engine.encode(picture(1));",
      0,
    ],
    ["after breaking off, without dispose", "for await (const _ of babble(await load())) break;", 0],
    [
      "after dispose in mid-generation",
      `const engine = await load();
       try { for await (const _ of babble(engine)) engine.dispose(); } catch (error) { console.log(error.code); }`,
      0,
    ],
    [
      "when the engine is garbage in mid-generation",
      `let engine = await load();
       const events = babble(engine); await events.next(); engine = undefined; process.exit(7);`,
      7,
    ],
  ])("%s", async (_, body, code) => {
    const { signal, ...rest } = await runScript(body);
    expect(signal).toBeNull();
    expect(rest.code, rest.said).toBe(code);
  });

  test("and stays alive while a request runs that nobody but the promise holds", async () => {
    const { code, said } = await runScript(`
      const engine = await load();
      (async () => {
        let text = "";
        for await (const event of engine.generate(parts, { maxTokens: 30 })) text += event.text ?? "";
        console.log("answered", text !== "");
      })();`);
    expect([code, said]).toEqual([0, "answered true"]);
  });
});

describe("worker threads", () => {
  let engine: NativeEngine;
  beforeAll(async () => {
    engine = await loadPhantom();
  });
  afterAll(() => engine.dispose());

  const start = (body: string) =>
    new Worker(
      `const { parentPort } = require("node:worker_threads"); (async () => { ${PRELUDE} ${body} })();`,
      {
        eval: true,
      },
    );
  /** This thread's engine is none the worse for it. */
  const soundHere = async () => {
    expect((await answerText(engine, "Is there a nodule?", { maxTokens: 8 })).text).not.toBe("");
  };

  test("answer as the main thread does", async () => {
    const worker = start(`
      const engine = await load();
      let text = "";
      for await (const event of engine.generate(parts, { maxTokens: 30, deterministic: true })) text += event.text ?? "";
      await engine.dispose();
      parentPort.postMessage(text);`);
    const exit = once(worker, "exit");
    const [text] = (await once(worker, "message")) as [string];
    let own = "";
    for await (const event of engine.generate([{ type: "text", text: "<bos>hello", special: true }], {
      maxTokens: 30,
      deterministic: true,
    })) {
      if (event.type === "text") own += event.text;
    }
    expect(text).toBe(own);
    expect(await exit).toEqual([0]);
  });

  test.each([
    ["in mid-generation", "for await (const _ of babble(await load())) parentPort.postMessage(1);"],
    ["in mid-load", "load({ onProgress: () => parentPort.postMessage(1) });"],
    ["as soon as load was called", "load(); parentPort.postMessage(1);"],
    ["in mid-encode", "(await load()).encode(picture(3), { onProgress: () => parentPort.postMessage(1) });"],
    ["after dispose was called", "const engine = await load(); engine.dispose(); parentPort.postMessage(1);"],
  ])("may be terminated %s", async (_, body) => {
    for (let round = 0; round < 3; round++) {
      const worker = start(body);
      await once(worker, "message");
      await worker.terminate();
    }
    await soundHere();
  });

  test("several at once, terminated while all of them and this thread generate", async () => {
    const workers = Array.from({ length: 3 }, () =>
      start("for await (const _ of babble(await load())) parentPort.postMessage(1);"),
    );
    await Promise.all(workers.map((worker) => once(worker, "message")));
    const own = answerText(engine, "Is there a nodule?", { maxTokens: 8 });
    expect(await Promise.all(workers.map((worker) => worker.terminate()))).toEqual([1, 1, 1]);
    expect((await own).text).not.toBe("");
  });

  test("may end by themselves without dispose", async () => {
    const worker = start("const engine = await load(); await engine.tokenize('a', { special: false });");
    expect(await once(worker, "exit")).toEqual([0]);
    await soundHere();
  });
});
