import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { packageRoot } from "../../../src/base/package.js";
import { rejection } from "../../support/ask.js";
import { loadPhantom, PHANTOM } from "../../support/phantom.js";
import { loadProcess, pidOf, shortAnswer } from "./support.js";

const scratch = mkdtempSync(path.join(tmpdir(), "medgemma-process-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const onLinux = describe.skipIf(process.platform !== "linux");
const procFile = (pid: number, name: string) => readFileSync(`/proc/${pid}/${name}`, "utf8");

describe("loading", () => {
  test("tells its progress up to 1", async () => {
    const shares: number[] = [];
    const engine = await loadProcess({ onProgress: (share) => shares.push(share) });
    expect(shares.at(-1)).toBe(1);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    await engine.dispose();
  });

  test("rejects as the native engine does", async () => {
    const missing = { model: path.join(scratch, "no.gguf") };
    const [there, here] = [await rejection(loadProcess(missing)), await rejection(loadPhantom(missing))];
    expect(there.code).toBe("file_not_found");
    expect([there.code, there.message, there.facts, there.remedy]).toEqual([
      here.code,
      here.message,
      here.facts,
      here.remedy,
    ]);
    const swapped = { model: PHANTOM.projector, projector: PHANTOM.model };
    expect((await rejection(loadProcess(swapped))).code).toBe("projector_as_model");
  });

  test("a signal ends it, before and during", async () => {
    expect((await rejection(loadProcess({ signal: AbortSignal.abort() }))).code).toBe("aborted");
    const early = new AbortController();
    const loading = rejection(loadProcess({ signal: early.signal }));
    early.abort();
    expect((await loading).code).toBe("aborted");
    const late = new AbortController();
    const onProgress = () => late.abort();
    expect((await rejection(loadProcess({ signal: late.signal, onProgress }))).code).toBe("aborted");
  });

  test("hands on llama.cpp's log when asked", async () => {
    const lines: string[] = [];
    const engine = await loadProcess({ onLog: (level, line) => lines.push(`${level} ${line}`) });
    expect(lines.some((line) => line.startsWith("info"))).toBe(true);
    await engine.dispose();
  });
});

describe("the program that runs it", () => {
  test("missing: says so and what to do", async () => {
    const error = await rejection(loadProcess({ execPath: path.join(scratch, "no-such-node") }));
    expect([error.code, error.facts.reason]).toEqual(["engine_crashed", "ENOENT"]);
    expect(error.remedy).toMatch(/execPath.*isolation/);
  });

  test("does not start: its own words are the reason", async () => {
    const error = await rejection(loadProcess({ execArgv: ["--no-such-flag"] }));
    expect(error.code).toBe("engine_crashed");
    expect(error.facts.reason).toMatch(/bad option: --no-such-flag/);
  });

  test.skipIf(process.platform === "win32")(
    "can be a script around Node, which is started again too",
    async () => {
      const count = path.join(scratch, "starts");
      const wrapper = path.join(scratch, "node-like");
      writeFileSync(wrapper, `#!/bin/sh\necho x >> '${count}'\nexec '${process.execPath}' "$@"\n`);
      chmodSync(wrapper, 0o755);
      const engine = await loadProcess({ execPath: wrapper, execArgv: ["--max-old-space-size=256"] });
      await shortAnswer(engine);
      process.kill(pidOf(engine), "SIGKILL");
      await rejection(shortAnswer(engine)).catch(() => undefined);
      await shortAnswer(engine);
      expect(readFileSync(count, "utf8")).toBe("x\nx\n");
      await engine.dispose();
    },
  );
});

onLinux("its surroundings", () => {
  test("environment: scrubbed, with what was added", async () => {
    process.env.GGML_BACKEND_PATH = "/no/such/backend.so";
    try {
      const engine = await loadProcess({ env: { MEDGEMMA_PROBE: "1" } });
      const environment = procFile(pidOf(engine), "environ").split("\0");
      expect(environment.some((line) => line.startsWith("GGML_BACKEND_PATH="))).toBe(false);
      expect(environment.some((line) => line.startsWith("NODE_OPTIONS="))).toBe(false);
      expect(environment).toContain("MEDGEMMA_PROBE=1");
      expect(environment).toContain("GGML_NO_BACKTRACE=1");
      await engine.dispose();
    } finally {
      delete process.env.GGML_BACKEND_PATH;
    }
  });

  test("a core file would hold no memory", async () => {
    const engine = await loadProcess();
    expect(Number.parseInt(procFile(pidOf(engine), "coredump_filter"), 16)).toBe(0);
    await engine.dispose();
  });

  test("the addon is never mapped into the application", async () => {
    const script = `
      import { ProcessEngine } from "${packageRoot}/dist/engine/process/process-engine.js";
      import { readFileSync } from "node:fs";
      const engine = await ProcessEngine.load(${JSON.stringify(PHANTOM)});
      const count = (pid) => readFileSync("/proc/" + pid + "/maps", "utf8").split("medgemma.node").length - 1;
      console.log(count("self") === 0 && count(engine.pid) > 0);
      await engine.dispose();`;
    const { execFileSync } = await import("node:child_process");
    const out = execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
    expect(out.trim()).toBe("true");
  });
});
