import { badOption, MedGemmaError } from "../base/errors.js";
import type { Fit } from "../image/fit.js";
import type { Pooling } from "./pool.js";

/** What a vector's numbers mean. Vectors of different spaces have nothing to do with each other. */
export interface EmbeddingSpace {
  /** sha256 of the projector's file, hex. */
  readonly projector: string;
  readonly pool: Pooling;
  /** True when the vector has length 1. */
  readonly normalized: boolean;
  /** Numbers in a vector. */
  readonly width: number;
  /** How pictures that are not square were fitted to the encoder. Absent in what was written before that was a choice: stretched. */
  readonly fit?: Fit | undefined;
}

/** A vector that says where it comes from. A result of `embed` is one. */
export interface SpacedVector {
  readonly vector: Float32Array;
  readonly space: EmbeddingSpace;
}

/** A result of `embed`, its `vector`, or numbers from elsewhere, whose space nobody knows. */
export type VectorInput = SpacedVector | Float32Array | readonly number[];

/** Vectors that `embed` made keep their space also without the result around them. */
const known = new WeakMap<object, EmbeddingSpace>();

export function rememberSpace(vector: Float32Array, space: EmbeddingSpace): void {
  known.set(vector, space);
}

export interface CheckedVector {
  readonly values: Float32Array | readonly number[];
  readonly space: EmbeddingSpace | undefined;
}

/** @throws MedGemmaError `bad_option`. */
export function checkVector(vector: VectorInput): CheckedVector {
  const result = vector !== null && typeof vector === "object" && "vector" in vector;
  const values = result ? vector.vector : vector;
  if (!(values instanceof Float32Array || Array.isArray(values)) || values.length === 0) {
    throw badOption("vector", "a result of embed() or an array of numbers", values);
  }
  for (const value of values as readonly unknown[]) {
    if (!Number.isFinite(value)) throw badOption("vector", "finite numbers", value);
  }
  const space = (result ? vector.space : undefined) ?? known.get(values);
  if (space !== undefined && space.width !== values.length) {
    throw badOption("vector", `${space.width} numbers, as its space says,`, values.length);
  }
  return { values, space };
}

const BEFORE_FIT = { fit: "stretch" } as const;

/** @throws MedGemmaError `space_mismatch` when the two cannot be compared; what is unknown is trusted. */
export function checkSpace(
  owner: string,
  expected: EmbeddingSpace | undefined,
  actual: EmbeddingSpace | undefined,
): void {
  if (expected === undefined || actual === undefined) return;
  const [one, other] = [
    { ...BEFORE_FIT, ...expected },
    { ...BEFORE_FIT, ...actual },
  ];
  const differ = (["projector", "pool", "normalized", "width", "fit"] as const).filter(
    (name) => one[name] !== other[name],
  );
  if (differ.length === 0) return;
  const words = {
    ...{ projector: "projector", pool: "pooling", normalized: "scaling", width: "width" },
    fit: "way of making pictures square",
  };
  throw new MedGemmaError(
    "space_mismatch",
    `The vector is of another ${differ.map((name) => words[name]).join(" and ")} than ${owner}.`,
    { facts: { differ } },
  );
}
