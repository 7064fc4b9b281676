import { abortedBy, onAbort } from "../base/abort.js";

/**
 * Lets work begin as long as all that runs takes no more than so much memory; the rest waits in the order in which it
 * came. What alone takes more runs alone.
 */
export class MemoryGate {
  #held = 0;
  readonly #waiting: { readonly bytes: number; begin(): void }[] = [];

  constructor(private readonly capacity: number) {}

  /**
   * Resolves when the work may begin, with what its end is to be told by.
   * @throws MedGemmaError `aborted` while it waits.
   */
  enter(bytes: number, signal: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      let stopListening = () => {};
      const begin = () => {
        stopListening();
        this.#held += bytes;
        resolve(() => {
          this.#held -= bytes;
          this.#admit();
        });
      };
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(abortedBy(signal));
        // The next may be smaller.
        this.#admit();
      };
      const waiter = { bytes, begin };
      this.#waiting.push(waiter);
      stopListening = onAbort(signal, leave);
      this.#admit();
    });
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.#held > 0 && this.#held + next.bytes > this.capacity) return;
      this.#waiting.shift();
      next.begin();
    }
  }
}
