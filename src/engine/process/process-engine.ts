import { untilAborted } from "../../base/abort.js";
import { MedGemmaError, throwIfAborted } from "../../base/errors.js";
import type { RgbImage } from "../../image/rgb.js";
import { warnOfOpenFolder } from "../embeddings/cache-folder.js";
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
} from "../engine.js";
import { activeAdapters } from "../native/adapters.js";
import {
  checkContinuations,
  resolveGenerateOptions,
  resolveRequestOptions,
} from "../native/generate-options.js";
import { NO_STATS } from "../no-stats.js";
import { checkContinuationsFit, checkParts, checkPartsFit } from "../parts.js";
import { endWhenForgotten } from "./forgotten.js";
import { generateRemotely } from "./generate.js";
import { hugePages } from "./huge-pages.js";
import type { ChildLink } from "./link/child-link.js";
import { sendParts } from "./parts.js";
import { type ProcessEngineOptions, toStartSettings } from "./process-options.js";
import { Supervisor } from "./supervisor.js";

/**
 * llama.cpp in a child process: an abort there is an error here, and the next request starts it again. The addon is
 * never loaded into the application.
 */
export class ProcessEngine implements Engine {
  readonly #supervisor: Supervisor;

  private constructor(supervisor: Supervisor) {
    this.#supervisor = supervisor;
    endWhenForgotten(this, supervisor);
  }

  /**
   * @throws as `NativeEngine.load`, and MedGemmaError `engine_crashed` when the process cannot be started or ends.
   */
  static async load(options: ProcessEngineOptions): Promise<ProcessEngine> {
    throwIfAborted(options.signal);
    const env = { ...(await hugePages(options.model)), ...options.env };
    const supervisor = new Supervisor(toStartSettings({ ...options, env }));
    await supervisor.load(options.onProgress, options.signal);
    // The process has seen it too, but nobody hears its warnings.
    if (options.embeddingCacheDir !== undefined) await warnOfOpenFolder(options.embeddingCacheDir);
    return new ProcessEngine(supervisor);
  }

  get info(): EngineInfo {
    return this.#supervisor.info;
  }

  /** Of the child process, also while it loads; undefined while none runs. */
  get pid(): number | undefined {
    return this.#supervisor.pid;
  }

  async tokenize(text: string, options: { special: boolean; signal?: AbortSignal }): Promise<Int32Array> {
    const { special, signal } = options;
    const link = await this.#link(signal);
    // Halves of pairs become what they would become there anyway; written out for the pipe they take a second.
    const { bytes } = await link.call("tokenize", { text: text.toWellFormed(), special }, {}, signal);
    return new Int32Array(bytes.buffer);
  }

  async encode(image: RgbImage, options: EncodeOptions = {}): Promise<ImageEmbedding> {
    const { signal, onProgress } = options;
    this.#requireProjector();
    const link = await this.#link(signal);
    const [picture = ""] = await link.send([image], signal);
    const listener = { images: new Map([[picture, image]]), ...(onProgress && { onProgress }) };
    const { result, bytes } = await link.call("encode", { picture }, listener, signal);
    this.#supervisor.answered();
    const { tokens, width, key } = result;
    return { tokens, width, key, values: new Float32Array(bytes.buffer) };
  }

  async *generate(
    parts: readonly PromptPart[],
    options: GenerateOptions,
  ): AsyncGenerator<GenerationEvent, void, void> {
    const started = performance.now();
    const { signal } = options;
    throwIfAborted(signal);
    checkParts(parts);
    checkPartsFit(parts, this.info);
    // Here, where a wrong type is still seen; the message would turn it into something else.
    resolveGenerateOptions(options);
    activeAdapters(this.info.adapters, options.adapters);
    if (parts.some((part) => part.type === "image")) this.#requireProjector();
    const link = await this.#link(signal);
    yield* generateRemotely(link, parts, options, started, () => this.#supervisor.answered());
  }

  async score(
    parts: readonly PromptPart[],
    continuations: readonly string[],
    options: ScoreOptions = {},
  ): Promise<ScoreResult> {
    const { signal, ...rest } = options;
    checkParts(parts);
    checkPartsFit(parts, this.info);
    checkContinuations(continuations);
    checkContinuationsFit(continuations, this.info);
    resolveRequestOptions(options);
    activeAdapters(this.info.adapters, options.adapters);
    if (parts.some((part) => part.type === "image")) this.#requireProjector();
    const link = await this.#link(signal);
    const { wire, images } = await sendParts(link, parts, signal);
    const texts = continuations.map((text) => text.toWellFormed());
    const params = { parts: wire, continuations: texts, options: rest };
    const { result } = await link.call("score", params, { images }, signal);
    this.#supervisor.answered();
    return result;
  }

  /** Of the process that runs now: a restart sets all but `restarts` to 0. Does not start one. */
  async stats(): Promise<EngineStats> {
    const { restarts, current } = this.#supervisor;
    const stats = current ? (await current.call("stats", undefined)).result : NO_STATS;
    return { ...stats, restarts };
  }

  dispose(): Promise<void> {
    return this.#supervisor.dispose();
  }

  async #link(signal: AbortSignal | undefined): Promise<ChildLink> {
    throwIfAborted(signal);
    return untilAborted(signal, () => this.#supervisor.ready());
  }

  #requireProjector(): void {
    if (!this.info.projector && !this.#supervisor.disposed) throw new MedGemmaError("projector_missing");
  }
}
