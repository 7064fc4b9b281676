import { abortedBy, onAbort } from "../abort.js";
import { MedGemmaError, throwIfAborted } from "../errors.js";
import { LONGEST_TIMER } from "../timer.js";

export interface PatienceOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without a byte, and the error for more; without it the source may take its time. */
  readonly silence?: { readonly most: number; error(): MedGemmaError } | undefined;
}

/**
 * Waits for what a caller handed over (a Blob, a stream) as long as it gives something, for it may never: not beyond the
 * signal, nor beyond the time for which it may be silent. What it gives after that is dropped.
 */
export class Patience {
  readonly #stopListening: () => void;
  readonly #timer: NodeJS.Timeout | undefined;
  /** Of the step that is waited for; one promise for all steps would remember each of them. */
  #giveUp: (error: MedGemmaError) => void = () => undefined;

  constructor({ signal, silence }: PatienceOptions) {
    throwIfAborted(signal);
    this.#stopListening = onAbort(signal, () => this.#end(abortedBy(signal as AbortSignal)));
    if (silence)
      this.#timer = setTimeout(() => this.#end(silence.error()), Math.min(LONGEST_TIMER, silence.most));
  }

  /** Waits for one step. @throws MedGemmaError `aborted`, the silence's, or what the step throws. */
  wait<T>(step: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#giveUp = reject;
      step.then(resolve, reject);
      if (this.#over) reject(this.#over);
    });
  }

  /** Something came. */
  heard(): void {
    this.#timer?.refresh();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#stopListening();
  }

  #over: MedGemmaError | undefined;

  #end(error: MedGemmaError): void {
    this.#over = error;
    this.#giveUp(error);
  }
}

/** Of what the caller handed over, not of our work on it. */
export function tooSilent(code: "image_timeout" | "dicom_timeout", milliseconds: number): MedGemmaError {
  return new MedGemmaError(code, `The source gave nothing for ${milliseconds / 1000} s.`, {
    facts: { milliseconds },
    remedy: "Check what the Blob or stream reads from, or raise `limits.maxSilence`.",
  });
}
