import { createHash } from "node:crypto";
import { types } from "node:util";
import { atOnce, Callback } from "../base/callback.js";
import { badOption, MedGemmaError, throwIfAborted } from "../base/errors.js";
import { functionOption, integerOption, plain, reading, readOnce } from "../base/options.js";
import type { RgbImage } from "../image/rgb.js";
import type {
  EncodeOptions,
  Engine,
  EngineInfo,
  EngineStats,
  GenerateOptions,
  GenerationEvent,
  ImageEmbedding,
  PromptPart,
  ScoreOptions,
  ScoreResult,
  Usage,
} from "./engine.js";
import { checkParts } from "./parts.js";

/** What the model would read: the whole prompt as text, each picture as `<image>`. */
export interface FakePrompt {
  readonly text: string;
  readonly images: readonly RgbImage[];
}

export interface FakeScript {
  /** The answer to a prompt, or the same for all. Defaults to `"A scripted answer."`. */
  answer?: string | ((prompt: FakePrompt, options: GenerateOptions) => string) | undefined;
  /** Natural logarithm of a continuation's probability. Defaults to equal ones. */
  score?: ((prompt: FakePrompt, continuation: string) => number) | undefined;
  /** Fails every call with this. */
  error?: MedGemmaError | undefined;
}

const IMAGE_TOKENS = 4;
const WIDTH = 8;
const FILE = { name: "fake.gguf", bytes: 0, sha256: "0".repeat(64) };
const NO_TIME = { queue: 0, encode: 0, prefill: 0, decode: 0, timeToFirstToken: 0 };

/**
 * An engine without a model, for tests of programs that use this package: it answers by script, streams word by word,
 * obeys signals and token limits (a word is a token), and records the prompts it was given.
 *
 * @example
 * const engine = new FakeEngine({ answer: "No." });
 * const model = MedGemma.fromEngine(engine);
 * await model.ask([], "Is there an effusion?");
 * engine.prompts[0]?.text; // "<bos><start_of_turn>user\nIs there ..."
 */
export class FakeEngine implements Engine {
  readonly info: EngineInfo = {
    kind: "fake",
    model: {
      file: FILE,
      name: "fake",
      architecture: "gemma3",
      quantization: "none",
      parameters: 0,
      vocabularySize: 0,
      embeddingWidth: WIDTH,
      trainedContext: 8192,
    },
    projector: {
      file: FILE,
      quantization: "none",
      imageSize: 896,
      imageTokens: IMAGE_TOKENS,
      encoder: "fake",
    },
    contextSize: 8192,
    threads: 1,
    devices: [],
    versions: { medgemma: "fake", llamaCpp: "none", node: process.version },
    loadTime: 0,
  };
  /** Every prompt so far, oldest first. */
  readonly prompts: FakePrompt[] = [];
  readonly #script: FakeScript;
  #disposed = false;
  #completed = 0;

  constructor(script: FakeScript = {}) {
    this.#script = script;
  }

  async tokenize(text: string, options: { special: boolean; signal?: AbortSignal }): Promise<Int32Array> {
    this.#check(readOnce("tokenize", options).signal);
    if (typeof text !== "string") throw badOption("text", "a string", text);
    return Int32Array.from(words(text), (_, index) => index);
  }

  async encode(image: RgbImage, asked: EncodeOptions = {}): Promise<ImageEmbedding> {
    const options = readOnce("encode", asked);
    this.#check(options.signal);
    const bytes = reading("image", () => image.data);
    if (!types.isUint8Array(bytes)) throw badOption("image", "an RgbImage", image);
    const digest = createHash("sha256").update(bytes).digest();
    const values = Float32Array.from(
      { length: IMAGE_TOKENS * WIDTH },
      (_, index) => (digest[index] ?? 0) / 255,
    );
    new Callback(functionOption("onProgress", options.onProgress)).tell(1);
    return { tokens: IMAGE_TOKENS, width: WIDTH, values, key: digest.toString("hex") };
  }

  async *generate(
    parts: readonly PromptPart[],
    asked: GenerateOptions,
  ): AsyncGenerator<GenerationEvent, void, void> {
    const options = readOnce("generate", asked);
    this.#check(options.signal);
    const maxTokens = integerOption("maxTokens", options.maxTokens, Number.MAX_SAFE_INTEGER, 1, 1_000_000);
    const prompt = this.#record(parts);
    const { answer = "A scripted answer." } = this.#script;
    const text = typeof answer === "function" ? atOnce(answer(prompt, options)) : answer;
    if (typeof text !== "string") throw badOption("answer", "a text, or a function that gives one", text);
    const all = words(text);
    const spoken = all.slice(0, maxTokens);
    for (const text of spoken) {
      this.#check(options.signal);
      yield { type: "text", text, tokens: [] };
    }
    this.#completed++;
    yield {
      type: "done",
      finishReason: spoken.length < all.length ? "length" : "stop",
      usage: usageOf(prompt, spoken.length),
      timings: NO_TIME,
      seed: options.seed ?? 0,
    };
  }

  async score(
    parts: readonly PromptPart[],
    continuations: readonly string[],
    options: ScoreOptions = {},
  ): Promise<ScoreResult> {
    this.#check(readOnce("score", options).signal);
    const prompt = this.#record(parts);
    if (!Array.isArray(plain("continuations", continuations)))
      throw badOption("continuations", "a list of strings", continuations);
    const scores = continuations.map((text) => {
      const logprob = atOnce(this.#script.score?.(prompt, text)) ?? -Math.log(continuations.length);
      if (typeof logprob !== "number") throw badOption("score", "a function that gives a number", logprob);
      return { text, logprob, tokens: [{ id: 0, text, logprob }] };
    });
    this.#completed++;
    return { scores, usage: usageOf(prompt, 0), timings: NO_TIME };
  }

  async stats(): Promise<EngineStats> {
    return {
      requests: { running: 0, waiting: 0, completed: this.#completed, failed: 0, cancelled: 0, preempted: 0 },
      tokens: { prompt: 0, cached: 0, completion: 0 },
      prefixCache: { hits: 0, misses: 0, evictions: 0, parked: 0, cells: 0 },
      images: { encoded: 0, memoryHits: 0, diskHits: 0, bytes: 0 },
      restarts: 0,
    };
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
  }

  #record(parts: readonly PromptPart[]): FakePrompt {
    checkParts(parts);
    const images = parts.flatMap((part) => (part.type === "image" ? [part.image] : []));
    const text = parts.map((part) => (part.type === "image" ? "<image>" : part.text)).join("");
    const prompt = { text, images };
    this.prompts.push(prompt);
    return prompt;
  }

  #check(signal: AbortSignal | undefined): void {
    throwIfAborted(signal);
    if (this.#disposed) throw new MedGemmaError("disposed");
    if (this.#script.error) throw this.#script.error;
  }
}

/** Words with the space before them, so that joining gives the text again. */
function words(text: string): string[] {
  return text.match(/\s*\S+|\s+$/g) ?? [];
}

function usageOf({ text, images }: FakePrompt, completionTokens: number): Usage {
  const imageTokens = images.length * IMAGE_TOKENS;
  return { promptTokens: words(text).length + imageTokens, imageTokens, cachedTokens: 0, completionTokens };
}
