import type { ModelFacts } from "./model-facts.js";
import type { GgufValues } from "./values.js";

/** The numbers that rules look at. */
export type Sizes = Pick<
  ModelFacts,
  | "layers"
  | "width"
  | "hidden"
  | "heads"
  | "keyValueHeads"
  | "keyLength"
  | "valueLength"
  | "vocabulary"
  | "trainedContext"
  | "slidingWindow"
>;

/** One thing that a header can say and Gemma 3 does not. */
export interface HeaderRule {
  /** `refuse` what llama.cpp aborts on, hangs in or refuses, and what cannot answer rightly; `warn` of what answers otherwise. */
  readonly verdict: "refuse" | "warn";
  /** The rest of a sentence that begins with the file's name; undefined when all is well. */
  readonly wrong: (values: GgufValues, sizes: Sizes) => string | undefined;
  /** What to do; defaults to the error's own. */
  readonly remedy?: string | undefined;
}

/** Of the sizes that were published, by their layers (config.json of google/gemma-3-* and google/medgemma-*). */
const PUBLISHED: Readonly<Record<number, { window: number; scale: number; context: number }>> = {
  18: { window: 512, scale: 1, context: 32_768 },
  26: { window: 512, scale: 1, context: 32_768 },
  34: { window: 1024, scale: 8, context: 131_072 },
  48: { window: 1024, scale: 8, context: 131_072 },
  62: { window: 1024, scale: 8, context: 131_072 },
};
const SCALING_TYPES = ["none", "linear", "yarn", "longrope"];
/** Five layers look through a window, the sixth sees all: `(layer + 1) % PATTERN`. */
const PATTERN = 6;
const FREQUENCY = 1e6;
const WINDOW_FREQUENCY = 1e4;
const EPSILON = 1e-6;
const CONVERT =
  "Convert the weights anew with a current llama.cpp, or take a file that `medgemma models` lists.";
const MERGED =
  "llama.cpp wants two files: `medgemma pull NAME` fetches both of a model that `medgemma models` lists.";

const whole = (values: GgufValues, key: string) => values.optionalWhole(`gemma3.${key}`, 0, 2 ** 32 - 1);
const real = (values: GgufValues, key: string) => values.optionalReal(`gemma3.${key}`, -1e30, 1e30);

/** A number that must be absent, or one of these. */
const only =
  (key: string, allowed: (sizes: Sizes) => number, what: string): HeaderRule["wrong"] =>
  (values, sizes) => {
    const given = whole(values, key);
    return given === undefined || given === allowed(sizes)
      ? undefined
      : `states ${given} at gemma3.${key}: ${what}`;
  };

/** A number that must be near the usual one; absent, llama.cpp takes `otherwise`. */
const usual =
  (key: string, expected: number, otherwise = expected): HeaderRule["wrong"] =>
  (values) => {
    const given = real(values, key) ?? otherwise;
    return Math.abs(given - expected) <= expected * 1e-3
      ? undefined
      : `has ${given} for gemma3.${key}, where Gemma 3 has ${expected}: its answers will differ`;
  };

/** Whether a file is what Ollama makes of a model and its projector; before anything else, for much in it is otherwise. */
export function refuseMerged(values: GgufValues): void {
  if ([...values.header.tensors.keys()].some((name) => /^(?:v|mm)\./.test(name)))
    values.unsupported("holds the picture encoder besides the language model, as Ollama's files do", MERGED);
}

export const MODEL_RULES: readonly HeaderRule[] = [
  ...["expert_count", "expert_used_count", "expert_group_count", "expert_group_used_count"].map(
    (key): HeaderRule => ({
      verdict: "refuse",
      wrong: (values) =>
        (values.header.values.get(`gemma3.${key}`)?.value ?? 0) === 0
          ? undefined
          : `states experts (gemma3.${key}), which Gemma 3 has not`,
    }),
  ),
  {
    verdict: "refuse",
    wrong: only("nextn_predict_layers", () => 0, "Gemma 3 has no layers that predict ahead"),
  },
  ...["rope.dimension_count", "rope.dimension_count_swa"].map(
    (key): HeaderRule => ({
      verdict: "refuse",
      wrong: only(key, ({ keyLength }) => keyLength, "Gemma 3 turns all dimensions of a head"),
    }),
  ),
  {
    verdict: "refuse",
    wrong: only(
      "attention.key_length_swa",
      ({ keyLength }) => keyLength,
      "the heads of all layers are equal",
    ),
  },
  {
    verdict: "refuse",
    wrong: only(
      "attention.value_length_swa",
      ({ valueLength }) => valueLength,
      "the heads of all layers are equal",
    ),
  },
  { verdict: "refuse", wrong: wrongPattern },
  {
    verdict: "refuse",
    wrong: (values) => {
      const type = values.text("gemma3.rope.scaling.type") ?? "linear";
      return SCALING_TYPES.includes(type)
        ? undefined
        : "names a kind of rope scaling (gemma3.rope.scaling.type) that llama.cpp does not know";
    },
    remedy: CONVERT,
  },
  {
    verdict: "refuse",
    wrong: (values) =>
      values.flag("gemma3.attention.causal") === false
        ? "lets each token see the ones behind it (gemma3.attention.causal): it encodes texts and cannot answer"
        : undefined,
  },
  {
    verdict: "warn",
    wrong: (values) =>
      values.flag("tokenizer.ggml.add_space_prefix") === false
        ? undefined
        : "does not say that no space goes before a text (tokenizer.ggml.add_space_prefix), as it is with Gemma 3; it is read so all the same",
  },
  {
    verdict: "warn",
    wrong: (values, { vocabulary }) => {
      const stated = values.optionalWhole("gemma3.vocab_size", 1, 2 ** 31 - 1) ?? vocabulary;
      return stated === vocabulary ? undefined : `states ${stated} words and has ${vocabulary}`;
    },
  },
  { verdict: "warn", wrong: wrongTemplate },
  { verdict: "warn", wrong: wrongScale },
  {
    verdict: "warn",
    wrong: (values) => {
      const type = values.text("gemma3.rope.scaling.type") ?? "linear";
      return type === "yarn" || type === "longrope"
        ? `scales positions by ${type}, where Gemma 3 does it linearly: its answers will differ`
        : undefined;
    },
  },
  { verdict: "warn", wrong: usual("rope.scaling.attn_factor", 1) },
  { verdict: "warn", wrong: usual("rope.freq_base", FREQUENCY, WINDOW_FREQUENCY) },
  { verdict: "warn", wrong: usual("rope.freq_base_swa", WINDOW_FREQUENCY) },
  { verdict: "warn", wrong: usual("attention.layer_norm_rms_epsilon", EPSILON) },
  { verdict: "warn", wrong: wrongWindow },
  {
    verdict: "warn",
    wrong: (values) =>
      (real(values, "final_logit_softcapping") ?? 0) === 0
        ? undefined
        : "caps its logits (gemma3.final_logit_softcapping), which Gemma 3 does not: its answers will differ",
  },
];

/** Applies a table's rules of one verdict. */
export function findWrong(
  rules: readonly HeaderRule[],
  verdict: HeaderRule["verdict"],
  values: GgufValues,
  sizes: Sizes,
): { wrong: string; remedy: string | undefined }[] {
  return rules.flatMap((rule) => {
    const wrong = rule.verdict === verdict ? rule.wrong(values, sizes) : undefined;
    return wrong === undefined ? [] : [{ wrong, remedy: rule.remedy }];
  });
}

/** Turns of ChatML, Llama 2 and 3, Alpaca, Vicuna, Zephyr and Phi. */
const OTHER_TURNS = /<\|\w+\|>|\[INST\]|###\s*(?:Instruction|Response|Human|User)|\b(?:USER|ASSISTANT):/;
const OWN_TURNS = ["<start_of_turn>", "<end_of_turn>"];

/** Prompts are written as MedGemma was trained; a file that brings another form was trained with that one, or is mixed up. */
function wrongTemplate(values: GgufValues): string | undefined {
  const template = values.text("tokenizer.chat_template") ?? "";
  if (template === "") return undefined;
  if (OWN_TURNS.every((turn) => template.includes(turn)) && !OTHER_TURNS.test(template)) return undefined;
  return "carries a chat template of another form than Gemma 3's turns (tokenizer.chat_template): prompts are written as MedGemma was trained, and answers will differ if this model was trained with its template";
}

function wrongPattern(values: GgufValues, { layers, slidingWindow }: Sizes): string | undefined {
  const given = values.header.values.get("gemma3.attention.sliding_window_pattern")?.value;
  if (given === undefined || slidingWindow === 0 || given === PATTERN) return undefined;
  const list = typeof given === "object" ? (given.values ?? []) : undefined;
  const fits = (layer: number) => Boolean(list?.[layer]) === ((layer + 1) % PATTERN !== 0);
  if (list?.length === layers && Array.from({ length: layers }, (_, layer) => fits(layer)).every(Boolean))
    return undefined;
  return "puts its sliding window into other layers (gemma3.attention.sliding_window_pattern) than Gemma 3, whose sixth of six sees all";
}

function wrongWindow(_: GgufValues, { layers, slidingWindow }: Sizes): string | undefined {
  const published = PUBLISHED[layers]?.window;
  if (slidingWindow === 0)
    return "states no sliding window (gemma3.attention.sliding_window), so that all layers see everything: its answers will differ";
  if (published === undefined || published === slidingWindow) return undefined;
  return `has a sliding window of ${slidingWindow}, where a Gemma 3 of ${layers} layers has ${published}: its answers will differ`;
}

/** Positions of the layers that see everything are divided by it; many files of the first weeks lack it. */
function wrongScale(values: GgufValues, { layers, trainedContext }: Sizes): string | undefined {
  const published = PUBLISHED[layers];
  if (published === undefined || trainedContext < published.context) return undefined;
  const stated = real(values, "rope.scaling.factor") ?? real(values, "rope.scale_linear") ?? 0;
  const linear = (values.text("gemma3.rope.scaling.type") ?? "linear") !== "none";
  const scale = linear && stated !== 0 ? stated : 1;
  if (scale === published.scale) return undefined;
  const what = stated === 0 ? "lacks gemma3.rope.scaling.factor" : `scales positions by ${scale}`;
  return `${what}, where a Gemma 3 of ${layers} layers has ${published.scale}: its answers will differ`;
}
