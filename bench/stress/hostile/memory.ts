import { readdirSync, readFileSync, writeFileSync } from "node:fs";

/** Resident memory and descriptors, from Linux' /proc: of this process and of the children it has. */

function status(pid: number | "self", field: "VmRSS" | "VmHWM"): number {
  try {
    const text = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(new RegExp(`^${field}:\\s*(\\d+) kB`, "m").exec(text)?.[1] ?? 0) * 1024;
  } catch {
    // It has ended meanwhile.
    return 0;
  }
}

function children(): number[] {
  return readFileSync(`/proc/self/task/${process.pid}/children`, "utf8")
    .split(" ")
    .filter(Boolean)
    .map(Number);
}

/** Bytes held now; from here on the peak is counted anew. */
export function markMemory(): number {
  let held = 0;
  for (const pid of [process.pid, ...children()]) {
    held += status(pid, "VmRSS");
    try {
      writeFileSync(`/proc/${pid}/clear_refs`, "5");
    } catch {
      // A container may forbid it: the peak of the whole run then counts.
    }
  }
  return held;
}

/** The most that was held since the mark, of each process at its own time. */
export function peakMemory(): number {
  return [process.pid, ...children()].reduce((sum, pid) => sum + status(pid, "VmHWM"), 0);
}

export function descriptors(): number {
  return readdirSync("/proc/self/fd").length;
}
