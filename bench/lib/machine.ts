import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import os from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "./paths.js";

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** Which instructions decide how fast pictures are encoded. */
  readonly vectors: "AVX-512 with BF16" | "AVX-512" | "AVX2" | "other";
  readonly memoryGigabytes: number;
  readonly system: string;
  readonly node: string;
  readonly commit: string;
}

function output(command: string, ...args: string[]): string {
  try {
    return execFileSync(command, args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return "";
  }
}

function vectors(): Machine["vectors"] {
  const flags = output("lscpu");
  if (/\bavx512_bf16\b/.test(flags)) return "AVX-512 with BF16";
  if (/\bavx512f\b/.test(flags)) return "AVX-512";
  return /\bavx2\b/.test(flags) ? "AVX2" : "other";
}

export function machine(): Machine {
  const { model = "unknown" } = os.cpus()[0] ?? {};
  const changed = output("git", "status", "--porcelain", "--untracked-files=no", "src", "native") !== "";
  return {
    cpu: model.trim(),
    cores: os.availableParallelism(),
    vectors: vectors(),
    memoryGigabytes: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
    commit: `${output("git", "rev-parse", "--short", "HEAD").trim() || "unknown"}${changed ? " with changes" : ""}`,
  };
}

/** Above this share of the cores, other programs spoil the figures. */
export const BUSY = 0.1;

/** Share of the cores, 0..1, that other programs take while this one waits. */
export async function busyShare(): Promise<number> {
  const times = () => {
    const all = os.cpus().map((cpu) => cpu.times);
    const idle = all.reduce((sum, cpu) => sum + cpu.idle, 0);
    return {
      idle,
      total: all.reduce((sum, { user, nice, sys, irq }) => sum + user + nice + sys + irq, idle),
    };
  };
  const before = times();
  await sleep(2000);
  const after = times();
  return 1 - (after.idle - before.idle) / Math.max(1, after.total - before.total);
}

/** Peak of the memory a process held, in bytes; what it holds now where the system keeps no peak. */
export function peakMemory(pid: number): number {
  try {
    const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // No /proc here.
  }
  return Number(output("ps", "-o", "rss=", "-p", String(pid))) * 1024;
}
