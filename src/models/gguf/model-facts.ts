import type { ModelKind } from "./lineage.js";

/** What a language model's file says of itself, checked against itself. */
export interface ModelFacts {
  /** Base name of the file. */
  readonly file: string;
  readonly bytes: number;
  readonly name: string;
  readonly architecture: "gemma3";
  /** As in files' names: F16, Q4_K_M. `unknown` when the file does not say. */
  readonly quantization: string;
  readonly parameters: number;
  readonly layers: number;
  /** Width of an embedding, which the projector must have too. */
  readonly width: number;
  readonly hidden: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly keyLength: number;
  readonly valueLength: number;
  readonly vocabulary: number;
  /** Tokens the model was trained for. */
  readonly trainedContext: number;
  /** Tokens that five of six layers look back; 0: all layers look back to the beginning. */
  readonly slidingWindow: number;
  readonly chatTemplate: boolean;
  /** Bytes of all tensors; of the token table; of each layer. */
  readonly weights: {
    readonly total: number;
    readonly embedding: number;
    readonly layers: readonly number[];
  };
  /** True when the output uses the token table, which a GPU then needs a copy of. */
  readonly tied: boolean;
  readonly kind: ModelKind;
}
