import { badOption } from "../../base/errors.js";
import { checkNames, checkSignal, integerOption, stringOption } from "../../base/options.js";
import { type AdapterOption, resolveAdapterOptions } from "../../engine/native/adapters.js";
import { checkGpuOption, type GpuOption } from "../../engine/native/gpu.js";
import type { ProcessEngineOptions } from "../../engine/process/process-options.js";
import type { RemoteOptions } from "../../engine/remote/endpoint/remote-options.js";
import { checkFit, type Fit } from "../../image/fit.js";
import { phantomFiles } from "../../machine/phantom.js";
import type { DownloadProgress } from "../../models/pull.js";
import {
  ENDPOINT_OPTIONS,
  type EndpointOptions,
  remoteOptions,
  withoutEndpoint,
} from "./endpoint-options.js";

export interface LoadOptions extends EndpointOptions {
  /**
   * Path of a MedGemma GGUF, a name of the catalogue (`medgemma-1.5-4b-it`, `medgemma-1.5-4b-it:Q8_0`), or a file on
   * the hub (`hf:OWNER/REPOSITORY/FILE.gguf`, `@REVISION` after it); the latter two are fetched unless they are here. Defaults to the embedded phantom, a test object that is not for patients.
   */
  model?: string | undefined;
  /** Path or `hf:` address of the projector's GGUF (its name has `mmproj` in it). Without it a model given by its path takes text only; one of the catalogue has its own. */
  projector?: string | undefined;
  /**
   * How pictures that are not square become the encoder's square, in every call that does not say: `pad` or `stretch`.
   * Defaults to what the model was trained with: MedGemma pads, the phantom stretches.
   */
  fit?: Fit | undefined;
  /** True: the user has read and accepts the terms of the catalogue's model; recorded, so that once is enough. Defaults to whether MEDGEMMA_ACCEPT_LICENSE is 1. */
  acceptLicense?: boolean | undefined;
  /** Called while a model of the catalogue is fetched. */
  onDownload?: ((progress: DownloadProgress) => void) | undefined;
  /**
   * LoRA adapters for the model (docs/tasks/tune.md). All act on every request with their scale, unless its `adapters`
   * says otherwise. Defaults to none.
   */
  adapters?: readonly AdapterOption[] | undefined;
  /** Tokens the context holds, picture tokens included, 256..1048576. Defaults to `8192`, or less if the model was trained for less. */
  contextSize?: number | undefined;
  /** Threads for computing, 1..512. Defaults to the cores of this process and its container, two hyperthreads counting as one; `1` for models too small to gain from more. */
  threads?: number | undefined;
  /** Layers on the GPUs, the output counting as one, 0..1000; taken also where they have no room for them. 0 keeps all on the CPU, the projector too. Defaults to as many as the GPUs have room for beside the projector (docs/models.md); `info.placement` tells how many those are. */
  gpuLayers?: number | undefined;
  /** The GPU backend: by name, `false` for none. Defaults to `"auto"`: CUDA, then Vulkan, or Metal, where there is such a GPU, an integrated one only where there is no other; never a Vulkan made of software. */
  gpu?: GpuOption | undefined;
  /** Requests that are answered at the same time, 1..64. Defaults to `8`. */
  parallel?: number | undefined;
  /** Requests that may wait; more reject with `queue_full`. 1..1000000. Defaults to `1024`. */
  queueSize?: number | undefined;
  /** Memory for picture embeddings in bytes, so that a picture is encoded once; 2.6 MB each. Defaults to 256 MiB. */
  embeddingCacheBytes?: number | undefined;
  /**
   * Folder for picture embeddings that outlive the process; made when missing, readable by the user only. An embedding
   * tells much about its picture: treat the folder as patient data. Node warns once (`MEDGEMMA_EMBEDDING_CACHE`) where
   * others than the user can write to it. Defaults to none.
   */
  embeddingCacheDir?: string | undefined;
  /** Bytes that the folder may hold; what was not used for longest goes first. Defaults to 4 GiB. */
  embeddingCacheDirBytes?: number | undefined;
  /**
   * Where llama.cpp runs: in a child process, so that its crash is the error `engine_crashed` and a restart, or in this
   * one. Defaults to `"process"`.
   */
  isolation?: "process" | "none" | undefined;
  /**
   * The program that runs the child process: Node, or Electron. Defaults to `process.execPath`; needed where that is
   * something else (a single executable, Bun).
   */
  execPath?: string | undefined;
  /**
   * Milliseconds after which a step of the child process (a batch of tokens, a picture's layer) may count as stuck: if
   * it has also taken a hundred times what such a step usually takes, the process is ended and what ran rejects with
   * `engine_crashed`. On a GPU it has twenty times as long, for its driver compiles kernels. 0 turns that off; else 1000..86400000. Defaults to `30000`.
   */
  stuckAfter?: number | undefined;
  /** Called with llama.cpp's log, line by line; of several endpoints with what becomes of them. It may name the model's path or a host, never a prompt. If it throws, it is called no more. Defaults to silence, but for a warning of the process about an endpoint that is missing. */
  onLog?: ((level: "debug" | "info" | "warning" | "error", line: string) => void) | undefined;
  /** Called with the share loaded, 0..1. What it throws rejects the load. */
  onProgress?: ((share: number) => void) | undefined;
  /** Stops the load; it rejects with `aborted`. */
  signal?: AbortSignal | undefined;
}

const NAMES: readonly (keyof LoadOptions)[] = [
  ...ENDPOINT_OPTIONS,
  "model",
  "projector",
  "fit",
  "adapters",
  "acceptLicense",
  "onDownload",
  "contextSize",
  "threads",
  "gpuLayers",
  "gpu",
  "parallel",
  "queueSize",
  "embeddingCacheBytes",
  "embeddingCacheDir",
  "embeddingCacheDirBytes",
  "isolation",
  "execPath",
  "stuckAfter",
  "onProgress",
  "onLog",
  "signal",
];

/** What llama.cpp, Ollama, node-llama-cpp and clients of endpoints call the options. */
const ELSEWHERE = new Map(
  Object.entries({
    projector: ["mmproj", "mmprojpath", "clipmodelpath", "visionmodel", "imageprojector"],
    model: ["modelpath", "modelfile", "gguf", "file", "path", "modelid", "modelname"],
    contextSize: ["nctx", "numctx", "ctxsize", "ctx", "contextlength", "maxcontext"],
    gpuLayers: ["ngl", "ngpulayers", "numgpu"],
    threads: ["nthreads", "numthread", "numthreads"],
    parallel: ["nparallel", "sequences", "slots"],
    adapters: ["lora", "loras", "adapter"],
    endpoint: ["baseurl", "url", "host", "apibase"],
    endpointTimeout: ["timeout"],
  }).flatMap(([own, names]) => names.map((name) => [name, own] as const)),
);

/** What is to be loaded, as the caller named it. */
export interface ModelFiles {
  readonly model: string;
  readonly projector: string | undefined;
  readonly acceptLicense: boolean | undefined;
  readonly onDownload: LoadOptions["onDownload"];
}

export interface ResolvedLoadOptions {
  readonly isolation: "process" | "none";
  readonly files: ModelFiles;
  /** Undefined: the model's own. */
  readonly fit: Fit | undefined;
  /** Undefined: the model runs on this machine. */
  readonly remote: RemoteOptions | undefined;
  readonly engine: Omit<ProcessEngineOptions, "model" | "projector">;
}

/**
 * Checks the options and fills in the phantom's files when no model is named.
 * @throws MedGemmaError `bad_option`.
 */
export function resolveLoadOptions(options: LoadOptions): ResolvedLoadOptions {
  checkNames("MedGemma.load", options, NAMES, ELSEWHERE);
  const model = stringOption("model", options.model);
  const projector = stringOption("projector", options.projector);
  if (model === undefined && projector !== undefined)
    throw badOption("model", "a path or a name, as projector is given,", model);
  checkFit(options.fit);
  resolveAdapterOptions(options.adapters);
  integerOption("contextSize", options.contextSize, 0, 256, 1 << 20);
  integerOption("threads", options.threads, 1, 1, 512);
  integerOption("gpuLayers", options.gpuLayers, 0, 0, 1000);
  checkGpuOption(options.gpu);
  integerOption("parallel", options.parallel, 8, 1, 64);
  if (options.stuckAfter !== 0) integerOption("stuckAfter", options.stuckAfter, 30_000, 1000, 86_400_000);
  integerOption("queueSize", options.queueSize, 1024, 1, 1_000_000);
  stringOption("embeddingCacheDir", options.embeddingCacheDir);
  integerOption("embeddingCacheDirBytes", options.embeddingCacheDirBytes, 0, 0, Number.MAX_SAFE_INTEGER);
  integerOption("embeddingCacheBytes", options.embeddingCacheBytes, 0, 0, Number.MAX_SAFE_INTEGER);
  for (const name of ["onProgress", "onLog", "onDownload"] as const) {
    if (options[name] !== undefined && typeof options[name] !== "function")
      throw badOption(name, "a function", options[name]);
  }
  if (options.acceptLicense !== undefined && typeof options.acceptLicense !== "boolean")
    throw badOption("acceptLicense", "true or false", options.acceptLicense);
  const { isolation = "process", acceptLicense, onDownload } = options;
  if (isolation !== "process" && isolation !== "none") {
    throw badOption("isolation", '"process" or "none"', isolation);
  }
  stringOption("execPath", options.execPath);
  checkSignal(options.signal);
  const files = {
    ...(model === undefined ? phantomFiles() : { model, projector }),
    acceptLicense,
    onDownload,
  };
  const { isolation: _isolation, model: _model, projector: _projector, ...rest } = options;
  const { acceptLicense: _accept, onDownload: _onDownload, fit, ...engine } = rest;
  return { isolation, engine: withoutEndpoint(engine), remote: remoteOptions(options), files, fit };
}
