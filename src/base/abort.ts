import { setMaxListeners } from "node:events";
import { MedGemmaError, throwIfAborted } from "./errors.js";

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

/**
 * One signal may stand for a whole study's pictures; Node warns of more than ten listeners as of a leak. Infinity, not
 * 0: Node cannot ask a signal without a limit for it, as fetch does.
 */
function expectMany(signal: AbortSignal): void {
  setMaxListeners(Infinity, signal);
}

/**
 * A signal that fires with the first of several, and listens to them until it is ended. AbortSignal.any holds its
 * sources only weakly: an AbortSignal.timeout among them is collected as garbage, and never fires.
 */
export class JoinedAbort {
  readonly #controller = new AbortController();
  readonly #ends: (() => void)[] = [];

  constructor(...signals: readonly (AbortSignal | undefined)[]) {
    expectMany(this.signal);
    for (const signal of signals) {
      if (signal) this.#follow(signal);
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

  #follow(signal: AbortSignal): void {
    const onAbort = () => this.abort(signal.reason);
    if (signal.aborted) {
      onAbort();
      return;
    }
    expectMany(signal);
    signal.addEventListener("abort", onAbort, { once: true });
    this.#ends.push(() => signal.removeEventListener("abort", onAbort));
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
