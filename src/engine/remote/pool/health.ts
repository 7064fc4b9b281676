import { onAbort } from "../../../base/abort.js";
import type { Slots } from "./slots.js";

/** Milliseconds between two questions to an endpoint that was lost. */
const INTERVAL = 5000;

/** Keeps requests from endpoints that were lost until they answer again. */
export class Health<E> {
  readonly #slots: Slots<E>;
  readonly #isBack: (endpoint: E) => Promise<boolean>;
  readonly #end: AbortSignal;
  readonly #lost = new Map<E, NodeJS.Timeout>();

  /** @param isBack Whether it takes requests again. Never throws. */
  constructor(slots: Slots<E>, isBack: (endpoint: E) => Promise<boolean>, end: AbortSignal) {
    this.#slots = slots;
    this.#isBack = isBack;
    this.#end = end;
    onAbort(end, () => {
      for (const timer of this.#lost.values()) clearTimeout(timer);
    });
  }

  /** @param wait Milliseconds until it is asked for the first time. */
  lost(endpoint: E, wait = INTERVAL): void {
    this.#slots.markDown(endpoint);
    if (!this.#lost.has(endpoint)) this.#wait(endpoint, wait);
  }

  #wait(endpoint: E, wait = INTERVAL): void {
    // It must not keep an application from ending.
    this.#lost.set(endpoint, setTimeout(() => void this.#check(endpoint), wait).unref());
  }

  async #check(endpoint: E): Promise<void> {
    const back = await this.#isBack(endpoint);
    if (this.#end.aborted) return;
    if (!back) {
      this.#wait(endpoint);
      return;
    }
    this.#lost.delete(endpoint);
    this.#slots.markUp(endpoint);
  }
}
