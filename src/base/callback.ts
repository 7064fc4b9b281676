/**
 * A function that the caller gave, as it is called here: it never throws. What it throws, or what a promise that it gives
 * rejects with, ends the call that it belongs to, and neither the application nor others who wait for the same work.
 */
export class Callback<Args extends readonly unknown[]> {
  /** Rejects with what was thrown, the first time; never resolves. */
  readonly failed: Promise<never>;
  #reject!: (error: unknown) => void;
  #thrown: { readonly error: unknown } | undefined;

  /** @param onFailed Called with what was thrown, before `failed` tells it. */
  constructor(
    private readonly callback: ((...args: Args) => unknown) | undefined,
    private readonly onFailed: (error: unknown) => void = () => undefined,
  ) {
    this.failed = new Promise((_, reject) => {
      this.#reject = reject;
    });
    this.failed.catch(() => undefined);
  }

  /** Calls the function, not again once it has thrown. Never throws. */
  readonly call = (...args: Args): void => {
    if (this.#thrown) return;
    try {
      const result = this.callback?.(...args);
      // An async function's; its promise may be any library's.
      if (typeof result === "object" && result !== null)
        Promise.resolve(result).catch((error) => this.#fail(error));
    } catch (error) {
      this.#fail(error);
    }
  };

  /** @throws what the function threw. */
  check(): void {
    if (this.#thrown) throw this.#thrown.error;
  }

  /** For work in steps: calls the function, and throws what it threw, now or before. */
  tell(...args: Args): void {
    this.call(...args);
    this.check();
  }

  #fail(error: unknown): void {
    if (this.#thrown) return;
    this.#thrown = { error };
    this.onFailed(error);
    this.#reject(error);
  }
}

/**
 * What a function of the caller's gave that is to give its value at once: for a promise nobody waits, and how it ends is
 * nobody's affair.
 */
export function atOnce<T>(value: T): T {
  if (value instanceof Promise) value.catch(() => undefined);
  return value;
}

/**
 * A log listener as it is called here. It belongs to no call that could reject: once it has thrown it is called no more,
 * and a warning of the process says so.
 */
export function asListener<Args extends readonly unknown[]>(
  name: string,
  listener: (...args: Args) => unknown,
): (...args: Args) => void {
  return new Callback(listener, () => {
    process.emitWarning(`${name} threw and is called no more.`, {
      type: "MedGemmaWarning",
      code: "MEDGEMMA_LISTENER",
    });
  }).call;
}
