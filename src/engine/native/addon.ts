import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { types } from "node:util";
import { ERROR_TABLE, isErrorCode, MedGemmaError } from "../../base/errors.js";
import { withoutFolders } from "../../base/files/name.js";
import { packageRoot, rebuildCommand, requireOwnFiles } from "../../base/package.js";

/**
 * Counts the changes of the interfaces below; native/binding/addon.cpp has the same number. An addon that was built from
 * other sources would answer in another form, and each call end in another error.
 */
export const SURFACE = 1;

/**
 * The whole native surface, in one place, and the only file that loads the addon. A test holds it against what the
 * built addon exports.
 */
export interface Addon {
  /** {@link SURFACE} of the sources that it was built from. */
  surface: number;
  /** Loads ggml's backends from a folder; process-wide, the first call counts. */
  initBackend(dir: string): void;
  /** Adds a GPU backend's library, process-wide; false when the system cannot load it. */
  loadBackend(file: string): boolean;
  /** On Linux the system ends this process with the thread that started it, also when it is stopped; elsewhere nothing. */
  dieWithParent(): void;
  versions(): { medgemma: string; llamaCpp: string; cpuFeatures: string };
  devices(): NativeDevice[];
  /** llama.cpp's log, whole lines, on this thread; null silences it. */
  setLogger(logger: NativeLogger | null): void;
  ggufFacts(path: string): Promise<NativeGgufFacts>;
  /** Pillow's bilinear resize of RGB bytes. The input must not change until the promise settles. */
  resize(
    rgb: Uint8Array,
    width: number,
    height: number,
    outWidth: number,
    outHeight: number,
  ): Promise<Uint8Array>;
  loadEngine(
    options: NativeLoadOptions,
    onProgress: (share: number) => void,
  ): Cancellable<NativeEngineHandle>;
  /** The types that `quantize` knows, by llama.cpp's names. */
  quantizeTypes(): string[];
  quantize(
    options: NativeQuantizeOptions,
    onProgress: (share: number) => void,
  ): Cancellable<NativeQuantizeReport>;
  Embedding: new (values: Float32Array, tokens: number, width: number, key: string) => NativeEmbedding;
}

export interface NativeQuantizeOptions {
  input: string;
  /** Overwritten; removed again when it does not come to be whole. */
  output: string;
  type: string;
  threads: number;
}

export interface NativeQuantizeReport {
  bytes: number;
  /** Matrices that the type could be used for. */
  matrices: number;
  /** Of these, stored in another type because their width does not divide. */
  fallbacks: number;
  /** Matrices that stay as they are. */
  kept: string[];
}

export type NativeLogger = (level: "debug" | "info" | "warning" | "error", line: string) => void;

export interface Cancellable<T> {
  promise: Promise<T>;
  cancel(): void;
}

export interface NativeLoadOptions {
  model: string;
  /** Of a model in several files all of them, for its share of the progress. Defaults to the one file's. */
  modelBytes?: number | undefined;
  /** Empty for text only. */
  projector: string;
  /** 0: the smaller of 8192 and what the model was trained for. */
  contextSize: number;
  threads: number;
  /** On the devices; -1: all. */
  gpuLayers: number;
  /** Names of the GPUs to use. Defaults to none. */
  devices?: readonly string[] | undefined;
  /** Name of the GPU that the projector goes to. Defaults to the CPU. */
  projectorDevice?: string | undefined;
  /** Requests that decode at the same time. */
  parallel: number;
  /** Requests that may wait. */
  queueSize: number;
  /** Which code encodes pictures: `auto`, `mtmd`, or the kernels of the own encoder. */
  encoder: string;
  /** Paths of LoRA files. Defaults to none. */
  adapters?: readonly string[] | undefined;
}

export interface NativeEngineHandle {
  info(): NativeEngineInfo;
  tokenize(text: string, special: boolean): Cancellable<Int32Array>;
  /** Bytes of a token; may end inside a character. */
  tokenText(token: number): Buffer;
  /** `key` names the picture: two with one key share what was computed about them. */
  encode(square: Uint8Array, key: string, onProgress?: (share: number) => void): Cancellable<NativeEmbedding>;
  generate(parts: NativePart[], options: NativeGenerateOptions, onEvent: NativeEventListener): () => void;
  score(
    parts: NativePart[],
    continuations: readonly string[],
    options: NativeRequestOptions,
    onEvent: NativeEventListener,
  ): () => void;
  stats(): NativeStats;
  /** What the threads are at that decode and that encode pictures. */
  steps(): NativeStep[];
  dispose(): Promise<void>;
}

export type NativePart = { text: string; special: boolean } | { embedding: NativeEmbedding };

/** A picture's embedding in native memory. */
export interface NativeEmbedding {
  readonly tokens: number;
  readonly width: number;
  /** A copy. */
  values(): Float32Array;
}

export interface NativeRequestOptions {
  /** Admitted after interactive requests. */
  batch: boolean;
  /** Alone and on an empty context. */
  deterministic: boolean;
  /** By their place in the list given at load. Defaults to none. */
  adapters?: readonly NativeAdapterUse[] | undefined;
}

export interface NativeAdapterUse {
  adapter: number;
  scale: number;
}

export interface NativeGenerateOptions extends NativeRequestOptions {
  /** GBNF; empty for free text. */
  grammar: string;
  temperature: number;
  topK: number;
  topP: number;
  minP: number;
  repeatPenalty: number;
  seed: number;
  maxTokens: number;
  /** Use what is left of the context instead of failing. */
  clampMaxTokens: boolean;
  stop: readonly string[];
  logprobs: number;
}

/** The chosen token first, then the best ones: [id, natural logarithm of its probability]. */
export type NativeLogprobs = [number, number][];

export interface NativeEventListener {
  (kind: "token", text: string, logprobs: NativeLogprobs | undefined): void;
  (kind: "done", result: NativeResult): void;
  (kind: "error", error: unknown): void;
}

export interface NativeResult {
  finishReason: "stop" | "length";
  promptTokens: number;
  imageTokens: number;
  cachedTokens: number;
  completionTokens: number;
  queue: number;
  prefill: number;
  decode: number;
  firstToken: number;
  /** Of each continuation's tokens; empty unless continuations were scored. */
  scores: NativeLogprobs[];
}

export interface NativeStep {
  /** Counts up; 0 when there is no work. */
  number: number;
  /** Milliseconds that such a step takes; 0 when none such has been seen. */
  usual: number;
}

export interface NativeStats {
  running: number;
  waiting: number;
  completed: number;
  failed: number;
  cancelled: number;
  preempted: number;
  promptTokens: number;
  cachedTokens: number;
  completionTokens: number;
  prefixHits: number;
  prefixMisses: number;
  prefixEvictions: number;
  parked: number;
  parkedCells: number;
}

export interface NativeEngineInfo {
  model: NativeGgufFacts;
  projector: NativeGgufFacts | undefined;
  imageSize: number;
  imageTokens: number;
  /** Which code encodes pictures; empty without a projector. */
  encoder: string;
  contextSize: number;
  threads: number;
}

export interface NativeGgufFacts {
  architecture: string;
  name: string;
  quantization: string;
  bytes: number;
  tensors: number;
  parameters: number;
  contextLength: number;
  embeddingLength: number;
  blockCount: number;
  vocabularySize: number;
  projectorType: string;
  imageSize: number;
  patchSize: number;
  projectionDim: number;
}

export interface NativeDevice {
  name: string;
  description: string;
  type: "cpu" | "gpu" | "igpu" | "accelerator";
  memoryFree: number;
  memoryTotal: number;
}

const releaseDir = path.join(packageRoot, "build", "Release");
let loaded: Addon | undefined;

/**
 * Loads the addon and its backends, once per process or worker thread.
 * @throws MedGemmaError `addon_missing`, `addon_unloadable`.
 */
export function loadAddon(): Addon {
  if (loaded) return loaded;
  const override = process.env.MEDGEMMA_ADDON;
  const file = override ?? path.join(releaseDir, "medgemma.node");
  if (!existsSync(file)) {
    if (override === undefined) requireOwnFiles();
    const where =
      override === undefined ? "" : ` MEDGEMMA_ADDON names ${path.basename(override)}, which does not exist.`;
    throw new MedGemmaError("addon_missing", ERROR_TABLE.addon_missing.meaning + where, {
      remedy: `Run \`${rebuildCommand()}\`; it names the tool that is missing.`,
    });
  }
  try {
    // Not require(): it would run a file of another name as JavaScript.
    const module = { exports: {} };
    process.dlopen(module, file);
    const addon = module.exports as Addon;
    if (addon.surface !== SURFACE) throw stale();
    addon.initBackend(backendDir(path.dirname(file)));
    loaded = addon;
    return addon;
  } catch (error) {
    if (MedGemmaError.isInstance(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const words = withoutFolders(reason, [file]);
    throw new MedGemmaError("addon_unloadable", `The native addon cannot be loaded: ${words}`);
  }
}

/** The library of a GPU backend that the build found, or undefined. */
export function gpuLibrary(gpu: "cuda" | "vulkan"): string | undefined {
  const override = process.env.MEDGEMMA_ADDON;
  const dir = override === undefined ? releaseDir : path.dirname(override);
  const info = path.join(dir, "build-info.json");
  if (!existsSync(info)) return undefined;
  const { gpu: found } = JSON.parse(readFileSync(info, "utf8")) as { gpu?: Record<string, string> };
  const file = found?.[gpu];
  return file === undefined ? undefined : path.resolve(dir, file);
}

/** Where the build found ggml's backends; empty when they are compiled in. */
function backendDir(addonDir: string): string {
  const info = path.join(addonDir, "build-info.json");
  if (!existsSync(info)) return "";
  const { backends } = JSON.parse(readFileSync(info, "utf8")) as { backends?: string };
  return backends ? path.resolve(addonDir, backends) : "";
}

function stale(): MedGemmaError {
  return new MedGemmaError("addon_unloadable", "The native addon was built from another version's sources.", {
    remedy: `Run \`${rebuildCommand()}\`, and name no addon of another version by MEDGEMMA_ADDON.`,
  });
}

const MISTAKES = ["TypeError", "ReferenceError", "SyntaxError"];

/**
 * An error of the addon as one of ours. A mistake in this package's own code stays what it is: it is no failure of
 * llama.cpp's, and another try does not mend it.
 * @param files Paths that llama.cpp may name in it.
 */
export function fromNative(error: unknown, files: readonly string[] = []): Error {
  if (MedGemmaError.isInstance(error)) return error;
  if (types.isNativeError(error) && MISTAKES.includes(error.name)) return error;
  const { code, message, facts } = error as {
    code?: string;
    message?: string;
    facts?: Record<string, number>;
  };
  // Folders are often named after patients.
  const words = withoutFolders(message ?? "", files);
  const cause = words === message ? error : new Error(words);
  if (code !== undefined && isErrorCode(code))
    return new MedGemmaError(code, words || undefined, { facts: facts ?? {}, cause });
  return new MedGemmaError("decode_failed", words || undefined, { cause });
}
