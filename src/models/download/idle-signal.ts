import { onAbort, raceSignal } from "../../base/abort.js";
import { MedGemmaError } from "../../base/errors.js";
import { Interruption } from "./hub-request.js";

/** Fires when nothing has come for a while, or with the caller's signal. */
export class IdleSignal {
  fired = false;
  readonly #controller = new AbortController();
  readonly #milliseconds: number;
  readonly #stopListening: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(milliseconds: number, outer: AbortSignal | undefined) {
    this.#milliseconds = milliseconds;
    this.#stopListening = onAbort(outer, () => this.#controller.abort());
    this.renew();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * Waits for the network, but no longer than the signal allows. fetch is given the signal too, which is not enough: in
   * Node 20 a body whose signal fires just before it is read neither ends nor fails.
   */
  race<T>(work: Promise<T>): Promise<T> {
    return raceSignal(this.signal, work);
  }

  renew(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.fired = true;
      this.#controller.abort();
    }, this.#milliseconds);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#stopListening();
    // What was not read to its end holds a connection.
    this.#controller.abort();
  }

  /** fetch's own errors as what they mean: a TypeError whose cause tells what the network did, or an AbortError. */
  explain(error: unknown): unknown {
    if (error instanceof Interruption || MedGemmaError.isInstance(error)) return error;
    const network = error instanceof TypeError || (error as Error).name === "AbortError";
    if (!network && !this.fired) return error;
    return new Interruption(this.fired ? "silence" : "connection cut", { cause: error });
  }

  /** The chunks of an answer's body. Ends the wait with it. */
  async *read({ body }: Response): AsyncGenerator<Uint8Array, void, undefined> {
    if (body === null) throw new Interruption("empty answer");
    const reader = body.getReader();
    for (;;) {
      const { value: chunk } = await this.race(reader.read());
      if (chunk === undefined) return;
      this.renew();
      yield chunk;
    }
  }
}
