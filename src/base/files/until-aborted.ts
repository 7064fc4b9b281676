import { MedGemmaError, throwIfAborted } from "../errors.js";

/**
 * Waits for work that cannot be stopped (libvips has no cancel): when the signal fires, rejects with `aborted` at
 * once; the work ends in the background and its result is dropped.
 */
export async function untilAborted<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  throwIfAborted(signal);
  if (!signal) return work();
  let stop: () => void = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new MedGemmaError("aborted", undefined, { cause: signal.reason }));
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
