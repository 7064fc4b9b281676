/** Least recently used first to go, bounded by bytes. Holds promises, so that two askers of one picture share the work. */
export class EmbeddingCache<T> {
  readonly #limit: number;
  readonly #entries = new Map<string, { value: Promise<T>; bytes: number }>();
  #bytes = 0;

  /** `limit` in bytes; one MedGemma picture takes 2.6 MB. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: string): Promise<T> | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** Keeps `value` under `key`, unless it rejects. */
  set(key: string, value: Promise<T>, bytes: number): void {
    this.delete(key);
    this.#entries.set(key, { value, bytes });
    this.#bytes += bytes;
    value.catch(() => {
      if (this.#entries.get(key)?.value === value) this.delete(key);
    });
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#limit || oldest === key) break;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
  }
}
