import { TENSOR_TYPES, VALUE } from "../../src/models/gguf/types.js";
import type { GgufEdit } from "./gguf-edit.js";

/** A whole file that says something else than a Gemma 3 file does. */
export interface OddFile {
  readonly how: string;
  readonly kind: "model" | "projector";
  /** `refused`: before llama.cpp sees it; `told`: it is loaded, and a warning says what is odd; `good`: neither. */
  readonly right: "refused" | "told" | "good";
  readonly edit: (file: GgufEdit) => void;
}

const { u32, f32, i32, u16, bool, string } = VALUE;
const F16 = 1;
const Q8_0 = 8;
const BF16 = 30;
const TOKENS = "tokenizer.ggml.tokens";
const TYPES = "tokenizer.ggml.token_type";
const NORMAL = 1;
const LAYERS = 6;

function retype(file: GgufEdit, type: number, ...words: readonly string[]): void {
  const texts = file.texts(TOKENS);
  const types = file.numbers(TYPES);
  for (const word of words) types[texts.indexOf(word)] = type;
  file.setList(TYPES, i32, types);
}

function fuse(file: GgufEdit, layer: number): void {
  const names = ["attn_q", "attn_k", "attn_v"].map((name) => `blk.${layer}.${name}.weight`);
  const parts = names.map((name) => file.tensor(name));
  const [{ shape, type } = { shape: [], type: 0 }] = parts;
  const rows = parts.reduce((sum, part) => sum + (part.shape[1] ?? 0), 0);
  file.remove(...names);
  file.tensors.set(`blk.${layer}.attn_qkv.weight`, {
    shape: [shape[0] ?? 0, rows],
    type,
    data: Buffer.concat(parts.map(({ data }) => data)),
  });
}

const model = (how: string, right: OddFile["right"], edit: OddFile["edit"]): OddFile => ({
  how,
  kind: "model",
  right,
  edit,
});
const projector = (how: string, right: OddFile["right"], edit: OddFile["edit"]): OddFile => ({
  how,
  kind: "projector",
  right,
  edit,
});
const number = (key: string, value: number, right: OddFile["right"] = "refused") =>
  model(`${key} ${value}`, right, (file) => file.set(`gemma3.${key}`, u32, value));
const real = (key: string, value: number, right: OddFile["right"]) =>
  model(`${key} ${value}`, right, (file) => file.set(`gemma3.${key}`, f32, value));

export const ODD_FILES: readonly OddFile[] = [
  model("nothing is odd", "good", () => undefined),
  // Tensors
  ...["blk.0.attn_norm", "blk.3.attn_q_norm", "output_norm", "blk.5.post_ffw_norm"].map((name) =>
    model(`${name} in F16`, "refused", (file) => file.halve(`${name}.weight`)),
  ),
  model("a tensor that nobody knows", "refused", (file) => file.add("blk.0.attn_sinks.weight", [4])),
  model("rope_freqs", "refused", (file) => file.add("rope_freqs.weight", [32])),
  model("an expert's tensor", "refused", (file) => file.add("blk.0.ffn_gate_inp.weight", [256, 4])),
  model("a picture encoder inside", "refused", (file) =>
    file.add("v.patch_embd.weight", [28, 28, 3, 256], F16).add("mm.input_projection.weight", [256, 256], F16),
  ),
  model("queries, keys and values in one matrix", "good", (file) => {
    for (let layer = 0; layer < LAYERS; layer++) fuse(file, layer);
  }),
  model("one layer with queries, keys and values in one matrix", "good", (file) => fuse(file, 2)),
  model("one matrix beside the three", "refused", (file) =>
    file.add("blk.0.attn_qkv.weight", [256, 512], F16),
  ),
  model("a bias of queries", "good", (file) => file.add("blk.0.attn_q.bias", [256])),
  model("a bias of queries in F16", "refused", (file) => file.add("blk.0.attn_q.bias", [256], F16)),
  model("a bias of another length", "refused", (file) => file.add("blk.0.attn_q.bias", [128])),
  model("a scale of queries", "good", (file) => {
    file.add("blk.0.attn_q.scale", [1]);
    file.tensor("blk.0.attn_q.scale").data.writeFloatLE(1);
  }),
  model("dense layers of an embedding model", "refused", (file) => file.add("dense_2.weight", [256, 256])),
  model("an output matrix", "good", (file) => {
    const { shape, type, data } = file.tensor("token_embd.weight");
    file.tensors.set("output.weight", { shape, type, data });
  }),
  model("a layer is missing", "refused", (file) => file.remove("blk.5.attn_q.weight")),
  model("no token table", "refused", (file) => file.remove("token_embd.weight")),
  ...[...TENSOR_TYPES.keys()].map((type) =>
    model(`matrices of type ${type}`, "good", (file) =>
      file.add("blk.0.attn_q.weight", [256, 256], type).add("token_embd.weight", [256, 1024], type),
    ),
  ),
  // Numbers
  number("rope.dimension_count", 63),
  number("rope.dimension_count", 0),
  number("rope.dimension_count", 128),
  number("rope.dimension_count", 32),
  number("rope.dimension_count", 64, "good"),
  number("rope.dimension_count_swa", 63),
  number("attention.key_length_swa", 32),
  number("attention.sliding_window_pattern", 0),
  number("attention.sliding_window_pattern", 1),
  number("attention.sliding_window_pattern", 2),
  number("attention.sliding_window_pattern", 6, "good"),
  model("a window in no layer", "refused", (file) =>
    file.setList("gemma3.attention.sliding_window_pattern", bool, Array(LAYERS).fill(false)),
  ),
  model("the usual windows as a list", "good", (file) =>
    file.setList("gemma3.attention.sliding_window_pattern", bool, [true, true, true, true, true, false]),
  ),
  model("windows as a list of texts", "refused", (file) =>
    file.setList("gemma3.attention.sliding_window_pattern", string, ["a", "b"]),
  ),
  number("expert_count", 1),
  number("expert_count", 4096),
  number("expert_count", 0, "good"),
  number("expert_used_count", 2),
  number("expert_group_count", 2),
  number("nextn_predict_layers", 1),
  number("nextn_predict_layers", 9),
  number("block_count", 513),
  number("block_count", 5),
  number("pooling_type", 1, "good"),
  number("embedding_length_out", 128, "good"),
  number("vocab_size", 900, "told"),
  number("vocab_size", 1024, "good"),
  number("attention.sliding_window", 0, "told"),
  number("attention.head_count", 0),
  number("attention.head_count_kv", 0),
  number("attention.head_count_kv", 3),
  model("numbers of heads as lists", "good", (file) =>
    file
      .setList("gemma3.attention.head_count", u32, Array(LAYERS).fill(4))
      .setList("gemma3.attention.head_count_kv", i32, Array(LAYERS).fill(2))
      .setList("gemma3.feed_forward_length", u32, Array(LAYERS).fill(640)),
  ),
  model("layers with different numbers of heads", "refused", (file) =>
    file.setList("gemma3.attention.head_count_kv", u32, [2, 2, 2, 1, 2, 2]),
  ),
  model("a list of heads that is too short", "refused", (file) =>
    file.setList("gemma3.attention.head_count", u32, [4, 4]),
  ),
  real("rope.freq_base_swa", 1e6, "told"),
  real("rope.freq_base", 1e4, "told"),
  real("rope.scaling.factor", 8, "good"),
  real("rope.scaling.factor", 0, "good"),
  real("rope.scaling.factor", -1, "refused"),
  real("rope.scaling.attn_factor", 2, "told"),
  real("final_logit_softcapping", 30, "told"),
  real("attention.layer_norm_rms_epsilon", 1e-2, "told"),
  model("a kind of rope scaling that nobody knows", "refused", (file) =>
    file.set("gemma3.rope.scaling.type", string, "dynamic"),
  ),
  model("YaRN", "told", (file) =>
    file.set("gemma3.rope.scaling.type", string, "yarn").set("gemma3.rope.scaling.factor", f32, 4),
  ),
  model("linear rope scaling", "good", (file) => file.set("gemma3.rope.scaling.type", string, "linear")),
  model("no causal mask", "refused", (file) => file.set("gemma3.attention.causal", bool, false)),
  // Values of the wrong kind
  ...(
    [
      ["general.name", u32],
      ["general.file_type", f32],
      ["gemma3.rope.scaling.finetuned", u32],
      ["gemma3.rope.scaling.original_context_length", f32],
      ["gemma3.attention.causal", u32],
      ["gemma3.pooling_type", bool],
      ["gemma3.expert_count", u16],
      ["tokenizer.ggml.pre", u32],
      ["tokenizer.ggml.remove_extra_whitespaces", u32],
      ["tokenizer.ggml.eom_token_id", i32],
      ["tokenizer.ggml.add_sep_token", u32],
      ["tokenizer.ggml.suppress_tokens", u32],
      ["tokenizer.ggml.token_type_count", string],
      ["gemma3.classifier.output_labels", u32],
      ["split.count", u32],
    ] as const
  ).map(([key, type]) => model(`${key} of another kind`, "refused", (file) => file.set(key, type, 0))),
  // Vocabulary
  model("a word twice", "refused", (file) => {
    const texts = file.texts(TOKENS);
    texts[900] = texts[901] ?? "";
    file.setList(TOKENS, string, texts);
  }),
  model("two empty words", "good", (file) => {
    const texts = file.texts(TOKENS);
    texts[900] = "";
    texts[901] = "";
    file.setList(TOKENS, string, texts);
  }),
  model("no kinds of words", "refused", (file) => file.delete(TYPES)),
  model("no scores", "refused", (file) => file.delete("tokenizer.ggml.scores")),
  model("fewer kinds than words", "refused", (file) => file.setList(TYPES, i32, [1, 1, 1])),
  model("<start_of_turn> is a normal word", "refused", (file) => retype(file, NORMAL, "<start_of_turn>")),
  model("<bos> is a normal word", "refused", (file) => retype(file, NORMAL, "<bos>")),
  model("<end_of_turn> is a normal word", "told", (file) => retype(file, NORMAL, "<end_of_turn>")),
  model("<start_of_image> is a normal word", "refused", (file) => retype(file, NORMAL, "<start_of_image>")),
  model("<start_of_image> is a user's word", "good", (file) => retype(file, 4, "<start_of_image>")),
  model("<unused94> is a normal word", "told", (file) => retype(file, NORMAL, "<unused94>", "<unused95>")),
  model("no <start_of_turn>", "refused", (file) => {
    const texts = file.texts(TOKENS);
    texts[texts.indexOf("<start_of_turn>")] = "<turn>";
    file.setList(TOKENS, string, texts);
  }),
  // Prompts begin with the word itself.
  model("another beginning", "told", (file) => file.set("tokenizer.ggml.bos_token_id", u32, 5)),
  model("another unknown", "told", (file) => file.set("tokenizer.ggml.unknown_token_id", u32, 5)),
  model("an end that is a word of text", "refused", (file) =>
    file.set("tokenizer.ggml.eos_token_id", u32, file.numbers(TYPES).lastIndexOf(NORMAL)),
  ),
  model("an end of turns that is a word of text", "refused", (file) =>
    file.set("tokenizer.ggml.eot_token_id", u32, file.numbers(TYPES).lastIndexOf(NORMAL)),
  ),
  model("an end that is another control word", "told", (file) =>
    file.set("tokenizer.ggml.eos_token_id", u32, file.texts(TOKENS).indexOf("<start_of_turn>")),
  ),
  model("the end of a turn as the end", "good", (file) =>
    file.set("tokenizer.ggml.eos_token_id", u32, file.texts(TOKENS).indexOf("<end_of_turn>")),
  ),
  model("ChatML's template", "told", (file) =>
    file.set(
      "tokenizer.chat_template",
      string,
      "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}",
    ),
  ),
  model("a template of both forms", "told", (file) =>
    file.set("tokenizer.chat_template", string, "<start_of_turn><end_of_turn>[INST]{{ messages }}[/INST]"),
  ),
  model("another writing of Gemma's template", "good", (file) =>
    file.set("tokenizer.chat_template", string, "{{ bos_token }}<start_of_turn>user\n{{ x }}<end_of_turn>\n"),
  ),
  model("no word about a space before texts", "told", (file) =>
    file.delete("tokenizer.ggml.add_space_prefix"),
  ),
  model("a space before texts", "told", (file) => file.set("tokenizer.ggml.add_space_prefix", bool, true)),
  model("another tokenizer", "refused", (file) => file.set("tokenizer.ggml.model", string, "gpt2")),
  model("no tokenizer", "refused", (file) => file.set("tokenizer.ggml.model", string, "none")),
  // Projectors
  projector("nothing is odd", "good", () => undefined),
  projector("use_gelu false", "refused", (file) => file.set("clip.use_gelu", bool, false)),
  projector("no use_gelu", "refused", (file) => file.delete("clip.use_gelu")),
  projector("use_silu", "refused", (file) => file.set("clip.use_silu", bool, true)),
  projector("its kind under the other name", "good", (file) =>
    file.delete("clip.projector_type").set("clip.vision.projector_type", string, "gemma3"),
  ),
  projector("a norm in F16", "refused", (file) => file.halve("v.blk.0.ln1.weight")),
  projector("a bias in F16", "refused", (file) => file.halve("v.blk.2.attn_q.bias")),
  projector("positions in F16", "refused", (file) => file.halve("v.position_embd.weight")),
  projector("mm.soft_emb_norm in F16", "refused", (file) => file.halve("mm.soft_emb_norm.weight")),
  ...[Q8_0, BF16, F16].map((type) =>
    projector(`mm.input_projection of type ${type}`, type === Q8_0 ? "refused" : "good", (file) =>
      file.add("mm.input_projection.weight", [256, 256], type),
    ),
  ),
  ...[BF16, F16].map((type) =>
    projector(`v.patch_embd of type ${type}`, type === BF16 ? "refused" : "good", (file) =>
      file.add("v.patch_embd.weight", [28, 28, 3, 256], type),
    ),
  ),
  projector("a matrix in Q8_0", "good", (file) => file.add("v.blk.0.attn_q.weight", [256, 256], Q8_0)),
  projector("a matrix in Q4_K", "good", (file) => file.add("v.blk.0.attn_q.weight", [256, 256], 12)),
  projector("a tensor that nobody knows", "refused", (file) => file.add("v.head.weight", [256])),
  projector("a norm before the layers", "refused", (file) => file.add("v.pre_ln.weight", [256])),
  projector("a class's embedding", "refused", (file) => file.add("v.class_embd", [256])),
  projector("an audio encoder", "refused", (file) => file.set("clip.has_audio_encoder", bool, true)),
  projector("fewer heads of keys", "refused", (file) =>
    file.set("clip.vision.attention.head_count_kv", u32, 2),
  ),
  projector("a head size of its own", "refused", (file) =>
    file.set("clip.vision.attention.head_dim", u32, 32),
  ),
  projector("layers that are picked", "refused", (file) =>
    file.setList("clip.vision.feature_layer", i32, [99]),
  ),
  projector("general.description of another kind", "refused", (file) =>
    file.set("general.description", u32, 0),
  ),
  projector("has_audio_encoder of another kind", "refused", (file) =>
    file.set("clip.has_audio_encoder", u32, 0),
  ),
  projector("minicpmv_version of another kind", "refused", (file) =>
    file.set("clip.minicpmv_version", f32, 0),
  ),
];
