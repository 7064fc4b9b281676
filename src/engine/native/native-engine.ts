import os from "node:os";
import { MedGemmaError, throwIfAborted } from "../../errors.js";
import type { RgbImage } from "../../image/rgb.js";
import { withCancel } from "../abort.js";
import type {
  EncodeOptions,
  Engine,
  EngineInfo,
  GenerateOptions,
  GenerationEvent,
  ImageEmbedding,
  PromptPart,
} from "../engine.js";
import { EventQueue } from "../event-queue.js";
import { fileInfo } from "../file-info.js";
import {
  type Addon,
  fromNative,
  loadAddon,
  type NativeEngineHandle,
  type NativePart,
  type NativeResult,
} from "./addon.js";
import { ImageEncoder } from "./encoder.js";
import { resolveGenerateOptions } from "./generate-options.js";
import { describeEngine } from "./info.js";
import { TokenTexts } from "./token-texts.js";

export interface NativeEngineOptions {
  /** Path of the language model's GGUF. */
  model: string;
  /** Path of the projector's GGUF; without it, text only. */
  projector?: string;
  /** Tokens, 256..1048576. Defaults to the smaller of 8192 and what the model was trained for. */
  contextSize?: number;
  /** Threads for computing. Defaults to the cores this process may use. */
  threads?: number;
  /** Layers on the GPU; 0 keeps all on the CPU. Defaults to all, where there is a GPU. */
  gpuLayers?: number;
  /** Bytes of picture embeddings kept in memory. Defaults to 256 MiB, 100 pictures of MedGemma. */
  embeddingCacheBytes?: number;
  /** Called with 0..1. */
  onProgress?: (share: number) => void;
  /** Stops the load within a tensor. */
  signal?: AbortSignal;
}

const DEFAULT_EMBEDDING_CACHE = 256 << 20;

/** llama.cpp in this process. */
export class NativeEngine implements Engine {
  readonly info: EngineInfo;
  readonly #handle: NativeEngineHandle;
  readonly #encoder: ImageEncoder | undefined;
  readonly #tokenTexts: TokenTexts;
  #disposal: Promise<void> | undefined;

  private constructor(addon: Addon, handle: NativeEngineHandle, info: EngineInfo, cacheBytes: number) {
    this.info = info;
    this.#handle = handle;
    this.#tokenTexts = new TokenTexts(handle);
    if (info.projector) {
      const { imageSize, file } = info.projector;
      this.#encoder = new ImageEncoder(addon, handle, imageSize, file.sha256, cacheBytes);
    }
  }

  /**
   * @throws MedGemmaError `addon_missing`, `addon_unloadable`, `file_not_found`, `not_gguf`, `gguf_truncated`,
   * `gguf_invalid`, `not_gemma3`, `projector_mismatch`, `projector_as_model`, `model_as_projector`,
   * `model_load_failed`, `aborted`.
   */
  static async load(options: NativeEngineOptions): Promise<NativeEngine> {
    const { signal } = options;
    throwIfAborted(signal);
    const started = performance.now();
    const addon = loadAddon();
    const files = [options.model, ...(options.projector === undefined ? [] : [options.projector])];
    // The files' hashes take as long to compute as the weights to load: side by side, and stopped with the load.
    const stop = new AbortController();
    const both = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
    const hashes = Promise.all(files.map((file) => fileInfo(file, both)));
    hashes.catch(() => undefined);
    const load = addon.loadEngine(
      {
        model: options.model,
        projector: options.projector ?? "",
        contextSize: options.contextSize ?? 0,
        threads: options.threads ?? os.availableParallelism(),
        gpuLayers: options.gpuLayers ?? -1,
      },
      (share) => options.onProgress?.(share),
    );
    try {
      const handle = await withCancel(signal, load.cancel, load.promise);
      const [model, projector] = await hashes.catch(async (error) => {
        await handle.dispose();
        throw error;
      });
      if (model === undefined) throw new MedGemmaError("file_not_found");
      const info = describeEngine(addon, handle, model, projector, performance.now() - started);
      return new NativeEngine(addon, handle, info, options.embeddingCacheBytes ?? DEFAULT_EMBEDDING_CACHE);
    } catch (error) {
      stop.abort();
      throw fromNative(error);
    }
  }

  async tokenize(text: string, options: { special: boolean; signal?: AbortSignal }): Promise<Int32Array> {
    throwIfAborted(options.signal);
    try {
      return await this.#handle.tokenize(text, options.special);
    } catch (error) {
      throw fromNative(error);
    }
  }

  async encode(image: RgbImage, options: EncodeOptions = {}): Promise<ImageEmbedding> {
    const { key, embedding } = await this.#requireEncoder().encode(image, options.signal);
    return { key, tokens: embedding.tokens, width: embedding.width, values: embedding.values() };
  }

  async *generate(
    parts: readonly PromptPart[],
    options: GenerateOptions,
  ): AsyncGenerator<GenerationEvent, void, void> {
    const { signal } = options;
    throwIfAborted(signal);
    const started = performance.now();
    const resolved = resolveGenerateOptions(options);
    const encodeStarted = performance.now();
    const nativeParts = await this.#encodeParts(parts, signal);
    const encode = performance.now() - encodeStarted;

    const events = new EventQueue<GenerationEvent>();
    let cancel: () => void;
    try {
      cancel = this.#handle.generate(
        nativeParts,
        resolved,
        (kind: string, first: unknown, second?: unknown) => {
          if (kind === "token") {
            events.push({ type: "text", text: first as string, tokens: this.#tokenTexts.describe(second) });
          } else if (kind === "done") {
            const result = first as NativeResult;
            const { promptTokens, imageTokens, completionTokens, queue, prefill, decode, firstToken } =
              result;
            events.push({
              type: "done",
              finishReason: result.finishReason,
              usage: { promptTokens, imageTokens, completionTokens },
              timings: {
                queue,
                encode,
                prefill,
                decode,
                timeToFirstToken: encodeStarted - started + encode + firstToken,
              },
              seed: resolved.seed,
            });
            events.end();
          } else {
            events.fail(fromNative(first));
          }
        },
      );
    } catch (error) {
      throw fromNative(error);
    }
    signal?.addEventListener("abort", cancel, { once: true });
    if (signal?.aborted) cancel();
    try {
      yield* events.read();
    } finally {
      // Also when the reader breaks off.
      signal?.removeEventListener("abort", cancel);
      cancel();
    }
  }

  dispose(): Promise<void> {
    this.#disposal ??= this.#handle.dispose();
    return this.#disposal;
  }

  async #encodeParts(parts: readonly PromptPart[], signal: AbortSignal | undefined): Promise<NativePart[]> {
    return Promise.all(
      parts.map(async (part): Promise<NativePart> => {
        if (part.type === "text") return { text: part.text, special: part.special };
        return { embedding: (await this.#requireEncoder().encode(part.image, signal)).embedding };
      }),
    );
  }

  #requireEncoder(): ImageEncoder {
    if (this.#disposal) throw new MedGemmaError("disposed");
    if (!this.#encoder) throw new MedGemmaError("projector_missing");
    return this.#encoder;
  }
}
