import { abortedBy, onAbort } from "./abort.js";

/** Of the capacity: what takes no more than this is small, and waits for nothing large. */
const SMALL = 1 / 32;
/** Of the capacity: what all small ones that run take at most, beside the large ones. */
const ALL_SMALL = 1 / 8;

/**
 * Lets work begin as long as all that runs takes no more than so much memory; the rest waits in the order in which it
 * came, what is small beside what is large. What alone takes more runs alone.
 */
export class MemoryGate {
  readonly #large: Gate;
  readonly #small: Gate;

  constructor(private readonly capacity: number) {
    this.#large = new Gate(capacity);
    this.#small = new Gate(capacity * ALL_SMALL);
  }

  /**
   * Resolves when the work may begin, with what its end is to be told by.
   * @throws MedGemmaError `aborted` while it waits.
   */
  enter(bytes: number, signal: AbortSignal | undefined): Promise<() => void> {
    return (bytes <= this.capacity * SMALL ? this.#small : this.#large).enter(bytes, signal);
  }
}

/** One line, in which each waits for those before it. */
class Gate {
  #held = 0;
  readonly #waiting: { readonly bytes: number; begin(): void }[] = [];

  constructor(private readonly capacity: number) {}

  enter(bytes: number, signal: AbortSignal | undefined): Promise<() => void> {
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
      const leave = (stopped: AbortSignal) => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(abortedBy(stopped));
        // The next may be smaller.
        this.#admit();
      };
      const waiter = { bytes, begin };
      this.#waiting.push(waiter);
      stopListening = onAbort(signal, () => signal && leave(signal));
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

/** What decoding takes in this process, of pictures and of DICOM files. */
export const decodings = new MemoryGate(800_000_000);

/**
 * Bytes that callers handed over, and that are copied to where every worker can read them until their call is done. A gate
 * of its own: who holds inputs waits for decodings, and never the other way round.
 */
export const inputs = new MemoryGate(200_000_000);
