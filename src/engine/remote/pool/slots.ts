import { onAbort } from "../../../base/abort.js";
import { MedGemmaError } from "../../../base/errors.js";

/** A place at an endpoint, held while a request runs. */
export interface Slot<E> {
  readonly endpoint: E;
  release(): void;
}

export interface SlotRequest<E> {
  readonly batch: boolean;
  readonly signal: AbortSignal;
  /**
   * Where the request was before, if it was: it then waits before all others, for it was admitted already, and goes to
   * another endpoint where there is one.
   */
  readonly failed: E | undefined;
  /** Whether an endpoint can do it. */
  readonly able: (endpoint: E) => boolean;
}

interface Waiter<E> extends SlotRequest<E> {
  give(slot: Slot<E>): void;
}

/**
 * Spreads requests over endpoints, each with so many places: the one with the fewest running is next, those that are
 * down only when all are. What finds no place waits, interactive before batch.
 */
export class Slots<E> {
  readonly #running: Map<E, number>;
  readonly #down = new Set<E>();
  readonly #waiting = new Set<Waiter<E>>();
  readonly #places: number;
  readonly #queueSize: number;

  constructor(endpoints: readonly E[], places: number, queueSize: number) {
    this.#running = new Map(endpoints.map((endpoint) => [endpoint, 0]));
    this.#places = places;
    this.#queueSize = queueSize;
  }

  get running(): number {
    return [...this.#running.values()].reduce((sum, count) => sum + count, 0);
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  runningAt(endpoint: E): number {
    return this.#running.get(endpoint) ?? 0;
  }

  isDown(endpoint: E): boolean {
    return this.#down.has(endpoint);
  }

  /** @throws MedGemmaError `queue_full`; the signal's reason, to be translated by the caller. */
  take(request: SlotRequest<E>): Promise<Slot<E>> {
    const { signal, failed } = request;
    if (signal.aborted) return Promise.reject(signal.reason);
    const free = this.#pick(request);
    if (free !== undefined) return Promise.resolve(this.#slot(free));
    if (failed === undefined && this.#waiting.size >= this.#queueSize) {
      return Promise.reject(
        new MedGemmaError("queue_full", undefined, { facts: { queueSize: this.#queueSize } }),
      );
    }
    return new Promise((resolve, reject) => {
      const stop = () => {
        this.#waiting.delete(waiter);
        reject(signal.reason);
      };
      const waiter: Waiter<E> = {
        ...request,
        give: (slot) => {
          stopListening();
          resolve(slot);
        },
      };
      this.#waiting.add(waiter);
      const stopListening = onAbort(signal, stop);
    });
  }

  markDown(endpoint: E): void {
    this.#down.add(endpoint);
  }

  markUp(endpoint: E): void {
    this.#down.delete(endpoint);
    this.#serve();
  }

  #pick({ failed, able }: SlotRequest<E>): E | undefined {
    const all = [...this.#running].filter(([endpoint]) => able(endpoint));
    const up = all.filter(([endpoint]) => !this.#down.has(endpoint));
    const others = all.filter(([endpoint]) => endpoint !== failed);
    const wanted = [up, others, all].find((list) => list.length > 0) ?? [];
    const usable = wanted.filter(([, count]) => count < this.#places);
    usable.sort(([, left], [, right]) => left - right);
    return usable[0]?.[0];
  }

  #slot(endpoint: E): Slot<E> {
    this.#running.set(endpoint, (this.#running.get(endpoint) ?? 0) + 1);
    let held = true;
    const release = () => {
      if (!held) return;
      held = false;
      this.#running.set(endpoint, (this.#running.get(endpoint) ?? 1) - 1);
      this.#serve();
    };
    return { endpoint, release };
  }

  /** Those at the front of the queue may wait for an endpoint that is able while one behind them finds a place. */
  #serve(): void {
    const waiters = [...this.#waiting].sort((left, right) => rank(left) - rank(right));
    for (const waiter of waiters) {
      const free = this.#pick(waiter);
      if (free === undefined) continue;
      this.#waiting.delete(waiter);
      waiter.give(this.#slot(free));
    }
  }
}

function rank<E>({ failed, batch }: SlotRequest<E>): number {
  if (failed !== undefined) return 0;
  return batch ? 2 : 1;
}
