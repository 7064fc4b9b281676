import { stat } from "node:fs/promises";
import { allOrStop, JoinedAbort, withCancel } from "../../base/abort.js";
import { asListener, Callback } from "../../base/callback.js";
import { MedGemmaError, throwIfAborted } from "../../base/errors.js";
import { openFile } from "../../base/files/open-file.js";
import type { RgbImage } from "../../image/rgb.js";
import { type Machine, readMachine } from "../../machine/machine.js";
import type { Placement } from "../../machine/placement.js";
import { defaultThreads } from "../../machine/threads.js";
import { warnOfOpenFolder } from "../embeddings/cache-folder.js";
import { EmbeddingStore } from "../embeddings/embedding-store.js";
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
import { fileInfo } from "../file-info.js";
import { checkGrowth } from "../gbnf/growth.js";
import { checkContinuationsFit, checkParts, checkPartsFit } from "../parts.js";
import { type AdapterOption, describeAdapters, resolveAdapterOptions, toNativeAdapters } from "./adapters.js";
import {
  fromNative,
  loadAddon,
  type NativeEngineHandle,
  type NativeLogger,
  type NativePart,
  type NativeStep,
} from "./addon.js";
import { ImageEncoder } from "./encoder.js";
import {
  checkContinuations,
  resolveGenerateOptions,
  resolveGrammar,
  resolveRequestOptions,
} from "./generate-options.js";
import { type GpuOption, placeModel, selectGpus } from "./gpu.js";
import { describeEngine } from "./info.js";
import { checkKnownWords } from "./known-words.js";
import { type Preparation, runGeneration, runScoring } from "./requests.js";
import { toEngineStats } from "./stats.js";
import { TokenTexts } from "./token-texts.js";

export interface NativeEngineOptions {
  /** Path of the language model's GGUF. */
  model: string;
  /** Paths of the model's further files, where it is in several: llama.cpp finds them by itself, and provenance names them. Defaults to none. */
  modelParts?: readonly string[] | undefined;
  /** Path of the projector's GGUF; without it, text only. */
  projector?: string | undefined;
  /** Tokens, 256..1048576. Defaults to the smaller of 8192 and what the model was trained for. */
  contextSize?: number | undefined;
  /** Threads for computing, 1..512. Defaults to the cores of this process and its container, two hyperthreads counting as one; `1` for models too small to gain from more. */
  threads?: number | undefined;
  /**
   * Layers on the GPUs, the output counting as one; 0 keeps all on the CPU, the projector too. Defaults to those of the
   * placement; without placements to all.
   */
  gpuLayers?: number | undefined;
  /**
   * Ways to share the work with the GPUs, the best first and the one without a GPU last: the first that they have room
   * for is taken, and refused with `not_enough_memory` if the machine has not the rest. Defaults to `gpuLayers` there,
   * and the projector, and no question about memory.
   */
  placements?: readonly Placement[] | undefined;
  /** Which GPU backend to use. Defaults to `"auto"`: CUDA, Vulkan or Metal where there is such a GPU, an integrated one only where there is no other. */
  gpu?: GpuOption | undefined;
  /** Requests that decode at the same time, 1..64. Defaults to `8`. */
  parallel?: number | undefined;
  /** Requests that may wait. Defaults to `1024`. */
  queueSize?: number | undefined;
  /**
   * Which code encodes pictures: `auto` (own code on CPUs it is made for, else llama.cpp's), `mtmd` (llama.cpp's), or
   * the own code's kernels by name, for tests and measurements. Defaults to `"auto"`.
   */
  encoder?: string | undefined;
  /** LoRA adapters, checked against the model. Defaults to none. */
  adapters?: readonly AdapterOption[] | undefined;
  /** Bytes of picture embeddings kept in memory. Defaults to 256 MiB, 100 pictures of MedGemma. */
  embeddingCacheBytes?: number | undefined;
  /** Folder for picture embeddings that outlive the process. Defaults to none. */
  embeddingCacheDir?: string | undefined;
  /** Bytes that the folder may hold. Defaults to 4 GiB. */
  embeddingCacheDirBytes?: number | undefined;
  /** Called with llama.cpp's log lines; one listener a thread, the last counts. If it throws, it is called no more. Defaults to silence. */
  onLog?: NativeLogger | undefined;
  /** Called with 0..1. What it throws stops the load and rejects it. */
  onProgress?: ((share: number) => void) | undefined;
  /** Stops the load within a tensor. */
  signal?: AbortSignal | undefined;
}

const DEFAULT_EMBEDDING_CACHE = 256 * 2 ** 20;
const DEFAULT_EMBEDDING_STORE = 4 * 2 ** 30;

/** llama.cpp in this process. */
export class NativeEngine implements Engine {
  readonly info: EngineInfo;
  readonly #handle: NativeEngineHandle;
  readonly #encoder: ImageEncoder | undefined;
  readonly #tokenTexts: TokenTexts;
  #disposal: Promise<void> | undefined;

  private constructor(handle: NativeEngineHandle, info: EngineInfo, encoder: ImageEncoder | undefined) {
    this.info = info;
    this.#handle = handle;
    this.#encoder = encoder;
    this.#tokenTexts = new TokenTexts(handle);
  }

  /**
   * @throws MedGemmaError `addon_missing`, `addon_unloadable`, `file_not_found`, `not_gguf`, `gguf_truncated`,
   * `gguf_invalid`, `not_gemma3`, `projector_mismatch`, `projector_as_model`, `model_as_projector`,
   * `model_load_failed`, `adapter_mismatch`, `gpu_unavailable`, `not_enough_memory`, `embedding_cache`, `aborted`;
   * and what `onProgress` throws, as it is.
   */
  static async load(options: NativeEngineOptions): Promise<NativeEngine> {
    const { signal } = options;
    throwIfAborted(signal);
    const started = performance.now();
    const addon = loadAddon();
    const adapters = resolveAdapterOptions(options.adapters);
    // llama.cpp opens a pipe as any file, and waits for its writer.
    for (const { file } of adapters) await (await openFile(file)).handle.close();
    const gpus = selectGpus(addon, options.gpuLayers === 0 ? false : options.gpu);
    const machine = readMachine();
    const use = placeModel(gpus, options, machine.memoryAvailable);
    if (options.onLog) addon.setLogger(asListener("onLog", options.onLog));
    const store = await openStore(options);
    const adapterFiles = adapters.map(({ file }) => file);
    // The files' hashes take as long to compute as the weights to load: side by side, and stopped with the load.
    const stop = new JoinedAbort(signal);
    const { model: modelFile, projector: projectorFile, modelParts = [] } = options;
    const hashOf = (file: string) => fileInfo(file, stop.signal);
    const hashes = Promise.all([
      hashOf(modelFile),
      projectorFile === undefined ? undefined : hashOf(projectorFile),
      ...modelParts.map(hashOf),
    ]);
    const adapterHashes = Promise.all(adapterFiles.map((file) => fileInfo(file, stop.signal)));
    adapterHashes.catch(() => undefined);
    hashes.catch(() => undefined);
    const progress = new Callback(options.onProgress);
    const load = addon.loadEngine(
      {
        model: options.model,
        ...(modelParts.length > 0 && { modelBytes: await bytesOf([modelFile, ...modelParts]) }),
        projector: options.projector ?? "",
        contextSize: options.contextSize ?? 0,
        threads: options.threads ?? (await threadsFor(options.model, machine)),
        ...use,
        parallel: options.parallel ?? 8,
        queueSize: options.queueSize ?? 1024,
        encoder: options.encoder ?? "auto",
        adapters: adapterFiles,
      },
      progress.call,
    );
    progress.failed.catch(load.cancel);
    let handle: NativeEngineHandle | undefined;
    try {
      handle = await withCancel(signal, load.cancel, load.promise);
      progress.check();
      await checkKnownWords(handle, handle.info().model.vocabularySize, options.projector !== undefined);
      const [model, projector, ...parts] = await hashes;
      const described = describeAdapters(adapters, await adapterHashes);
      const info = describeEngine(
        addon,
        handle,
        parts.length === 0 ? model : { ...model, parts },
        projector,
        described,
        use,
        performance.now() - started,
      );
      const cacheBytes = options.embeddingCacheBytes ?? DEFAULT_EMBEDDING_CACHE;
      const { embeddingWidth } = info.model;
      const encoder =
        info.projector && new ImageEncoder(addon, handle, info.projector, embeddingWidth, cacheBytes, store);
      return new NativeEngine(handle, info, encoder);
    } catch (error) {
      stop.abort();
      await handle?.dispose();
      progress.check();
      const files = [modelFile, projectorFile, ...modelParts, ...adapterFiles];
      throw fromNative(
        error,
        files.filter((file) => file !== undefined),
      );
    } finally {
      stop.end();
    }
  }

  async tokenize(text: string, options: { special: boolean; signal?: AbortSignal }): Promise<Int32Array> {
    const { signal, special } = options;
    throwIfAborted(signal);
    try {
      const { promise, cancel } = this.#handle.tokenize(text, special);
      return await withCancel(signal, cancel, promise);
    } catch (error) {
      throw fromNative(error);
    }
  }

  async encode(image: RgbImage, options: EncodeOptions = {}): Promise<ImageEmbedding> {
    const { key, embedding } = await this.#requireEncoder().encode(image, options.signal, options.onProgress);
    return { key, tokens: embedding.tokens, width: embedding.width, values: embedding.values() };
  }

  async *generate(
    parts: readonly PromptPart[],
    options: GenerateOptions,
  ): AsyncGenerator<GenerationEvent, void, void> {
    const { signal } = options;
    throwIfAborted(signal);
    checkParts(parts);
    checkPartsFit(parts, this.info);
    const started = performance.now();
    const resolved = {
      ...resolveGenerateOptions(options),
      adapters: toNativeAdapters(this.info.adapters, options.adapters),
      grammar: resolveGrammar(options),
    };
    if (resolved.grammar !== "") await checkGrowth(resolved.grammar);
    const [nativeParts, preparation] = await this.#prepare(parts, started, signal);
    yield* runGeneration(
      (listener) => this.#handle.generate(nativeParts, resolved, listener),
      resolved.seed,
      preparation,
      this.#tokenTexts,
      signal,
    );
  }

  async score(
    parts: readonly PromptPart[],
    continuations: readonly string[],
    options: ScoreOptions = {},
  ): Promise<ScoreResult> {
    const { signal } = options;
    throwIfAborted(signal);
    checkParts(parts);
    checkPartsFit(parts, this.info);
    checkContinuations(continuations);
    checkContinuationsFit(continuations, this.info);
    const started = performance.now();
    const resolved = {
      ...resolveRequestOptions(options),
      adapters: toNativeAdapters(this.info.adapters, options.adapters),
    };
    const [nativeParts, preparation] = await this.#prepare(parts, started, signal);
    return runScoring(
      (listener) => this.#handle.score(nativeParts, continuations, resolved, listener),
      continuations,
      preparation,
      this.#tokenTexts,
      signal,
    );
  }

  async stats(): Promise<EngineStats> {
    try {
      return toEngineStats(this.#handle.stats(), this.#encoder?.counts());
    } catch (error) {
      throw fromNative(error);
    }
  }

  /** What the threads are at that compute, for whoever watches them. */
  steps(): readonly NativeStep[] {
    return this.#disposal ? [] : this.#handle.steps();
  }

  dispose(): Promise<void> {
    this.#disposal ??= this.#handle.dispose().then(() => this.#encoder?.settle());
    return this.#disposal;
  }

  async #prepare(
    parts: readonly PromptPart[],
    started: number,
    signal: AbortSignal | undefined,
  ): Promise<[NativePart[], Preparation]> {
    const encodeStarted = performance.now();
    const nativeParts = await allOrStop(parts, signal, async (part, stop): Promise<NativePart> => {
      if (part.type === "text") return { text: part.text, special: part.special };
      return { embedding: (await this.#requireEncoder().encode(part.image, stop)).embedding };
    });
    const before = encodeStarted - started;
    return [nativeParts, { before, encode: performance.now() - encodeStarted }];
  }

  #requireEncoder(): ImageEncoder {
    if (this.#disposal) throw new MedGemmaError("disposed");
    if (!this.#encoder) throw new MedGemmaError("projector_missing");
    return this.#encoder;
  }
}

async function threadsFor(model: string, machine: Machine): Promise<number> {
  return defaultThreads(await bytesOf([model]), machine).threads;
}

/** Of files together; one that is not there is the load's to report. */
async function bytesOf(files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function openStore(options: NativeEngineOptions): Promise<EmbeddingStore | undefined> {
  const { embeddingCacheDir: dir, embeddingCacheDirBytes: bytes = DEFAULT_EMBEDDING_STORE } = options;
  if (dir === undefined) return undefined;
  const store = await EmbeddingStore.open(dir, bytes);
  await warnOfOpenFolder(dir);
  return store;
}
