import type { Engine } from "../../engine/engine.js";

/** How many tokens texts take, without tokenising a record of megabytes. */
export class TokenMeter {
  readonly #engine: Engine;
  readonly #signal: AbortSignal | undefined;
  /** Tokens a character, of this model and this record; measured on a sample. */
  #rate = 0.5;

  constructor(engine: Engine, signal: AbortSignal | undefined) {
    this.#engine = engine;
    this.#signal = signal;
  }

  async count(text: string): Promise<number> {
    const options = { special: false, ...(this.#signal && { signal: this.#signal }) };
    return (await this.#engine.tokenize(text, options)).length;
  }

  /** Measures the rate on some of the lines. */
  async learn(lines: readonly string[]): Promise<void> {
    const sample = lines.slice(0, 40).join("\n");
    if (sample.length > 0) this.#rate = Math.max(0.05, (await this.count(sample)) / sample.length);
  }

  /** Of so many characters and the end of a line. */
  estimate(characters: number): number {
    return Math.ceil((characters + 1) * this.#rate);
  }

  /** The first of the lines that fit into so many tokens: estimated, then counted and made to fit. */
  async fit(lines: readonly string[], tokens: number): Promise<number> {
    let kept = 0;
    let sum = 0;
    while (kept < lines.length) {
      sum += this.estimate(lines[kept]?.length ?? 0);
      if (sum > tokens) break;
      kept++;
    }
    while (kept > 0) {
      const used = await this.count(lines.slice(0, kept).join("\n"));
      if (used <= tokens) break;
      kept = Math.min(kept - 1, Math.floor((kept * tokens) / used));
    }
    return kept;
  }
}
