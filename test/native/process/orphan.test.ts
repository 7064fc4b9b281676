import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { describe, expect, test } from "vitest";
import { packageRoot } from "../../../src/base/package.js";
import { PHANTOM } from "../../support/phantom.js";
import { BABBLE, isAlive, waitUntil } from "./support.js";

/** A program that loads an engine, has it generate, and does what `then` says; prints the engine's pid first. */
function program(then: string): { child: ChildProcess; line: () => Promise<string> } {
  const script = `
    import { ProcessEngine } from "${packageRoot}/dist/engine/process/process-engine.js";
    const engine = await ProcessEngine.load(${JSON.stringify({ ...PHANTOM, threads: 1 })});
    const parts = [{ type: "text", text: "<bos><start_of_turn>user\\nhello<end_of_turn>\\n<start_of_turn>model\\n", special: true }];
    const generate = (options) => engine.generate(parts, { ...${JSON.stringify(BABBLE)}, ...options });
    ${then}`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
    // A group of its own, for signals as a terminal sends them.
    detached: true,
  });
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const iterator = lines[Symbol.asyncIterator]();
  return { child, line: async () => String((await iterator.next()).value) };
}

const PRINT_WHEN_RUNNING = `
  const events = generate({})[Symbol.asyncIterator]();
  await events.next();
  console.log(engine.pid);`;

describe.skipIf(process.platform === "win32")("no orphan", () => {
  test("when the application is killed in mid-generation", async () => {
    const { child, line } = program(`${PRINT_WHEN_RUNNING} for (;;) await events.next();`);
    const pid = Number(await line());
    expect(isAlive(pid)).toBe(true);
    child.kill("SIGKILL");
    await waitUntil(() => !isAlive(pid), "the engine's process ends");
  });

  // Of a process that is stopped nothing runs, so that only the system or the application can end it.
  test.runIf(process.platform === "linux")(
    "when the application is killed while the process is stopped",
    async () => {
      const { child, line } = program(`${PRINT_WHEN_RUNNING} for (;;) await events.next();`);
      const pid = Number(await line());
      process.kill(pid, "SIGSTOP");
      child.kill("SIGKILL");
      await waitUntil(() => !isAlive(pid), "the engine's process ends");
    },
  );

  test("when the application ends while the process is stopped", async () => {
    const { child, line } = program(
      `${PRINT_WHEN_RUNNING} process.kill(engine.pid, "SIGSTOP"); process.exit(3);`,
    );
    const pid = Number(await line());
    expect((await once(child, "exit"))[0]).toBe(3);
    await waitUntil(() => !isAlive(pid), "the engine's process ends");
  });

  test("when the application throws", async () => {
    const { line, child } = program(`${PRINT_WHEN_RUNNING} throw new Error("expected by this test");`);
    const pid = Number(await line());
    await once(child, "exit");
    await waitUntil(() => !isAlive(pid), "the engine's process ends");
  });

  test("when it forgets to dispose: an idle engine does not keep it alive", async () => {
    const { child, line } = program(
      `for await (const _ of generate({ maxTokens: 3 })); console.log(engine.pid);`,
    );
    const pid = Number(await line());
    const [code] = await once(child, "exit");
    expect(code).toBe(0);
    await waitUntil(() => !isAlive(pid), "the engine's process ends");
  });

  test("when it waits for an answer, it is kept alive until it has it", async () => {
    const { child, line } = program(`
      let tokens = 0;
      for await (const _ of generate({ maxTokens: 50 })) tokens++;
      console.log(tokens > 1);`);
    expect(await line()).toBe("true");
    expect((await once(child, "exit"))[0]).toBe(0);
  });

  test("Ctrl-C reaches the whole group, and the application decides", async () => {
    const { child, line } = program(`
      process.on("SIGINT", () => console.log("interrupted"));
      ${PRINT_WHEN_RUNNING}
      let more = 0;
      while (!(await events.next()).done) more++;
      console.log(more > 0);
      await engine.dispose();`);
    await line();
    process.kill(-(child.pid as number), "SIGINT");
    expect(await line()).toBe("interrupted");
    expect(await line()).toBe("true");
    expect((await once(child, "exit"))[0]).toBe(0);
  });
});
