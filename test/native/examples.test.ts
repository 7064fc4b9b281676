import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageRoot } from "../../src/engine/native/addon.js";

// One talks, and the other needs a server: remote-llama-server.test.ts runs it.
const APART = ["interview.ts", "remote.ts"];
const examples = readdirSync(path.join(packageRoot, "examples")).filter(
  (file) => file.endsWith(".ts") && !APART.includes(file),
);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "medgemma-examples-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(examples)("examples/%s runs as its first lines say", async (file) => {
  const words = ["bench/run.mjs", `examples/${file}`];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, words, {
    cwd: packageRoot,
    env: { ...process.env, TMPDIR: folder },
  });
  expect(stdout).not.toBe("");
  expect(stdout + stderr).toContain("Unverified draft");
});
