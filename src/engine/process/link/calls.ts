import { Callback } from "../../../base/callback.js";
import type { MedGemmaError } from "../../../base/errors.js";
import type { RgbImage } from "../../../image/rgb.js";
import type { GenerationEvent } from "../../engine.js";

export interface CallListener {
  onEvent?: ((event: GenerationEvent) => void) | undefined;
  onProgress?: ((share: number) => void) | undefined;
  /** Pictures that the call names, in case the other side has dropped one. */
  images?: ReadonlyMap<string, RgbImage> | undefined;
}

export interface Answer {
  readonly result: unknown;
  /** Bulk bytes that came before the result. */
  readonly bytes: Uint8Array;
}

const NO_BYTES = new Uint8Array(0);

/** One call until it is answered, has failed, or nobody waits for it any more. */
export class PendingCall {
  readonly answer: Promise<Answer>;
  /** The caller's own: what it throws ends this call, not the application. */
  readonly progress: Callback<[share: number]>;
  #resolve!: (answer: Answer) => void;
  #reject!: (error: unknown) => void;
  #bytes = NO_BYTES;
  #received = 0;

  constructor(
    readonly id: number,
    readonly listener: CallListener,
    onThrown: (error: unknown) => void,
  ) {
    this.progress = new Callback(listener.onProgress, onThrown);
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.answer.catch(() => undefined);
  }

  expectBytes(length: number): void {
    this.#bytes = new Uint8Array(length);
    this.#received = 0;
  }

  pushBytes(piece: Uint8Array): void {
    this.#bytes.set(piece, this.#received);
    this.#received += piece.length;
  }

  finish(result: unknown): void {
    this.#resolve({ result, bytes: this.#bytes });
  }

  fail(error: unknown): void {
    this.#reject(error);
  }
}

/** The calls that wait for an answer. `onBusy` and `onIdle` tell when there are any. */
export class CallTable {
  readonly #calls = new Map<number, PendingCall>();
  #ids = 0;
  #ending: MedGemmaError | undefined;

  constructor(
    private readonly onOpen: () => void,
    private readonly onSettled: () => void,
  ) {}

  /**
   * @param onThrown Called with what the listener's own `onProgress` throws.
   * @throws MedGemmaError why no call is taken any more.
   */
  open(listener: CallListener, onThrown: (call: PendingCall, error: unknown) => void): PendingCall {
    if (this.#ending) throw this.#ending;
    const call: PendingCall = new PendingCall(++this.#ids, listener, (error) => onThrown(call, error));
    this.#calls.set(call.id, call);
    this.onOpen();
    return call;
  }

  /** Calls that wait. */
  get size(): number {
    return this.#calls.size;
  }

  get(id: number): PendingCall | undefined {
    return this.#calls.get(id);
  }

  /** Takes the call out, once; undefined when it is no longer waited for. */
  settle(id: number): PendingCall | undefined {
    const call = this.#calls.get(id);
    if (!call) return undefined;
    this.#calls.delete(id);
    this.onSettled();
    return call;
  }

  /** Rejects what waits and what comes. */
  failAll(error: MedGemmaError): void {
    this.#ending ??= error;
    for (const id of [...this.#calls.keys()]) this.settle(id)?.fail(error);
  }
}
