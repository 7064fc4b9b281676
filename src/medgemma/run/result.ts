import type { EngineTimings, FileInfo, FinishReason, GeneratedToken, Usage } from "../../engine/engine.js";
import type { SamplingOptions } from "../../engine/sampling.js";
import type { ImageOrigin } from "../../image/rgb.js";
import type { StudyNote } from "./pictures.js";

/** What every answer of the model carries, whatever the task. */
export interface ModelResult {
  /** The answer, without the thought. Empty when the thought was cut off by the token limit. */
  readonly text: string;
  /** What the model thought, when it did. */
  readonly thought: string | undefined;
  /** `stop`: the model ended the answer. `length`: `maxTokens` did. `other`: an endpoint gave a reason that is not known. */
  readonly finishReason: FinishReason;
  /** True when the token limit fell inside the thought, so that there is no answer: ask again with more `maxTokens`. */
  readonly thoughtCutOff: boolean;
  /** Each generated token with its best rivals, when `logprobs` was asked for. */
  readonly tokens: readonly GeneratedToken[];
  readonly usage: Usage;
  readonly timings: Timings;
  readonly provenance: Provenance;
  /** What was read of DICOM files, series, volumes and slides, with their warnings; empty for plain pictures. */
  readonly studies: readonly StudyNote[];
  /** Says that this is a draft; show it wherever the text is shown. */
  readonly notice: string;
}

/** Milliseconds. */
export interface Timings extends EngineTimings {
  /** Loading the model; the same for all its answers. */
  readonly load: number;
  /** Reading and decoding the pictures of this call. */
  readonly read: number;
  /** The whole call. */
  readonly total: number;
}

/** What made this answer, and nothing about the patient. With the same pictures and words it can be made again. */
export interface Provenance {
  readonly model: FileInfo & { readonly quantization: string; readonly name: string };
  readonly projector: (FileInfo & { readonly quantization: string; readonly encoder: string }) | undefined;
  /** The LoRA adapters that acted on this answer. */
  readonly adapters: readonly (FileInfo & { readonly adapter: string; readonly scale: number })[];
  readonly contextSize: number;
  readonly threads: number;
  readonly prompt: {
    /** Which preset of prompts was used; `custom` when the caller wrote the words. */
    readonly preset: string;
    readonly version: number;
    readonly thinking: boolean;
  };
  readonly pictures: readonly (ImageOrigin & { readonly width: number; readonly height: number })[];
  /** As asked for; undefined where the default held. */
  readonly sampling: {
    readonly temperature: number;
    readonly seed: number;
    readonly maxTokens: number | undefined;
    readonly deterministic: boolean;
  } & Readonly<Record<Exclude<keyof SamplingOptions, "temperature" | "seed">, number | undefined>>;
  readonly versions: { readonly medgemma: string; readonly llamaCpp: string; readonly node: string };
  readonly devices: readonly string[];
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

export type StreamEvent<R extends ModelResult = ModelResult> =
  | { readonly type: "text-delta"; readonly text: string }
  | { readonly type: "thought-delta"; readonly text: string }
  /** All text so far was thought: take it back from the screen. Rare. */
  | { readonly type: "text-retract" }
  /** The last event. */
  | { readonly type: "finish"; readonly result: R };
