import type { MedGemmaError } from "../../base/errors.js";
import { gaveUpError } from "./link/crash.js";

/**
 * Decides whether a process that crashed is started again. Crashes count as a row however far apart they are: a large
 * model may need minutes for the picture that ends it, and each start was asked for by a request.
 */
export class RestartPolicy {
  #row = 0;
  #verdict: MedGemmaError | undefined;

  constructor(private readonly maxCrashes: number) {}

  /** Why it is not started again; undefined when it is. */
  get verdict(): MedGemmaError | undefined {
    return this.#verdict;
  }

  crashed(error: MedGemmaError): void {
    if (++this.#row >= this.maxCrashes) this.#verdict ??= gaveUpError(this.#row, error);
  }

  /** A request was answered: the process works. */
  answered(): void {
    this.#row = 0;
  }
}
