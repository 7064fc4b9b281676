import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect } from "vitest";

export const root = fileURLToPath(new URL("../../../", import.meta.url));
const main = path.join(root, "dist", "cli", "main.js");
export const phantom = path.join(root, "models", "phantom", "phantom-f16.gguf");
export const phantomProjector = path.join(root, "models", "phantom", "mmproj-phantom-f16.gguf");
export const chest = path.join(root, "examples", "images", "chest-007.png");
export const NOTICE = "Unverified draft of an AI model.";

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  input?: string;
  env?: Record<string, string>;
  cwd?: string;
  /** Called once the process runs. */
  onStart?: (child: ChildProcess) => void;
  /** Called at the first words on stdout. */
  onSpeech?: (child: ChildProcess) => void;
}

/** Runs the built command to its end. */
export function medgemma(words: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const { input = "", env, cwd = root, onStart, onSpeech } = options;
  const child = spawn(process.execPath, [main, ...words], { cwd, env: { ...process.env, ...env } });
  onStart?.(child);
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    if (stdout === "") onSpeech?.(child);
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  child.stdin.on("error", () => undefined).end(input);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** Message, remedy and code on stderr, nothing on stdout, the exit code, and no stack trace. */
export function expectFailure(outcome: Outcome, code: string, exitCode: number, message: RegExp): void {
  const lines = outcome.stderr.trimEnd().split("\n").slice(-3);
  expect(lines[0]).toMatch(/^medgemma: /);
  expect(lines[0]).toMatch(message);
  expect(lines[1]).toMatch(/^ {2}\S/);
  expect(lines[2]).toBe(`  (${code})`);
  expect(outcome).toMatchObject({ code: exitCode, signal: null, stdout: "" });
  expectNoStack(outcome);
}

export function expectNoStack({ stderr, stdout }: Outcome): void {
  expect(stdout + stderr).not.toMatch(/^\s+at .+[:)]\d*/m);
}

/** A folder that is gone after the tests of this file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "medgemma-cli-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
