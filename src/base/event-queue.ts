/** Turns callbacks into an async iteration: what comes faster than it is read waits in order. */
export class EventQueue<T> {
  #items: T[] = [];
  #failure: { error: unknown } | undefined;
  #ended = false;
  #wake: (() => void) | undefined;

  push(item: T): void {
    this.#items.push(item);
    this.#wake?.();
  }

  /** Nothing comes after this. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** Thrown to the reader once everything before it has been read. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake?.();
  }

  async *read(): AsyncGenerator<T, void, void> {
    for (;;) {
      const items = this.#items;
      this.#items = [];
      yield* items;
      if (this.#items.length > 0) continue;
      if (this.#failure) throw this.#failure.error;
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }
}
