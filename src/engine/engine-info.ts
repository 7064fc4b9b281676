/** What was loaded, as the engine itself tells it. */
export interface EngineInfo {
  readonly kind: "native" | "process" | "remote" | "fake";
  readonly model: ModelInfo;
  readonly projector: ProjectorInfo | undefined;
  /** LoRA adapters that were loaded; the scale is what holds for requests that name none. */
  readonly adapters?: readonly AdapterInfo[] | undefined;
  /** Tokens the context holds, picture tokens included. */
  readonly contextSize: number;
  readonly threads: number;
  /** All that the engine sees; `placement` tells which of them it uses. */
  readonly devices: readonly DeviceInfo[];
  /** How the model is shared between GPUs and CPU; undefined where it runs elsewhere. */
  readonly placement?: PlacementInfo | undefined;
  readonly versions: { readonly medgemma: string; readonly llamaCpp: string; readonly node: string };
  /** Of an endpoint; undefined on this machine, where all is there. */
  readonly capabilities?: EndpointCapabilities | undefined;
  /** Milliseconds from the call to a usable engine. */
  readonly loadTime: number;
}

/** What an endpoint can do, as found, assumed (docs/remote.md) or declared; what it can't is refused before a request is sent. */
export interface EndpointCapabilities {
  /** Pictures in a prompt. */
  readonly images: boolean;
  /** Log-probabilities of the likeliest tokens, which scores (and so `classify`) rest on. */
  readonly logprobs: boolean;
  /** Answers held to a JSON schema. */
  readonly jsonSchema: boolean;
  /** Answers held to a grammar in llama.cpp's GBNF. */
  readonly grammar: boolean;
  /** An answer whose beginning is given. */
  readonly prefill: boolean;
}

export interface ModelInfo {
  readonly file: FileInfo;
  /** `general.name` of the file. */
  readonly name: string;
  readonly architecture: string;
  /** `Q4_K_M`, `F16`, ... */
  readonly quantization: string;
  readonly parameters: number;
  readonly vocabularySize: number;
  readonly embeddingWidth: number;
  /** Context the model was trained for. */
  readonly trainedContext: number;
}

export interface ProjectorInfo {
  readonly file: FileInfo;
  readonly quantization: string;
  /** Side of the square the encoder takes, in pixels (896 for MedGemma). */
  readonly imageSize: number;
  /** Soft tokens a picture takes (256 for MedGemma). */
  readonly imageTokens: number;
  /** Which code encodes pictures, e.g. `siglip-avx512bf16` or `mtmd` (llama.cpp's). */
  readonly encoder: string;
}

export interface PlacementInfo {
  /** Layers on the GPUs, the output counting as one: 0 when all is on the CPU. */
  readonly gpuLayers: number;
  /** The model's layers and its output. */
  readonly layers: number;
  /** Undefined without a projector. */
  readonly projector: "gpu" | "cpu" | undefined;
  /** Names of the GPUs in use; `devices` says more of them. */
  readonly gpus: readonly string[];
}

export interface AdapterInfo {
  readonly name: string;
  readonly scale: number;
  readonly file: FileInfo;
}

export interface FileInfo {
  /** File name without its folder. */
  readonly name: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
  /** The further files of a model that is in several. */
  readonly parts?: readonly FileInfo[] | undefined;
}

export interface DeviceInfo {
  readonly name: string;
  readonly description: string;
  readonly type: "cpu" | "gpu" | "igpu" | "accelerator";
  readonly memoryFree: number;
  readonly memoryTotal: number;
}
