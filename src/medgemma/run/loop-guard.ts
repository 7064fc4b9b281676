import type { Engine, GenerateOptions, GenerationEvent, PromptPart } from "../../engine/engine.js";
import { drawSeed } from "../../engine/sampling.js";
import { LoopWatch } from "../../prompt/loops.js";

/** An engine whose answers are ended when they repeat themselves without end. For one answer. */
export class LoopGuard implements Engine {
  /** True when the answer was ended here. */
  looped = false;
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  get info() {
    return this.#engine.info;
  }

  /** The finish reason of an answer ended here is `length`: it was cut off. */
  async *generate(
    parts: readonly PromptPart[],
    options: GenerateOptions,
  ): AsyncGenerator<GenerationEvent, void, void> {
    const started = performance.now();
    const watch = new LoopWatch();
    let answer = "";
    let first: number | undefined;
    // Drawn here: an engine tells its own at its end only.
    const { seed = drawSeed() } = options;
    for await (const event of this.#engine.generate(parts, { ...options, seed })) {
      yield event;
      if (event.type !== "text") continue;
      first ??= performance.now() - started;
      answer += event.text;
      this.looped = watch.push(event.text);
      // Leaving the loop stops the engine's request.
      if (this.looped) break;
    }
    if (!this.looped) return;
    const timeToFirstToken = first ?? 0;
    yield {
      type: "done",
      finishReason: "length",
      usage: await this.#count(parts, answer),
      timings: {
        queue: 0,
        encode: 0,
        prefill: timeToFirstToken,
        decode: performance.now() - started - timeToFirstToken,
        timeToFirstToken,
      },
      seed,
    };
  }

  /** The engine tells what it counted at its own end only. */
  async #count(parts: readonly PromptPart[], answer: string) {
    const perImage = this.info.projector?.imageTokens ?? 0;
    const imageTokens = parts.filter((part) => part.type === "image").length * perImage;
    const lengths = await Promise.all(
      parts.map(async (part) =>
        part.type === "text" ? (await this.tokenize(part.text, { special: part.special })).length : 0,
      ),
    );
    const { length } = await this.tokenize(answer, { special: true });
    const promptTokens = lengths.reduce((sum, each) => sum + each, imageTokens);
    return { promptTokens, imageTokens, cachedTokens: 0, completionTokens: length };
  }

  tokenize(...call: Parameters<Engine["tokenize"]>): ReturnType<Engine["tokenize"]> {
    return this.#engine.tokenize(...call);
  }

  encode(...call: Parameters<Engine["encode"]>): ReturnType<Engine["encode"]> {
    return this.#engine.encode(...call);
  }

  score(...call: Parameters<Engine["score"]>): ReturnType<Engine["score"]> {
    return this.#engine.score(...call);
  }

  stats(): ReturnType<Engine["stats"]> {
    return this.#engine.stats();
  }

  dispose(): Promise<void> {
    return this.#engine.dispose();
  }
}
