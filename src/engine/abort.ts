import { setMaxListeners } from "node:events";
import { MedGemmaError, throwIfAborted } from "../errors.js";

/** Runs `cancel` when the signal fires while `work` is under way. */
export async function withCancel<T>(
  signal: AbortSignal | undefined,
  cancel: () => void,
  work: Promise<T>,
): Promise<T> {
  if (!signal) return work;
  expectMany(signal);
  const onAbort = () => cancel();
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) cancel();
  try {
    return await work;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/**
 * Rejects with `aborted` as soon as the signal fires, though the work goes on: for work that others wait for too.
 * @throws MedGemmaError `aborted`.
 */
export function untilAborted<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (!signal) return work;
  throwIfAborted(signal);
  expectMany(signal);
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(new MedGemmaError("aborted", undefined, { cause: signal.reason }));
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

/** One signal may stand for a whole study's pictures; Node warns of more than ten listeners as of a leak. */
function expectMany(signal: AbortSignal): void {
  setMaxListeners(0, signal);
}

/** Works on all items at once; when one fails, the others are stopped, for nobody waits for them any more. */
export async function allOrStop<T, R>(
  items: readonly T[],
  signal: AbortSignal | undefined,
  work: (item: T, signal: AbortSignal) => Promise<R>,
): Promise<R[]> {
  const stop = new AbortController();
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  try {
    return await Promise.all(items.map((item) => work(item, either)));
  } catch (error) {
    stop.abort();
    throw error;
  }
}
