import type {
  EngineInfo,
  EngineStats,
  GenerateOptions,
  GenerationEvent,
  ScoreOptions,
  ScoreResult,
} from "../../engine.js";
import type { NativeQuantizeOptions, NativeQuantizeReport, NativeStep } from "../../native/addon.js";
import type { NativeEngineOptions } from "../../native/native-engine.js";
import type { WireError } from "./wire-error.js";

/**
 * What the application and the engine's process say to each other. Both sides are of one version, which the first
 * message checks; bulk bytes (pixels, embeddings) go beside these messages, in chunks, under the number announced here.
 */

export type LoadSettings = Omit<NativeEngineOptions, "onProgress" | "signal">;

/** A call that is answered once, by `result` or `error`; `generate` has events before. */
export interface Calls {
  load: { params: { settings: LoadSettings; log: boolean }; result: EngineInfo };
  /** The tokens come before, as bulk bytes under the call's number. */
  tokenize: { params: { text: string; special: boolean }; result: undefined };
  encode: { params: { picture: string }; result: EncodeResult };
  generate: {
    params: { parts: readonly WirePart[]; options: Omit<GenerateOptions, "signal"> };
    result: undefined;
  };
  score: {
    params: {
      parts: readonly WirePart[];
      continuations: readonly string[];
      options: Omit<ScoreOptions, "signal">;
    };
    result: ScoreResult;
  };
  /** In a process that has loaded no model. */
  quantize: { params: NativeQuantizeOptions; result: NativeQuantizeReport };
  stats: { params: undefined; result: EngineStats };
  dispose: { params: undefined; result: undefined };
}

export type CallName = keyof Calls;

/** A prompt's part; a picture is named by the key under which its pixels were sent. */
export type WirePart =
  | { readonly type: "text"; readonly text: string; readonly special: boolean }
  | { readonly type: "image"; readonly picture: string };

/** The values came before, as bulk bytes under the call's number. */
export interface EncodeResult {
  readonly tokens: number;
  readonly width: number;
  readonly key: string;
}

export type CallMessage = {
  [Name in CallName]: {
    readonly type: "call";
    readonly id: number;
    readonly name: Name;
    readonly params: Calls[Name]["params"];
  };
}[CallName];

/** Announces bulk bytes of a picture: `width * height * 3` of them under the number `stream`. */
export interface PictureMessage {
  readonly type: "picture";
  readonly stream: number;
  readonly key: string;
  readonly width: number;
  readonly height: number;
}

export type ToChild =
  | CallMessage
  | PictureMessage
  /** What are the threads at? */
  | { readonly type: "probe" }
  /** Nobody waits for this call any more. */
  | { readonly type: "cancel"; readonly id: number };

export type LogLevel = "debug" | "info" | "warning" | "error";

export type ToParent =
  | { readonly type: "hello"; readonly version: string }
  | { readonly type: "steps"; readonly steps: readonly NativeStep[] }
  | { readonly type: "progress"; readonly id: number; readonly share: number }
  /** Announces bulk bytes under the call's number. */
  | { readonly type: "bytes"; readonly id: number; readonly length: number }
  /** A picture that this call names is not here (any more). */
  | { readonly type: "need"; readonly id: number; readonly picture: string }
  | { readonly type: "event"; readonly id: number; readonly event: GenerationEvent }
  | { readonly type: "result"; readonly id: number; readonly result: Calls[CallName]["result"] }
  | { readonly type: "error"; readonly id: number; readonly error: WireError }
  | { readonly type: "log"; readonly level: LogLevel; readonly line: string };
