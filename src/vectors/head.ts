import { badOption, MedGemmaError } from "../base/errors.js";
import { readJsonFile } from "../base/files/read-text.js";
import { writeOutput } from "../base/files/write.js";
import { DRAFT_NOTICE } from "../base/notice.js";
import { plain } from "../base/options.js";
import { type LinearModel, probabilities } from "./logistic.js";
import { checkSpace, checkVector, type EmbeddingSpace, type VectorInput } from "./space.js";

export type HeadLabel = string | number | boolean;

/** What cross-validation said of one strength of the penalty. */
export interface StrengthReport {
  readonly strength: number;
  /** Mean negative log-probability of the true label on pictures that the fit had not seen; smaller is better. */
  readonly logLoss: number;
  /** Share of such pictures that are labelled rightly. */
  readonly accuracy: number;
}

/** How one classifier was made. */
export interface HeadFit {
  /** Of a multi-label head, the label that it is about. */
  readonly label: HeadLabel | undefined;
  readonly samples: number;
  /** 0 when there were too few pictures of a label for cross-validation; `strength` is then the default. */
  readonly folds: number;
  readonly strength: number;
  /** One entry a strength that was tried. */
  readonly crossValidation: readonly StrengthReport[];
}

export interface HeadPrediction {
  /** The likeliest label; of a multi-label head all labels with a probability of at least 0.5. */
  readonly label: HeadLabel | readonly HeadLabel[];
  /** In the order of `head.labels`. Add up to 1 except in a multi-label head. */
  readonly labels: readonly { readonly label: HeadLabel; readonly probability: number }[];
  readonly notice: string;
}

export interface HeadParts {
  readonly kind: "single" | "multi";
  readonly labels: readonly HeadLabel[];
  readonly space: EmbeddingSpace | undefined;
  readonly width: number;
  /** One; of a multi-label head one a label. */
  readonly models: readonly LinearModel[];
  readonly fits: readonly HeadFit[];
}

const FORMAT = "medgemma-head";
const SCHEMA_VERSION = 1;

/** A small classifier on embeddings. Made by {@link fitHead}; saved as JSON. */
export class Head {
  /** `single`: one label a picture. `multi`: any number of labels. */
  readonly kind: "single" | "multi";
  readonly labels: readonly HeadLabel[];
  /** Where its vectors come from; undefined when they did not say. */
  readonly space: EmbeddingSpace | undefined;
  readonly fits: readonly HeadFit[];
  readonly #width: number;
  readonly #models: readonly LinearModel[];

  /** @internal */
  constructor(parts: HeadParts) {
    this.kind = parts.kind;
    this.labels = parts.labels;
    this.space = parts.space;
    this.fits = parts.fits;
    this.#width = parts.width;
    this.#models = parts.models;
  }

  /** @throws MedGemmaError `bad_option`, `space_mismatch` for a vector of another projector or pooling. */
  predict(vector: VectorInput): HeadPrediction {
    const { values, space } = checkVector(vector);
    checkSpace("the head", this.space, space);
    if (values.length !== this.#width) throw badOption("vector", `${this.#width} numbers`, values.length);
    const row = Float64Array.from(values);
    const found = this.#models.map((model) => probabilities(model, row));
    const shares = this.kind === "multi" ? found.map(([, yes = 0]) => yes) : (found[0] ?? []);
    const labels = this.labels.map((label, index) => ({ label, probability: shares[index] ?? 0 }));
    const best = labels.reduce((a, b) => (b.probability > a.probability ? b : a));
    return {
      label:
        this.kind === "multi"
          ? labels.filter((it) => it.probability >= 0.5).map((it) => it.label)
          : best.label,
      labels,
      notice: DRAFT_NOTICE,
    };
  }

  toJSON(): object {
    const models = this.#models.map(({ mean, scale, weights, bias }) => ({
      mean: [...mean],
      scale: [...scale],
      weights: weights.map((each) => [...each]),
      bias,
    }));
    const { kind, labels, fits, space = null } = this;
    const width = this.#width;
    return { format: FORMAT, schemaVersion: SCHEMA_VERSION, kind, labels, width, space, fits, models };
  }

  /** Writes the head as JSON. Weights tell little of single pictures, but are made from patients: store them with care.
   * @throws MedGemmaError `output_failed`.
   */
  async save(file: string): Promise<void> {
    await writeOutput(file, `${JSON.stringify(this)}\n`, 0o600);
  }

  /** @throws MedGemmaError `file_not_found`, `text_unreadable`, `head_invalid`. */
  static async load(file: string): Promise<Head> {
    return Head.fromJSON(await readJsonFile(file, invalid));
  }

  /** @throws MedGemmaError `head_invalid`. */
  static fromJSON(value: unknown): Head {
    const json = plain("head", value ?? {}) as Partial<HeadJson>;
    if (json.format !== FORMAT) throw invalid("it is no head of this package");
    if (json.schemaVersion !== SCHEMA_VERSION) throw invalid(`its version is not ${SCHEMA_VERSION}`);
    const { kind, labels, width, models, fits = [], space } = json;
    if ((kind !== "single" && kind !== "multi") || !Array.isArray(labels) || labels.length < 1) {
      throw invalid("kind or labels are missing");
    }
    const wanted = kind === "multi" ? labels.length : 1;
    const outputs = kind === "multi" || labels.length === 2 ? 1 : labels.length;
    if (typeof width !== "number" || !Array.isArray(models) || models.length !== wanted) {
      throw invalid("width or models do not fit");
    }
    const read = models.map((model) => readModel(model, width, outputs));
    return new Head({ kind, labels, width, fits, space: space ?? undefined, models: read });
  }
}

interface HeadJson extends Omit<HeadParts, "space" | "models"> {
  readonly format: string;
  readonly schemaVersion: number;
  readonly space: EmbeddingSpace | null;
  readonly models: readonly {
    mean?: unknown;
    scale?: unknown;
    weights?: unknown;
    bias?: unknown;
  }[];
}

function readModel(model: HeadJson["models"][number], width: number, outputs: number): LinearModel {
  const { weights } = model;
  if (!Array.isArray(weights) || weights.length !== outputs) throw invalid("a row of weights is missing");
  return {
    mean: numbers(model.mean, width),
    scale: numbers(model.scale, width),
    weights: weights.map((row) => numbers(row, width)),
    bias: [...numbers(model.bias, outputs)],
  };
}

function numbers(value: unknown, count: number): Float64Array {
  if (!Array.isArray(value) || value.length !== count || !value.every((it) => Number.isFinite(it))) {
    throw invalid("numbers are missing or none");
  }
  return Float64Array.from(value as number[]);
}

function invalid(why: string): MedGemmaError {
  return new MedGemmaError("head_invalid", `The head cannot be used: ${why}.`);
}
