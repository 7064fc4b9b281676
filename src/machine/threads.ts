import type { Machine } from "./machine.js";

/** Below this size of a model's file a thread waits longer for the others at every layer than it computes. */
const SMALL_MODEL_BYTES = 64 * 2 ** 20;

/**
 * How many threads compute where nobody names a number: one for each core of this process and its container, and one
 * in all for a small model.
 * @param modelBytes Size of the model's file.
 * @returns the number, and why, as a sentence.
 */
export function defaultThreads(
  modelBytes: number,
  { physicalCores, logicalCores, cpuQuota }: Machine,
): { threads: number; reason: string } {
  if (modelBytes < SMALL_MODEL_BYTES)
    return { threads: 1, reason: "1 thread: the model is too small to gain from more." };
  const cores = Math.max(1, physicalCores);
  // A thread without a core of its own makes all others wait at every layer.
  const threads = cpuQuota === undefined ? cores : Math.max(1, Math.min(cores, Math.floor(cpuQuota)));
  const quota = threads < cores ? `, of which the container gives ${cpuQuota}` : "";
  return {
    threads,
    reason: `${threads} threads: ${cores} cores (${logicalCores} hardware threads)${quota}.`,
  };
}
