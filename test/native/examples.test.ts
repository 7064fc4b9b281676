import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

// One talks, and has its own test below; the other needs a server: remote-llama-server.test.ts runs it.
const APART = ["interview.mjs", "remote.mjs"];
const examples = path.resolve(import.meta.dirname, "../../examples");
const files = readdirSync(examples).filter((file) => file.endsWith(".mjs") && !APART.includes(file));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "medgemma-examples-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ["when nobody answers", "", "Nobody answered"],
  ["after one answer", "Since Monday.\n", "Unverified draft"],
])("examples/interview.mjs ends %s", async (_, input, last) => {
  const child = execFile(process.execPath, [path.join(examples, "interview.mjs")], { cwd: folder });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (piece) => (text += piece));
  child.stdin?.end(input);
  const code = await new Promise((resolve) => child.on("close", resolve));
  expect(text).toContain(last);
  expect(text).not.toMatch(/^\s+at /m);
  expect(code).toBe(0);
});

test.each(files)("examples/%s runs from any folder, by nothing but node", async (file) => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [path.join(examples, file)], {
    cwd: folder,
    env: { ...process.env, TMPDIR: folder },
  });
  expect(stdout).not.toBe("");
  expect(stdout + stderr).toContain("Unverified draft");
});
