import { setMaxListeners } from "node:events";
import { MedGemmaError, throwIfAborted } from "./errors.js";

/**
 * Calls `act` when the signal fires; at once where it has fired. Any number may listen: one signal may stand for a whole
 * study's pictures, and Node warns of more than ten listeners as of a leak.
 * @returns ends the listening.
 */
export function onAbort(signal: AbortSignal | undefined, act: () => void): () => void {
  if (!signal) return () => undefined;
  if (signal.aborted) {
    act();
    return () => undefined;
  }
  // Infinity, not 0: Node cannot ask a signal without a limit for it, as fetch does.
  setMaxListeners(Infinity, signal);
  const listener = () => act();
  signal.addEventListener("abort", listener, { once: true });
  return () => signal.removeEventListener("abort", listener);
}

/** The `aborted` that the signal's firing becomes. */
export function abortedBy(signal: AbortSignal): MedGemmaError {
  return new MedGemmaError("aborted", undefined, { cause: signal.reason });
}

/** Runs `cancel` when the signal fires while `work` is under way. */
export async function withCancel<T>(
  signal: AbortSignal | undefined,
  cancel: () => void,
  work: Promise<T>,
): Promise<T> {
  const stopListening = onAbort(signal, cancel);
  try {
    return await work;
  } finally {
    stopListening();
  }
}

/**
 * Waits for work no longer than until the signal fires, and rejects with its reason then. The work goes on, and how it ends is
 * nobody's affair.
 */
export async function raceSignal<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (!signal) return work;
  let stopListening = () => {};
  const stopped = new Promise<never>((_, reject) => {
    stopListening = onAbort(signal, () => reject(signal.reason));
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    stopListening();
  }
}

/**
 * Does work that cannot be stopped (libvips has no cancel) or that others wait for too: when the signal fires, rejects at
 * once; the work ends in the background and its result is dropped.
 * @throws MedGemmaError `aborted`.
 */
export async function untilAborted<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  throwIfAborted(signal);
  if (!signal) return work();
  const begun = work();
  try {
    return await raceSignal(signal, begun);
  } catch (error) {
    throw error === signal.reason ? abortedBy(signal) : error;
  }
}

/**
 * A signal that fires with the first of several, and listens to them until it is ended. AbortSignal.any holds its
 * sources only weakly: an AbortSignal.timeout among them is collected as garbage, and never fires.
 */
export class JoinedAbort {
  readonly #controller = new AbortController();
  readonly #ends: (() => void)[] = [];

  constructor(...signals: readonly (AbortSignal | undefined)[]) {
    setMaxListeners(Infinity, this.signal);
    for (const signal of signals) {
      this.#ends.push(onAbort(signal, () => this.abort(signal?.reason)));
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(reason?: unknown): void {
    this.#controller.abort(reason);
  }

  /** Listens no more; what has not fired never will by itself. */
  end(): void {
    for (const end of this.#ends.splice(0)) end();
  }
}

/** Works on all items at once; when one fails, the others are stopped, for nobody waits for them any more. */
export async function allOrStop<T, R>(
  items: readonly T[],
  signal: AbortSignal | undefined,
  work: (item: T, signal: AbortSignal) => Promise<R>,
): Promise<R[]> {
  const stop = new JoinedAbort(signal);
  try {
    return await Promise.all(items.map((item) => work(item, stop.signal)));
  } catch (error) {
    stop.abort();
    throw error;
  } finally {
    stop.end();
  }
}
