import { MedGemmaError } from "../errors.js";
import type { GgufHeader } from "./gguf.js";
import { quantizationOf } from "./gguf-model.js";
import { GgufValues } from "./gguf-values.js";

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
}

/**
 * Checks a projector's header as far as it can be known from it, and that it belongs to a model of `modelWidth`.
 * @throws MedGemmaError `model_as_projector`, `projector_mismatch`, `gguf_invalid`.
 */
export function projectorFacts(header: GgufHeader, modelWidth: number): ProjectorFacts {
  const values = new GgufValues(header);
  const { file } = header;
  if (values.text("general.architecture") !== "clip")
    throw new MedGemmaError("model_as_projector", undefined, { facts: { file } });
  const kind = values.text("clip.projector_type") ?? values.text("clip.vision.projector_type");
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
  values.flag("clip.use_gelu");
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
  values.noLayersFrom("v.blk.", layers);
  for (let i = 0; i < layers; i++) checkLayer(values, `v.blk.${i}`, width, hidden);
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
    weights: [...header.tensors.values()].reduce((sum, { bytes }) => sum + bytes, 0),
  };
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
