import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "./paths.js";
import type { Context } from "./types.js";

let current: ChildProcess | undefined;

/**
 * Runs one measure in a process of its own, in a process group of its own: its memory and event loop are clean, its
 * death is one line of the table, and with it all that it started can be ended.
 */
export async function supervise(
  measure: string,
  context: Context,
  timeout: number,
): Promise<string | undefined> {
  const log = openSync(path.join(context.run, `${context.model.name}-${measure}.log`), "a");
  const child = spawn(
    process.execPath,
    ["bench/run.mjs", "bench/engine/main.ts", measure, JSON.stringify(context)],
    // It ends when its stdin does, should this process be killed.
    { cwd: root, detached: true, stdio: ["pipe", log, "inherit"] },
  );
  closeSync(log);
  current = child;
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    endGroup(child, "SIGKILL");
  }, timeout);
  const code = await new Promise<number | string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (exit, signal) => resolve(exit ?? signal ?? "?"));
  });
  clearTimeout(timer);
  endGroup(child, "SIGKILL");
  current = undefined;
  if (late) return `still ran after ${Math.round(timeout / 60_000)} minutes`;
  return code === 0 ? undefined : `its process ended with ${code}`;
}

/** Ends the measure that runs, and what it started. */
export async function endCurrent(): Promise<void> {
  if (!current) return;
  const child = current;
  endGroup(child, "SIGTERM");
  await sleep(1000);
  endGroup(child, "SIGKILL");
}

function endGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? pid : -pid, signal);
  } catch {
    // It has ended.
  }
}
