/** Why the user or the system wants an end. */
export type Cause = "SIGINT" | "SIGTERM" | "EPIPE" | "ENOSPC";

/**
 * Ctrl-C and its kin as an AbortSignal: the first stops what runs and lets it clean up, the second ends the process.
 */
export class Interrupt {
  /** The first cause since the last renewal. */
  cause: Cause | undefined;
  /** Called at the first cause, whichever signal is current. */
  onStop: ((cause: Cause) => void) | undefined;
  #controller = new AbortController();
  readonly #listeners: [NodeJS.Signals, () => void][] = [
    ["SIGINT", () => this.stop("SIGINT")],
    ["SIGTERM", () => this.stop("SIGTERM")],
  ];

  constructor() {
    for (const [name, listener] of this.#listeners) process.on(name, listener);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  stop(cause: Cause): void {
    // Whoever asks twice does not want to wait for a clean end.
    if (this.#controller.signal.aborted && cause !== "EPIPE" && cause !== "ENOSPC") process.exit(130);
    this.cause ??= cause;
    this.#controller.abort(cause);
    this.onStop?.(cause);
  }

  /** Makes a fresh signal, for the next answer of a conversation. */
  renew(): AbortSignal {
    this.cause = undefined;
    this.#controller = new AbortController();
    return this.#controller.signal;
  }

  release(): void {
    for (const [name, listener] of this.#listeners) process.off(name, listener);
  }
}
