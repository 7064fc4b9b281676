import { badOption, MedGemmaError } from "../../../base/errors.js";
import { checkNames, checkSignal } from "../../../base/options.js";
import { checkFit } from "../../../image/fit.js";
import type { ImageInput } from "../../../image/input.js";
import { POOLINGS, type Pooling, poolTokens, toUnitLength } from "../../../vectors/pool.js";
import { type EmbeddingSpace, rememberSpace } from "../../../vectors/space.js";
import type { AskOptions } from "../../run/ask-options.js";
import { toContent } from "../../run/conversation.js";
import { type LoadedModel, noticeOf } from "../../run/loaded-model.js";
import { readContent, type StudyNote } from "../../run/pictures.js";
import { makeProvenance } from "../../run/provenance.js";
import type { Provenance } from "../../run/result.js";

export interface EmbedOptions extends Pick<AskOptions, "limits" | "study" | "fit" | "signal"> {
  /**
   * How the projector's tokens become one vector: each component's largest value (`max`), its mean, both, or the largest
   * values of each quarter of the picture (`quarters`, four times as long). `quarters` also tells where something is:
   * the best for `fitHead`; docs/tasks/embed.md has figures. Defaults to `"max"`.
   */
  pool?: Pooling | undefined;
  /** Scales the vector to length 1, so that a dot product is the cosine. Defaults to `true`. */
  normalize?: boolean | undefined;
  /** Also gives the projector's tokens themselves, in `matrix`. Defaults to `false`. */
  tokens?: boolean | undefined;
  /** Called with 0..1 after each layer of the encoder. */
  onProgress?: ((share: number) => void) | undefined;
}

/** One picture as numbers. Similar pictures have similar vectors; the picture can partly be told from them. */
export interface EmbedResult {
  /** One vector for the picture, as long as `space.width`. */
  readonly vector: Float32Array;
  /** Vectors can only be compared within one space: same projector, same pooling. */
  readonly space: EmbeddingSpace;
  /** The projector's tokens, row by row, when `tokens` was asked for. */
  readonly matrix: TokenMatrix | undefined;
  /** sha256 over pixels, projector and preprocessing: the same for the same picture. Hex. */
  readonly key: string;
  readonly usage: { readonly imageTokens: number };
  /** Milliseconds. */
  readonly timings: {
    readonly load: number;
    readonly read: number;
    readonly encode: number;
    readonly total: number;
  };
  readonly provenance: Provenance;
  readonly studies: readonly StudyNote[];
  readonly notice: string;
}

export interface TokenMatrix {
  readonly rows: number;
  readonly columns: number;
  /** `rows * columns`, row by row. */
  readonly values: Float32Array;
}

const NAMES = ["pool", "normalize", "tokens", "limits", "study", "fit", "signal", "onProgress"];

/** @see MedGemma.embed */
export async function embed(
  model: LoadedModel,
  image: ImageInput,
  options: EmbedOptions,
): Promise<EmbedResult> {
  const started = performance.now();
  checkOptions(options);
  const { pool = "max", normalize = true, tokens = false, signal, onProgress } = options;
  const { engine } = model;
  const { projector } = engine.info;
  if (projector === undefined) throw new MedGemmaError("projector_missing");
  const read = await readContent(toContent(image, []), model, options);
  const pictures = read.content.flatMap((part) => (part.type === "image" ? [part.image] : []));
  const [picture] = pictures;
  if (picture === undefined || pictures.length > 1) {
    throw new MedGemmaError("bad_option", `Expected one picture to embed but received ${pictures.length}.`, {
      facts: { option: "image", pictures: pictures.length },
      remedy: "Embed pictures, or slices of a series, one by one.",
    });
  }
  const readTime = performance.now() - started;
  const encoded = await engine.encode(picture, {
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  });
  const { values, tokens: rows, width: columns, key } = encoded;
  const pooled = poolTokens(values, rows, columns, pool);
  const vector = normalize ? toUnitLength(pooled) : pooled;
  const space = {
    projector: projector.file.sha256,
    ...{ pool, normalized: normalize, width: vector.length, fit: options.fit ?? model.fit },
  };
  rememberSpace(vector, space);
  const turn = { role: "user" as const, content: read.content };
  return {
    vector,
    space,
    matrix: tokens ? { rows, columns, values: Float32Array.from(values) } : undefined,
    key,
    usage: { imageTokens: rows },
    timings: {
      load: engine.info.loadTime,
      read: readTime,
      encode: performance.now() - started - readTime,
      total: performance.now() - started,
    },
    provenance: makeProvenance(engine.info, [turn], { preset: "embed", version: 1 }, {}, 0),
    studies: read.studies,
    notice: noticeOf(model),
  };
}

function checkOptions(options: EmbedOptions): void {
  checkNames("embed", options, NAMES);
  const { pool, onProgress } = options;
  if (pool !== undefined && !POOLINGS.includes(pool)) {
    throw badOption("pool", '"max", "mean", "mean+max" or "quarters"', pool);
  }
  for (const name of ["normalize", "tokens"] as const) {
    const value = options[name];
    if (value !== undefined && typeof value !== "boolean") throw badOption(name, "true or false", value);
  }
  if (onProgress !== undefined && typeof onProgress !== "function") {
    throw badOption("onProgress", "a function", onProgress);
  }
  checkFit(options.fit);
  checkSignal(options.signal);
}
