import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import type { ModelName } from "./types.js";

const HOUR = 3_600_000;
const living = new Set<ChildProcess>();

/** Starts a program that dies with this process. */
export function start(command: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
  living.add(child);
  child.once("close", () => living.delete(child));
  child.once("error", () => living.delete(child));
  return child;
}

export function killAll(): void {
  for (const child of living) child.kill("SIGKILL");
}

process.on("exit", killAll);

export interface Finished {
  readonly stdout: string;
  readonly stderr: string;
  /** Milliseconds from start to end. */
  readonly took: number;
}

/** Milliseconds after which a peer is given up: its hanging is then a note in the table. */
export const patience = (model: ModelName): number => (model === "4b" ? HOUR : 2 * 60_000);

export interface RunOptions extends SpawnOptions {
  /** Milliseconds. Defaults to an hour. */
  timeout?: number;
}

/** Runs a program to its end. Throws with the last lines it wrote when it fails. */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  const { timeout = HOUR, ...rest } = options;
  const began = performance.now();
  const child = start(command, args, rest);
  const output = { stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    output.stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    output.stderr += text;
  });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, timeout);
  const code = await new Promise<number | string>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exit, signal) => resolve(exit ?? signal ?? "?"));
  }).finally(() => clearTimeout(timer));
  if (code !== 0) {
    const reason = late ? `still ran after ${Math.round(timeout / 1000)} s` : `ended with ${code}`;
    const last = (output.stderr.trim() || output.stdout.trim()).split("\n").slice(-5).join(" | ");
    throw new Error(`${command.split("/").at(-1)} ${reason}${last ? `: ${last.slice(-600)}` : ""}`);
  }
  return { ...output, took: performance.now() - began };
}
