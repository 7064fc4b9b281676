/** Why the user or the system wants an end. */
export type Cause = "SIGINT" | "SIGTERM" | "EPIPE" | "output";

/**
 * Ctrl-C and its kin as an AbortSignal: the first stops what runs and lets it clean up, the second ends the process.
 */
export class Interrupt {
  /** The first cause since the last renewal. */
  cause: Cause | undefined;
  /** Called at the first cause, whichever signal is current. */
  onStop: ((cause: Cause) => void) | undefined;
  #controller = new AbortController();

  /** Listens until the process ends: a signal that comes while it cleans up is told by the exit code, too. */
  constructor() {
    for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => this.stop(name));
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  stop(cause: Cause): void {
    // Whoever asks twice does not want to wait for a clean end.
    if (this.#controller.signal.aborted && cause !== "EPIPE" && cause !== "output") process.exit(130);
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
}
