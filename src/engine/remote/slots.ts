import { MedGemmaError } from "../../errors.js";

/** A place at an endpoint, held while a request runs. */
export interface Slot<E> {
  readonly endpoint: E;
  release(): void;
}

interface Waiter<E> {
  readonly batch: boolean;
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

  /** @throws MedGemmaError `queue_full`; the signal's reason, to be translated by the caller. */
  take(batch: boolean, signal: AbortSignal): Promise<Slot<E>> {
    signal.throwIfAborted();
    const free = this.#pick();
    if (free !== undefined) return Promise.resolve(this.#slot(free));
    if (this.#waiting.size >= this.#queueSize) {
      return Promise.reject(
        new MedGemmaError("queue_full", undefined, { facts: { waiting: this.#queueSize } }),
      );
    }
    return new Promise((resolve, reject) => {
      const stop = () => {
        this.#waiting.delete(waiter);
        reject(signal.reason);
      };
      const waiter: Waiter<E> = {
        batch,
        give: (slot) => {
          signal.removeEventListener("abort", stop);
          resolve(slot);
        },
      };
      signal.addEventListener("abort", stop, { once: true });
      this.#waiting.add(waiter);
    });
  }

  markDown(endpoint: E): void {
    this.#down.add(endpoint);
  }

  markUp(endpoint: E): void {
    this.#down.delete(endpoint);
    this.#serve();
  }

  #pick(): E | undefined {
    const up = [...this.#running].filter(([endpoint]) => !this.#down.has(endpoint));
    const usable = (up.length > 0 ? up : [...this.#running]).filter(([, count]) => count < this.#places);
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

  #serve(): void {
    while (this.#waiting.size > 0) {
      const free = this.#pick();
      if (free === undefined) return;
      const waiters = [...this.#waiting];
      const next = waiters.find(({ batch }) => !batch) ?? waiters[0];
      if (!next) return;
      this.#waiting.delete(next);
      next.give(this.#slot(free));
    }
  }
}
