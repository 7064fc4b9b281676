import { MedGemmaError } from "../../base/errors.js";
import type { GgufHeader } from "./gguf.js";
import { checkKinds, PROJECTOR_KINDS } from "./kinds.js";
import { kindOf, type ModelKind, namesOf } from "./lineage.js";
import { quantizationOf } from "./model.js";
import { TENSOR_TYPES } from "./types.js";
import { GgufValues } from "./values.js";

/** What a projector's file says of itself, checked against itself. */
export interface ProjectorFacts {
  /** Base name of the file. */
  readonly file: string;
  readonly bytes: number;
  readonly quantization: string;
  /** Pixels a side of the square that is encoded, and of its patches. */
  readonly imageSize: number;
  readonly patchSize: number;
  readonly layers: number;
  readonly width: number;
  readonly hidden: number;
  readonly heads: number;
  /** Width of what comes out; must be the model's. */
  readonly outputWidth: number;
  /** Soft tokens of a picture. */
  readonly imageTokens: number;
  /** Bytes of all tensors. */
  readonly weights: number;
  /** Which model it names itself for. */
  readonly kind: ModelKind;
}

/** SigLIP's as mtmd names them; the rest of a layer's tensors have a weight and a bias. */
const LAYER_TENSORS = ["attn_q", "attn_k", "attn_v", "attn_out", "ln1", "ln2", "ffn_up", "ffn_down"];
const OTHER_TENSORS = [
  "v.patch_embd.weight",
  "v.patch_embd.bias",
  "v.position_embd.weight",
  "v.post_ln.weight",
  "v.post_ln.bias",
  "mm.soft_emb_norm.weight",
  "mm.input_projection.weight",
];
const CONVERT =
  "Convert the projector anew with a current llama.cpp (`convert_hf_to_gguf.py --mmproj`), or take one that `medgemma models` lists.";
/** Types (ggml's numbers) of the tensors that clip.cpp adds, unrolls and turns round; of others it aborts. */
const TYPES: Readonly<Record<string, readonly number[]>> = {
  "v.position_embd.weight": [0],
  "v.patch_embd.weight": [0, 1],
  "mm.input_projection.weight": [0, 1, 30],
};

/**
 * Checks a projector's header as far as it can be known from it, and that it belongs to a model of `modelWidth`.
 * @throws MedGemmaError `model_as_projector`, `projector_mismatch`, `model_unsupported`, `gguf_invalid`.
 */
export function projectorFacts(header: GgufHeader, modelWidth: number): ProjectorFacts {
  const values = new GgufValues(header);
  const { file } = header;
  const architecture = header.values.get("general.architecture")?.value;
  if (architecture !== "clip") throw new MedGemmaError("model_as_projector", undefined, { facts: { file } });
  checkKinds(values, PROJECTOR_KINDS);
  // As clip.cpp does: an empty text counts as none.
  const kind = values.text("clip.projector_type") || values.text("clip.vision.projector_type");
  if (values.flag("clip.has_vision_encoder") !== true || kind !== "gemma3")
    throw new MedGemmaError("projector_mismatch", "The projector is not a Gemma 3 vision projector.", {
      facts: { file },
    });

  const whole = (key: string, most: number) => values.whole(`clip.vision.${key}`, 1, most);
  const imageSize = whole("image_size", 8192);
  const patchSize = whole("patch_size", 1024);
  const width = whole("embedding_length", 65_536);
  const hidden = whole("feed_forward_length", 1 << 20);
  const layers = whole("block_count", 512);
  const heads = whole("attention.head_count", 1024);
  const outputWidth = whole("projection_dim", 65_536);
  checkWidth(outputWidth, modelWidth);
  const merge = values.optionalWhole("clip.vision.projector.scale_factor", 1, 64) ?? 4;
  values.real("clip.vision.attention.layer_norm_epsilon", 0, 1);
  refuseOthers(values, heads, width);
  for (const key of ["image_mean", "image_std"]) {
    const numbers = values.numbers(`clip.vision.${key}`);
    const usable = (x: number) => Number.isFinite(x) && (key === "image_mean" || x > 0);
    if (numbers.length !== 3 || !numbers.every(usable)) values.fail(`has no three usable numbers at ${key}`);
  }
  const side = imageSize / patchSize;
  if (!Number.isInteger(side) || side % merge !== 0)
    values.fail("has patches that do not divide the picture");
  if (width % heads !== 0) values.fail("has heads that do not divide");

  values.tensor("v.patch_embd.weight", [patchSize, patchSize, 3, width]);
  values.tensor("v.patch_embd.bias", [width]);
  values.tensor("v.position_embd.weight", [width, side * side]);
  for (const name of ["v.post_ln.weight", "v.post_ln.bias", "mm.soft_emb_norm.weight"])
    values.tensor(name, [width]);
  values.tensor("mm.input_projection.weight", [outputWidth, width]);
  checkTypes(values);
  values.noLayersFrom("v.blk.", layers);
  for (let i = 0; i < layers; i++) checkLayer(values, `v.blk.${i}`, width, hidden);
  refuseUnknownTensors(values);
  return {
    file,
    bytes: header.bytes,
    quantization: quantizationOf(values),
    imageSize,
    patchSize,
    layers,
    width,
    hidden,
    heads,
    outputWidth,
    imageTokens: (side / merge) ** 2,
    kind: kindOf(namesOf(header), file),
    weights: [...header.tensors.values()].reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** What clip.cpp computes otherwise, or aborts on, where a header says it. */
function refuseOthers(values: GgufValues, heads: number, width: number): void {
  if (values.flag("clip.use_gelu") !== true || values.flag("clip.use_silu") === true)
    values.unsupported(
      "does not say clip.use_gelu, the activation that Gemma 3's picture encoder was trained with",
      CONVERT,
    );
  for (const key of ["clip.has_audio_encoder", "clip.has_gen_audio_encoder"])
    if (values.flag(key) === true)
      values.unsupported(`holds an encoder of sounds (${key}), which Gemma 3 has not`);
  for (const [key, usual] of [
    ["attention.head_count_kv", heads],
    ["attention.head_dim", width / heads],
  ] as const) {
    const given = values.optionalWhole(`clip.vision.${key}`, 0, 2 ** 32 - 1) ?? usual;
    if (given !== usual)
      values.unsupported(`states ${given} at clip.vision.${key}, where Gemma 3 has ${usual}`);
  }
  const picked = values.header.values.get("clip.vision.feature_layer")?.value;
  if (typeof picked === "object" && picked.length > 0)
    values.unsupported("picks single layers (clip.vision.feature_layer), which Gemma 3 does not");
}

function checkTypes(values: GgufValues): void {
  for (const [name, types] of Object.entries(TYPES)) {
    const { type } = values.header.tensors.get(name) ?? {};
    if (type === undefined || types.includes(type)) continue;
    const [given, ...fitting] = [type, ...types].map((it) => TENSOR_TYPES.get(it)?.name);
    values.unsupported(
      `stores ${name} as ${given}, and llama.cpp can use ${fitting.join(" or ")} only`,
      CONVERT,
    );
  }
}

/** Some llama.cpp would compute with, others leave out without a word. */
function refuseUnknownTensors(values: GgufValues): void {
  const known = new RegExp(`^v\\.blk\\.\\d+\\.(?:${LAYER_TENSORS.join("|")})\\.(?:weight|bias)$`);
  for (const name of values.header.tensors.keys())
    if (!known.test(name) && !OTHER_TENSORS.includes(name))
      values.unsupported(
        `has the tensor ${/^[\w.-]+$/.test(name) ? name : "with an unreadable name"}, which Gemma 3's picture encoder has not`,
      );
}

function checkLayer(values: GgufValues, layer: string, width: number, hidden: number): void {
  for (const name of ["attn_q", "attn_k", "attn_v", "attn_out"]) {
    values.tensor(`${layer}.${name}.weight`, [width, width]);
    values.tensor(`${layer}.${name}.bias`, [width]);
  }
  for (const name of ["ln1", "ln2"]) {
    values.tensor(`${layer}.${name}.weight`, [width]);
    values.tensor(`${layer}.${name}.bias`, [width]);
  }
  // Early files call the first matrix of the MLP "down".
  const up = values.tensor(`${layer}.ffn_up.weight`, [width, hidden], [hidden, width]);
  const swapped = width !== hidden && up.shape[0] === hidden;
  values.tensor(`${layer}.ffn_down.weight`, swapped ? [width, hidden] : [hidden, width]);
  values.tensor(`${layer}.ffn_up.bias`, [swapped ? width : hidden]);
  values.tensor(`${layer}.ffn_down.bias`, [swapped ? hidden : width]);
}

/** The first thing told of a projector of another model, before what else differs in it. */
function checkWidth(projectorWidth: number, modelWidth: number): void {
  if (projectorWidth === modelWidth) return;
  throw new MedGemmaError(
    "projector_mismatch",
    `The projector's width is ${projectorWidth}, the model's is ${modelWidth}.`,
    { facts: { projectorWidth, modelWidth } },
  );
}
