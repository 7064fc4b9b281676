import type { RgbImage } from "../image/rgb.js";
import type { EngineInfo } from "./engine-info.js";
import type { SamplingOptions } from "./sampling.js";

export type {
  AdapterInfo,
  DeviceInfo,
  EndpointCapabilities,
  EngineInfo,
  FileInfo,
  ModelInfo,
  PlacementInfo,
  ProjectorInfo,
} from "./engine-info.js";

/**
 * The seam between what is about MedGemma (above) and what computes (below).
 *
 * Everything above can run on a scripted fake; everything below can be replaced: native in this process, native in a
 * child process, or a remote endpoint.
 */
export interface Engine {
  /** Asked of the engine after loading, not echoed from the request. */
  readonly info: EngineInfo;
  /** Token ids of a text. `special: true` turns control words such as `<start_of_turn>` into their token. */
  tokenize(
    text: string,
    options: { special: boolean; signal?: AbortSignal | undefined },
  ): Promise<Int32Array>;
  /** Projector output of one picture: `tokens` vectors of `width` float32. The picture is stretched to the encoder's square. */
  encode(image: RgbImage, options?: EncodeOptions): Promise<ImageEmbedding>;
  /** Runs one prompt. Ends with exactly one `done` event, or throws a MedGemmaError. */
  generate(parts: readonly PromptPart[], options: GenerateOptions): AsyncIterable<GenerationEvent>;
  /**
   * Log-probability of each continuation after one shared prompt, which is computed once; short continuations share
   * batches, long ones take several, bounded by the context (`context_full`). A continuation is tokenised apart from the prompt, control words as letters.
   */
  score(
    parts: readonly PromptPart[],
    continuations: readonly string[],
    options?: ScoreOptions,
  ): Promise<ScoreResult>;
  /** What the engine has done and holds. Cheap; never about the content of requests. */
  stats(): Promise<EngineStats>;
  /** Ends what runs (those calls reject with `disposed`) and frees everything. Idempotent. */
  dispose(): Promise<void>;
}

/** A piece of a prompt. Neighbouring text pieces of the same kind must be joined by the caller: a run of newlines is one token. */
export type PromptPart =
  | {
      readonly type: "text";
      readonly text: string;
      /** True for template text; false for anything a user wrote, which then can never become a control token. */
      readonly special: boolean;
    }
  /** The pixels must not change before the call has ended. */
  | { readonly type: "image"; readonly image: RgbImage };

export interface EncodeOptions {
  signal?: AbortSignal | undefined;
  /**
   * Called with 0..1 after each layer of the encoder; not at all for a picture that is known. What it throws rejects the
   * call.
   */
  onProgress?: ((share: number) => void) | undefined;
}

export interface ImageEmbedding {
  /** Soft tokens this picture takes in the context (256 for MedGemma). */
  readonly tokens: number;
  /** Width of one vector (2560 for the 4B). */
  readonly width: number;
  /** `tokens * width` float32, row by row. */
  readonly values: Float32Array;
  /** sha256 over pixels, projector and preprocessing version, hex. */
  readonly key: string;
}

export interface GenerateOptions extends SamplingOptions {
  /** New tokens at most. */
  maxTokens: number;
  /** Ends the answer before the first of these; it is not part of the text. At most 16, of 1 to 1000 characters. */
  stop?: readonly string[] | undefined;
  /**
   * Report each token, with this many best ones and their log-probabilities (0..20). Defaults to `0`: no tokens, only
   * text.
   */
  logprobs?: number | undefined;
  /** The answer is JSON of this schema, as far as a grammar can hold it (docs/structured-output.md). Not together with `grammar`. */
  jsonSchema?: object | undefined;
  /**
   * The answer follows this grammar, in llama.cpp's GBNF with the rule `root`. Control words never follow one. Larger
   * ones than llama.cpp takes in within a moment are refused: 5000 alternatives or 64 optional items in a rule, say.
   */
  grammar?: string | undefined;
  /**
   * Runs the request alone, without prefixes of others, so that its bits depend on nothing but prompt, options and
   * machine. Slower when others run. Defaults to `false`.
   */
  deterministic?: boolean | undefined;
  /** Interactive requests are admitted before batch ones. Defaults to `"interactive"`. */
  priority?: Priority | undefined;
  /** The adapters to answer with, of those that were loaded; `[]` for none. Defaults to all, each with its scale. */
  adapters?: readonly AdapterUse[] | undefined;
  /** Takes effect between tokens, between prefill chunks, and at the next layer of a picture being encoded. */
  signal?: AbortSignal | undefined;
}

export type Priority = "interactive" | "batch";

export interface ScoreOptions {
  signal?: AbortSignal | undefined;
  priority?: Priority | undefined;
  /** As in {@link GenerateOptions}. */
  deterministic?: boolean | undefined;
  /** As in {@link GenerateOptions}. */
  adapters?: readonly AdapterUse[] | undefined;
}

/** A loaded LoRA adapter, as one request wants it. */
export interface AdapterUse {
  readonly name: string;
  /** -10..10; 0 is none at all. Defaults to `1`. */
  readonly scale?: number | undefined;
}

export interface ScoreResult {
  /** In the order of the continuations. */
  readonly scores: readonly Score[];
  readonly usage: Usage;
  readonly timings: EngineTimings;
}

export interface Score {
  readonly text: string;
  /** Natural logarithm of the continuation's probability: the sum over its tokens. */
  readonly logprob: number;
  readonly tokens: readonly TokenLogprob[];
}

export interface TokenLogprob {
  readonly id: number;
  readonly text: string;
  /** Natural logarithm of the probability, before temperature and truncation. */
  readonly logprob: number;
}

export interface GeneratedToken extends TokenLogprob {
  /** The best tokens at this step, likeliest first, when `logprobs` was asked for. */
  readonly top: readonly TokenLogprob[];
}

/** `other`: an endpoint's own reason, which is not known here; the answer may not be whole. */
export type FinishReason = "stop" | "length" | "other";

/** Tokens. Those of prompt and answer are NaN (null in JSON) where an endpoint does not count them. */
export interface Usage {
  /** All tokens of the prompt, picture tokens included. */
  readonly promptTokens: number;
  /** Of these, picture tokens. */
  readonly imageTokens: number;
  /** Of the prompt's tokens, those that an earlier request had computed. */
  readonly cachedTokens: number;
  readonly completionTokens: number;
}

/** Milliseconds. */
export interface EngineTimings {
  /** Waiting for other requests. */
  readonly queue: number;
  /** Encoding the pictures of this request. */
  readonly encode: number;
  readonly prefill: number;
  readonly decode: number;
  /** From the call to the first token. */
  readonly timeToFirstToken: number;
}

export type GenerationEvent =
  | {
      readonly type: "text";
      /** May be empty, when a token ends inside a character or might begin a stop text. */
      readonly text: string;
      /** The token behind it, the end of the turn too; empty without `logprobs` (`logprobs: 0`). */
      readonly tokens: readonly GeneratedToken[];
    }
  | {
      readonly type: "done";
      readonly finishReason: FinishReason;
      readonly usage: Usage;
      readonly timings: EngineTimings;
      readonly seed: number;
    };

/** Counts since loading, unless a field says that it is of now. */
export interface EngineStats {
  readonly requests: {
    /** Now. */
    readonly running: number;
    /** Now. */
    readonly waiting: number;
    readonly completed: number;
    readonly failed: number;
    readonly cancelled: number;
    /** Times a request was put off and computed again because the context was full. */
    readonly preempted: number;
  };
  readonly tokens: {
    /** Prompt tokens computed; those taken from the prefix cache do not count. */
    readonly prompt: number;
    readonly cached: number;
    readonly completion: number;
  };
  readonly prefixCache: {
    readonly hits: number;
    readonly misses: number;
    readonly evictions: number;
    /** Prefixes held now. */
    readonly parked: number;
    /** Cells of the context that parked prefixes hold now. */
    readonly cells: number;
  };
  readonly images: {
    readonly encoded: number;
    readonly memoryHits: number;
    readonly diskHits: number;
    /** Bytes of embeddings held in memory now. */
    readonly bytes: number;
  };
  /** Times the child process was started again after a crash. */
  readonly restarts: number;
  /** Each address of a model elsewhere; undefined on this machine. */
  readonly endpoints?: readonly EndpointStats[] | undefined;
}

export interface EndpointStats {
  /** Its host; `#2` after it is the second of the same host, in the order they were named. */
  readonly name: string;
  /** Now. One that is down gets requests again when it answers. */
  readonly state: "up" | "down";
  /** Now. */
  readonly running: number;
  readonly completed: number;
  /** Also those that another endpoint then did. */
  readonly failed: number;
}
