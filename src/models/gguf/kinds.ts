import { VALUE } from "./types.js";
import type { GgufValues } from "./values.js";

/** How llama.cpp wants a value: it refuses another kind, or (of a projector) aborts. */
type Kind = "u16" | "u32" | "i32" | "f32" | "bool" | "string" | "texts" | "numbers" | "i32s" | "windows";

const LISTS: Partial<Record<Kind, readonly number[]>> = {
  texts: [VALUE.string],
  numbers: [VALUE.f32, VALUE.i32],
  i32s: [VALUE.i32],
  windows: [VALUE.bool, VALUE.u32, VALUE.i32],
};
/** One number for all layers does as well as a list. */
const OR_SCALAR: readonly Kind[] = ["windows"];

const GEMMA3: Readonly<Record<string, Kind>> = {
  embedding_length_out: "u32",
  "attention.causal": "bool",
  pooling_type: "u32",
  nextn_predict_layers: "u32",
  expert_count: "u32",
  expert_group_count: "u32",
  expert_group_used_count: "u32",
  "rope.scaling.finetuned": "bool",
  "rope.scaling.original_context_length": "u32",
  "rope.scaling.type": "string",
  "rope.scaling.attn_factor": "f32",
  "rope.scaling.alpha": "f32",
  "rope.scale_linear": "f32",
  "rope.dimension_count": "u32",
  "rope.dimension_count_swa": "u32",
  "attention.key_length_swa": "u32",
  "attention.value_length_swa": "u32",
  "attention.sliding_window_pattern": "windows",
  final_logit_softcapping: "f32",
  "classifier.output_labels": "texts",
};

const TOKENIZER: Readonly<Record<string, Kind>> = {
  model: "string",
  pre: "string",
  token_type_count: "u32",
  add_space_prefix: "bool",
  remove_extra_whitespaces: "bool",
  add_bos_token: "bool",
  add_eos_token: "bool",
  add_sep_token: "bool",
  "normalizer.lowercase": "bool",
  "normalizer.strip_accents": "bool",
  suppress_tokens: "i32s",
  tokens: "texts",
  scores: "numbers",
  token_type: "i32s",
};

const TOKEN_IDS = [
  ...["bos", "eos", "eot", "eom", "unknown", "seperator", "padding", "mask", "prefix", "suffix", "middle"],
  ...["fim_pre", "fim_suf", "fim_mid", "fim_pad", "fim_rep", "fim_sep"],
];

const prefixed = (prefix: string, kinds: Readonly<Record<string, Kind>>) =>
  Object.entries(kinds).map(([key, kind]) => [`${prefix}${key}`, kind] as const);

/** What llama.cpp reads of a Gemma 3 (llama-model.cpp, llama-vocab.cpp) besides what `modelFacts` reads. */
export const MODEL_KINDS: ReadonlyMap<string, Kind> = new Map([
  ["general.name", "string"],
  ["split.no", "u16"],
  ["split.count", "u16"],
  ["split.tensors.count", "i32"],
  ...prefixed("gemma3.", GEMMA3),
  ...prefixed("tokenizer.ggml.", TOKENIZER),
  ...TOKEN_IDS.map((name) => [`tokenizer.ggml.${name}_token_id`, "u32"] as const),
]);

/** What mtmd reads of a projector (clip.cpp) besides what `projectorFacts` reads. */
export const PROJECTOR_KINDS: ReadonlyMap<string, Kind> = new Map([
  ["general.name", "string"],
  ["general.description", "string"],
  ["clip.projector_type", "string"],
  ["clip.vision.projector_type", "string"],
  ["clip.has_audio_encoder", "bool"],
  ["clip.has_gen_audio_encoder", "bool"],
  ["clip.use_gelu", "bool"],
  ["clip.use_silu", "bool"],
  ["clip.minicpmv_version", "i32"],
  ["clip.minicpmv_query_num", "u32"],
  ["clip.vision.mm_patch_merge_type", "string"],
  ["clip.vision.image_grid_pinpoints", "i32s"],
  ["clip.vision.feature_layer", "i32s"],
  ["clip.vision.attention.head_dim", "u32"],
  ["clip.vision.attention.head_count_kv", "u32"],
]);

/** @throws MedGemmaError `gguf_invalid`: a value is of another kind than llama.cpp reads it as. */
export function checkKinds(values: GgufValues, kinds: ReadonlyMap<string, Kind>): void {
  for (const [key, kind] of kinds) {
    const given = values.header.values.get(key);
    if (given === undefined) continue;
    const { type, value } = given;
    const list = LISTS[kind];
    const fits =
      list === undefined
        ? type === VALUE[kind as keyof typeof VALUE]
        : typeof value === "object"
          ? list.includes(value.of)
          : OR_SCALAR.includes(kind) && type === VALUE.u32;
    if (!fits) values.fail(`has a value of the wrong kind at ${key}`);
  }
}
