import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { packageRoot } from "../../../src/base/package.js";

const run = promisify(execFile);

/** Runs a program that uses the package as built and may collect garbage; gives what it logged. */
async function program(lines: string): Promise<string[]> {
  const script = `
    import { MedGemma } from "${packageRoot}/dist/index.js";
    import { setTimeout as sleep } from "node:timers/promises";
    process.on("warning", ({ code }) => console.log(code));
    const collect = async () => { for (let i = 0; i < 10; i++) { gc(); await sleep(20); } };
    const isAlive = (pid) => { try { return process.kill(pid, 0); } catch { return false; } };
    ${lines}`;
  const args = ["--expose-gc", "--input-type=module", "-e", script];
  const { stdout } = await run(process.execPath, args);
  return stdout.trim().split("\n");
}

test("a model that nobody can reach any more ends its process, and a warning tells", async () => {
  const lines = await program(`
    let pid;
    await (async () => { const model = await MedGemma.load(); pid = model.engine.pid; console.log(isAlive(pid)); })();
    await collect();
    while (isAlive(pid)) await sleep(20);
    console.log("ended");`);
  expect(lines).toEqual(["true", "MEDGEMMA_NOT_DISPOSED", "ended"]);
});

test("a call that runs, and one that was begun, hold the model that answers", async () => {
  const lines = await program(`
    const answers = await (async () => {
      const model = await MedGemma.load();
      const running = model.ask([], "Is there a nodule?");
      const stream = model.stream([], "Is there an effusion?");
      const chat = model.chat();
      return { running, stream, chat };
    })();
    await collect();
    console.log((await answers.running).text !== "");
    await collect();
    for await (const event of answers.stream) { await collect(); console.log(event.type); break; }
    console.log((await answers.chat.ask("And now?")).text !== "");
    process.exit();`);
  expect(lines).toEqual(["true", "text-delta", "true"]);
});

test("a disposed one warns of nothing", async () => {
  const lines = await program(`
    await (async () => { const model = await MedGemma.load(); await model.dispose(); })();
    await collect();
    console.log("done");`);
  expect(lines).toEqual(["done"]);
});
