import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageRoot } from "../../src/engine/native/addon.js";

// One talks, and has its own test below; the other needs a server: remote-llama-server.test.ts runs it.
const APART = ["interview.ts", "remote.ts"];
const examples = readdirSync(path.join(packageRoot, "examples")).filter(
  (file) => file.endsWith(".ts") && !APART.includes(file),
);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "medgemma-examples-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ["when nobody answers", "", "Nobody answered"],
  ["after one answer", "Since Monday.\n", "Unverified draft"],
])("examples/interview.ts ends %s", async (_, input, last) => {
  const child = execFile(process.execPath, ["bench/run.mjs", "examples/interview.ts"], { cwd: packageRoot });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (piece) => (text += piece));
  child.stdin?.end(input);
  const code = await new Promise((resolve) => child.on("close", resolve));
  expect(text).toContain(last);
  expect(text).not.toMatch(/^\s+at /m);
  expect(code).toBe(0);
});

test.each(examples)("examples/%s runs as its first lines say", async (file) => {
  const words = ["bench/run.mjs", `examples/${file}`];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, words, {
    cwd: packageRoot,
    env: { ...process.env, TMPDIR: folder },
  });
  expect(stdout).not.toBe("");
  expect(stdout + stderr).toContain("Unverified draft");
});
