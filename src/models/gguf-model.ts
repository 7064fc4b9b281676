import { MedGemmaError } from "../errors.js";
import type { GgufHeader } from "./gguf.js";
import { FILE_TYPES, VALUE } from "./gguf-types.js";
import { GgufValues } from "./gguf-values.js";

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

/** What the names in the file tell. The architecture is the same in all of them. */
export interface ModelKind {
  readonly family: "medgemma" | "gemma3" | "phantom" | "unknown";
  /** MedGemma's; undefined when nothing tells. */
  readonly version?: "1.0" | "1.5";
  /** By the number of layers: 270M, 1B, 4B, 12B, 27B. */
  readonly size?: string;
  /** MedGemma 27B comes in a kind that was not trained on pictures. */
  readonly textOnly: boolean;
}

const SIZES: Readonly<Record<number, string>> = { 18: "270M", 26: "1B", 34: "4B", 48: "12B", 62: "27B" };

/** Below, not even a short question and its frame would fit. */
const LEAST_CONTEXT = 64;

/**
 * Checks a language model's header as far as it can be known from it, so that llama.cpp meets no contradiction.
 * @throws MedGemmaError `projector_as_model`, `not_gemma3`, `gguf_invalid`.
 */
export function modelFacts(header: GgufHeader): ModelFacts {
  const values = new GgufValues(header);
  const architecture = values.text("general.architecture") ?? "";
  const { file } = header;
  if (architecture === "clip") throw new MedGemmaError("projector_as_model", undefined, { facts: { file } });
  if (architecture !== "gemma3")
    throw new MedGemmaError("not_gemma3", `The model's architecture is ${shown(architecture)}, not gemma3.`, {
      facts: { file },
    });

  const whole = (key: string, most: number) => values.whole(`gemma3.${key}`, 1, most);
  const layers = whole("block_count", 512);
  const width = whole("embedding_length", 65_536);
  const hidden = whole("feed_forward_length", 1 << 20);
  const heads = whole("attention.head_count", 1024);
  const keyValueHeads = values.optionalWhole("gemma3.attention.head_count_kv", 1, heads) ?? heads;
  const keyLength = values.optionalWhole("gemma3.attention.key_length", 2, 4096) ?? width / heads;
  const valueLength = values.optionalWhole("gemma3.attention.value_length", 2, 4096) ?? width / heads;
  const trainedContext = values.whole("gemma3.context_length", LEAST_CONTEXT, 2 ** 31 - 1);
  const slidingWindow = values.optionalWhole("gemma3.attention.sliding_window", 0, trainedContext) ?? 0;
  if (heads % keyValueHeads !== 0 || keyLength % 2 !== 0) values.fail("has heads that do not divide");
  values.real("gemma3.attention.layer_norm_rms_epsilon", 0, 1);
  values.optionalReal("gemma3.rope.freq_base", 1, 1e12);
  values.optionalReal("gemma3.rope.freq_base_swa", 1, 1e12);
  values.optionalReal("gemma3.rope.scaling.factor", 0, 1e6);
  const vocabulary = checkVocabulary(values);

  const embedding = values.tensor("token_embd.weight", [width, vocabulary]);
  const output = values.optionalTensor("output.weight", [width, vocabulary]);
  values.tensor("output_norm.weight", [width]);
  values.noLayersFrom("blk.", layers);
  const perLayer: number[] = [];
  for (let i = 0; i < layers; i++) {
    const shapes: [string, number[]][] = [
      ["attn_norm", [width]],
      ["attn_q", [width, heads * keyLength]],
      ["attn_k", [width, keyValueHeads * keyLength]],
      ["attn_v", [width, keyValueHeads * valueLength]],
      ["attn_output", [heads * keyLength, width]],
      ["attn_q_norm", [keyLength]],
      ["attn_k_norm", [keyLength]],
      ["post_attention_norm", [width]],
      ["ffn_norm", [width]],
      ["ffn_gate", [width, hidden]],
      ["ffn_up", [width, hidden]],
      ["ffn_down", [hidden, width]],
      ["post_ffw_norm", [width]],
    ];
    perLayer.push(
      shapes.reduce((sum, [name, shape]) => sum + values.tensor(`blk.${i}.${name}.weight`, shape).bytes, 0),
    );
  }
  const all = [...header.tensors.values()];
  const name = values.text("general.name") ?? "";
  return {
    file,
    bytes: header.bytes,
    name,
    architecture: "gemma3",
    quantization: quantizationOf(values),
    parameters: all.reduce((sum, { shape }) => sum + shape.reduce((product, side) => product * side, 1), 0),
    layers,
    width,
    hidden,
    heads,
    keyValueHeads,
    keyLength,
    valueLength,
    vocabulary,
    trainedContext,
    slidingWindow,
    chatTemplate: (values.text("tokenizer.chat_template") ?? "") !== "",
    weights: {
      total: all.reduce((sum, { bytes }) => sum + bytes, 0),
      embedding: embedding.bytes,
      layers: perLayer,
    },
    tied: output === undefined,
    kind: kindOf(name, file, layers),
  };
}

/** @returns the number of words. */
function checkVocabulary(values: GgufValues): number {
  const count = values.length("tokenizer.ggml.tokens", VALUE.string);
  if (count < 1) values.fail("has no vocabulary");
  for (const [key, type] of [
    ["scores", VALUE.f32],
    ["token_type", VALUE.i32],
  ] as const) {
    const length = values.optionalLength(`tokenizer.ggml.${key}`, type);
    if (length !== undefined && length !== count)
      values.fail(`has a tokenizer.ggml.${key} of another length`);
  }
  if (values.text("tokenizer.ggml.model") !== "llama") values.fail("names a tokenizer that is not Gemma 3's");
  for (const key of ["bos", "eos", "unknown", "padding", "eot"])
    values.optionalWhole(`tokenizer.ggml.${key}_token_id`, 0, count - 1);
  for (const key of ["add_bos_token", "add_eos_token", "add_space_prefix"])
    values.flag(`tokenizer.ggml.${key}`);
  const stated = values.optionalWhole("gemma3.vocab_size", 1, 2 ** 31 - 1);
  if (stated !== undefined && stated !== count)
    values.fail("has more or fewer words than gemma3.vocab_size says");
  return count;
}

export function quantizationOf(values: GgufValues): string {
  const type = values.optionalWhole("general.file_type", 0, 2 ** 31 - 1);
  return (type !== undefined && FILE_TYPES[type]) || "unknown";
}

function kindOf(name: string, file: string, layers: number): ModelKind {
  const names = `${name} ${file}`;
  const size = SIZES[layers];
  const family = /\bphantom\b/i.test(names.replaceAll(/[-_.]/g, " "))
    ? "phantom"
    : /medgemma/i.test(names)
      ? "medgemma"
      : /gemma/i.test(names)
        ? "gemma3"
        : "unknown";
  return {
    family,
    ...(family === "medgemma" && { version: /1[._-]5/.test(names) ? ("1.5" as const) : ("1.0" as const) }),
    ...(size !== undefined && { size }),
    textOnly: family === "medgemma" && /text/i.test(names),
  };
}

const shown = (architecture: string) =>
  /^[a-z0-9_-]{1,32}$/i.test(architecture) ? architecture : architecture === "" ? "not named" : "unreadable";
