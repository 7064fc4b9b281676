import { readFileSync } from "node:fs";

/** How long work took, and the longest stretch of it in which the event loop did not turn, in milliseconds. */
export interface Held {
  readonly total: number;
  readonly longest: number;
}

/**
 * Measures by the clock of the main thread where the system has one (Linux), which stands still while other processes
 * run, and else by that of the wall.
 */
export async function measureHeld(work: () => Promise<unknown>): Promise<Held> {
  let longest = 0;
  let last = clock();
  const began = last;
  const tick = () => {
    const now = clock();
    longest = Math.max(longest, now - last);
    last = now;
    next = setImmediate(tick);
  };
  let next = setImmediate(tick);
  try {
    await work();
  } finally {
    clearImmediate(next);
  }
  const now = clock();
  return { total: now - began, longest: Math.max(longest, now - last) };
}

function clock(): number {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ")[0]) / 1e6;
  } catch {
    return performance.now();
  }
}
