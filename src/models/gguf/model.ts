import { MedGemmaError } from "../../base/errors.js";
import type { GgufHeader } from "./gguf.js";
import { checkKinds, MODEL_KINDS } from "./kinds.js";
import { kindOf, namesOf } from "./lineage.js";
import type { ModelFacts } from "./model-facts.js";
import { findWrong, MODEL_RULES, refuseMerged } from "./model-rules.js";
import { claimTensors } from "./tensors.js";
import { FILE_TYPES, VALUE } from "./types.js";
import { GgufValues } from "./values.js";

/** By the number of layers. */
const SIZES: Readonly<Record<number, string>> = { 18: "270M", 26: "1B", 34: "4B", 48: "12B", 62: "27B" };

/** llama.cpp's. */
const MOST_LAYERS = 512;
/** Below, not even a short question and its frame would fit. */
const LEAST_CONTEXT = 64;

/**
 * Checks a language model's header as far as it can be known from it, so that llama.cpp meets no contradiction.
 * @throws MedGemmaError `projector_as_model`, `not_gemma3`, `model_unsupported`, `gguf_invalid`.
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

  refuseMerged(values);
  checkKinds(values, MODEL_KINDS);
  const sizes = sizesOf(values);
  for (const { wrong, remedy } of findWrong(MODEL_RULES, "refuse", values, sizes))
    values.unsupported(wrong, remedy);
  const { embedding, layers, tied } = claimTensors(values, sizes);
  const all = [...header.tensors.values()];
  return {
    file,
    bytes: header.bytes,
    name: values.text("general.name") ?? "",
    architecture: "gemma3",
    quantization: quantizationOf(values),
    parameters: all.reduce((sum, { shape }) => sum + shape.reduce((product, side) => product * side, 1), 0),
    ...sizes,
    chatTemplate: (values.text("tokenizer.chat_template") ?? "") !== "",
    weights: { total: all.reduce((sum, { bytes }) => sum + bytes, 0), embedding, layers },
    tied,
    kind: kindOf(namesOf(header), file, SIZES[sizes.layers]),
  };
}

/** The numbers that a model is built by. */
function sizesOf(values: GgufValues) {
  const whole = (key: string, most: number) => values.whole(`gemma3.${key}`, 1, most);
  const layers = whole("block_count", MOST_LAYERS);
  const width = whole("embedding_length", 65_536);
  const hidden = values.ofLayers("gemma3.feed_forward_length", layers, 1, 1 << 20);
  const heads = values.ofLayers("gemma3.attention.head_count", layers, 1, 1024);
  const keyValueHeads = values.optionalOfLayers("gemma3.attention.head_count_kv", layers, 1, heads) ?? heads;
  const keyLength = values.optionalWhole("gemma3.attention.key_length", 2, 4096) ?? Math.floor(width / heads);
  const valueLength =
    values.optionalWhole("gemma3.attention.value_length", 2, 4096) ?? Math.floor(width / heads);
  const trainedContext = values.whole("gemma3.context_length", LEAST_CONTEXT, 2 ** 31 - 1);
  const slidingWindow = values.optionalWhole("gemma3.attention.sliding_window", 0, trainedContext) ?? 0;
  if (heads % keyValueHeads !== 0 || keyLength % 2 !== 0) values.fail("has heads that do not divide");
  values.real("gemma3.attention.layer_norm_rms_epsilon", 0, 1);
  values.optionalReal("gemma3.rope.freq_base", 1, 1e12);
  values.optionalReal("gemma3.rope.freq_base_swa", 1, 1e12);
  values.optionalReal("gemma3.rope.scaling.factor", 0, 1e6);
  const vocabulary = checkVocabulary(values);
  return {
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
  };
}

/** @returns the number of words. */
function checkVocabulary(values: GgufValues): number {
  const count = values.length("tokenizer.ggml.tokens", VALUE.string);
  if (count < 1) values.fail("has no vocabulary");
  for (const key of ["scores", "token_type"]) {
    const list = values.header.values.get(`tokenizer.ggml.${key}`)?.value;
    if (typeof list === "object" && list.length < count)
      values.fail(`has a tokenizer.ggml.${key} of another length`);
  }
  if (values.text("tokenizer.ggml.model") !== "llama") values.fail("names a tokenizer that is not Gemma 3's");
  for (const key of ["bos", "eos", "unknown", "padding", "eot"])
    values.optionalWhole(`tokenizer.ggml.${key}_token_id`, 0, count - 1);
  return count;
}

export function quantizationOf(values: GgufValues): string {
  const type = values.optionalWhole("general.file_type", 0, 2 ** 31 - 1);
  return (type !== undefined && FILE_TYPES[type]) || "unknown";
}

const shown = (architecture: string) =>
  /^[a-z0-9_-]{1,32}$/i.test(architecture) ? architecture : architecture === "" ? "not named" : "unreadable";
