import { JoinedAbort, raceSignal } from "../../../base/abort.js";

/** The time that one request has with its answer. Its timer is its own, and so is never collected as garbage. */
export class TimeLimit {
  readonly #stop: JoinedAbort;
  readonly #timer: NodeJS.Timeout;
  #fired = false;

  /** @param milliseconds 1..86400000. */
  constructor(milliseconds: number, signal: AbortSignal | undefined) {
    this.#stop = new JoinedAbort(signal);
    // The connection, not the limit, is what keeps an application from ending.
    this.#timer = setTimeout(() => {
      this.#fired = !this.signal.aborted;
      this.#stop.abort(new DOMException("The time is over.", "TimeoutError"));
    }, milliseconds).unref();
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Whether the time was over before anything else stopped it. */
  get fired(): boolean {
    return this.#fired;
  }

  /**
   * Waits no longer than the limit allows; rejects with the signal's reason. fetch is given the signal too, which is not
   * enough: what it holds of the signal can be collected as garbage while it waits.
   */
  race<T>(work: Promise<T>): Promise<T> {
    return raceSignal(this.signal, work);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#stop.end();
  }
}
