/**
 * A caller's callback for a share done, 0..1. What it throws shall end the call that it belongs to, and neither the
 * application nor the others who wait for the same work.
 */
export class Progress {
  /** Rejects with what the callback threw, the first time; never resolves. */
  readonly failed: Promise<never>;
  #reject!: (error: unknown) => void;
  #thrown: { readonly error: unknown } | undefined;

  constructor(private readonly onProgress: ((share: number) => void) | undefined) {
    this.failed = new Promise((_, reject) => {
      this.#reject = reject;
    });
    this.failed.catch(() => undefined);
  }

  /** Calls the callback, not again once it has thrown. Never throws. */
  readonly report = (share: number): void => {
    if (this.#thrown) return;
    try {
      this.onProgress?.(share);
    } catch (error) {
      this.#thrown = { error };
      this.#reject(error);
    }
  };

  /** @throws what the callback threw. */
  check(): void {
    if (this.#thrown) throw this.#thrown.error;
  }
}
