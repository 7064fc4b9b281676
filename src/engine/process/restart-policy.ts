import type { MedGemmaError } from "../../errors.js";
import { gaveUpError } from "./crash.js";

/** Within this time, crashes without an answer between them count as a row. */
const WINDOW_MS = 60_000;

/** Decides whether a process that crashed is started again. */
export class RestartPolicy {
  #row: number[] = [];
  #verdict: MedGemmaError | undefined;

  constructor(
    private readonly maxCrashes: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Why it is not started again; undefined when it is. */
  get verdict(): MedGemmaError | undefined {
    return this.#verdict;
  }

  crashed(error: MedGemmaError): void {
    const time = this.now();
    this.#row = [...this.#row.filter((earlier) => time - earlier < WINDOW_MS), time];
    if (this.#row.length >= this.maxCrashes) this.#verdict ??= gaveUpError(this.#row.length, error);
  }

  /** A request was answered: the process works. */
  answered(): void {
    this.#row = [];
  }
}
