import { createContext, Script } from "node:vm";

const MOST_TRIES = 2;

/** The work took longer than it may. */
export class OutOfTime extends Error {}

/**
 * How long regular expressions of a caller's may hold the event loop, several pieces of work together. A pattern that
 * tries the same letters in many ways (`^(a+)+$`) would hold it for minutes, and V8 ends one only where a script of
 * node:vm has a time limit.
 */
export class MatchTime {
  #left: number;

  constructor(milliseconds: number) {
    this.#left = milliseconds;
  }

  /**
   * Does work at once; again from its beginning where the machine gave it no time. Where it is ended, nothing more of it
   * runs, no `finally` either: it must leave nothing half done.
   * @throws OutOfTime, and what the work throws.
   */
  run<T>(work: () => T): T {
    for (let tries = 0; tries < MOST_TRIES && this.#left > 0; tries++) {
      const began = performance.now();
      const used = process.cpuUsage();
      try {
        return limited(work, Math.ceil(this.#left));
      } catch (error) {
        if (!isTimeout(error)) throw error;
      } finally {
        const { user, system } = process.cpuUsage(used);
        // Where others have the cores, the clock goes on though nothing is tried.
        this.#left -= Math.min(performance.now() - began, (user + system) / 1000);
      }
    }
    throw new OutOfTime();
  }
}

/** An error of the script's own realm. */
const isTimeout = (error: unknown) =>
  (error as { code?: unknown } | null)?.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";

/** Made once, as a context costs as much as many checks. */
let room: { readonly script: Script; readonly context: { work?: (() => unknown) | undefined } } | undefined;

function limited<T>(work: () => T, timeout: number): T {
  room ??= { script: new Script("work()"), context: createContext({}) };
  const { script, context } = room;
  const outer = context.work;
  context.work = work;
  try {
    return script.runInContext(context, { timeout }) as T;
  } finally {
    context.work = outer;
  }
}
