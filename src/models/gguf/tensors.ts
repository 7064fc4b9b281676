import type { ModelFacts } from "./model-facts.js";
import type { GgufValues } from "./values.js";

type Sizes = Pick<
  ModelFacts,
  "layers" | "width" | "hidden" | "heads" | "keyValueHeads" | "keyLength" | "valueLength" | "vocabulary"
>;

const SCALES = ["scale", "input_scale"];
const NVFP4 = 40;

/** What of a Gemma 3's tensors llama.cpp asks for, and so claims; it refuses a file with one that it has not asked for. */
export interface ClaimedTensors {
  /** Bytes of the token table, and of each layer. */
  readonly embedding: number;
  readonly layers: readonly number[];
  /** True when the output uses the token table. */
  readonly tied: boolean;
}

/**
 * Follows llama.cpp's `llama_model_gemma3::load_arch_tensors`, its `create_tensor_qkv` and the pass for scales behind them.
 * @throws MedGemmaError `gguf_invalid`: a tensor is missing or of another shape; `model_unsupported`: there are others, or of a type that cannot be computed with.
 */
export function claimTensors(values: GgufValues, sizes: Sizes): ClaimedTensors {
  const { header } = values;
  const claimed = new Set<string>();
  const require = (name: string, shape: number[]) => {
    claimed.add(name);
    return values.tensor(name, shape);
  };
  const allow = (name: string, shape: number[]) => {
    const tensor = values.optionalTensor(name, shape);
    if (tensor) claimed.add(name);
    return tensor;
  };
  const { layers, width, vocabulary } = sizes;
  const embedding = require("token_embd.weight", [width, vocabulary]);
  const output = allow("output.weight", [width, vocabulary]);
  if (output?.type === NVFP4) for (const scale of SCALES) allow(`output.${scale}`, [1]);
  require("output_norm.weight", [width]);
  values.noLayersFrom("blk.", layers);
  for (let layer = 0; layer < layers; layer++) claimLayer(`blk.${layer}`, sizes, require, allow);
  for (const name of header.tensors.keys())
    if (!claimed.has(name))
      values.unsupported(
        `has the tensor ${shown(name)}, which Gemma 3 has not: llama.cpp refuses the file`,
        "The file was made for another model or program: take one that `medgemma models` lists.",
      );
  return { embedding: embedding.bytes, layers: bytesOfLayers(values, layers), tied: output === undefined };
}

type Claim = (name: string, shape: number[]) => unknown;

function claimLayer(layer: string, sizes: Sizes, require: Claim, allow: Claim): void {
  const { width, hidden, heads, keyValueHeads, keyLength, valueLength } = sizes;
  const attention: [string, number][] = [
    ["attn_q", heads * keyLength],
    ["attn_k", keyValueHeads * keyLength],
    ["attn_v", keyValueHeads * valueLength],
  ];
  const scaled = ["attn_output", "ffn_gate", "ffn_up", "ffn_down"];
  // llama.cpp takes the fused matrix where there is one, and asks for the three no more.
  const fused = attention.reduce((sum, [, rows]) => sum + rows, 0);
  if (allow(`${layer}.attn_qkv.weight`, [width, fused])) {
    scaled.push("attn_qkv");
    if (!allow(`${layer}.attn_qkv.bias`, [fused]))
      for (const [name, rows] of attention) allow(`${layer}.${name}.bias`, [rows]);
  } else
    for (const [name, rows] of attention) {
      scaled.push(name);
      require(`${layer}.${name}.weight`, [width, rows]);
      allow(`${layer}.${name}.bias`, [rows]);
    }
  for (const [name, ...shape] of [
    ["attn_output", heads * keyLength, width],
    ["ffn_gate", width, hidden],
    ["ffn_up", width, hidden],
    ["ffn_down", hidden, width],
    ["attn_norm", width],
    ["attn_q_norm", keyLength],
    ["attn_k_norm", keyLength],
    ["post_attention_norm", width],
    ["ffn_norm", width],
    ["post_ffw_norm", width],
  ] as [string, ...number[]][])
    require(`${layer}.${name}.weight`, shape);
  for (const name of scaled) for (const scale of SCALES) allow(`${layer}.${name}.${scale}`, [1]);
}

function bytesOfLayers({ header }: GgufValues, layers: number): number[] {
  const sums = Array.from({ length: layers }, () => 0);
  for (const { name, bytes } of header.tensors.values()) {
    const layer = Number(/^blk\.(\d+)\./.exec(name)?.[1]);
    if (sums[layer] !== undefined) sums[layer] += bytes;
  }
  return sums;
}

/** A name out of a file, fit for a terminal. */
const shown = (name: string) => (/^[\w.-]+$/.test(name) ? name : "with an unreadable name");
