import { badOption } from "../../base/errors.js";
import { objectOption } from "../../base/options.js";
import { checkVector, type EmbeddingSpace, type VectorInput } from "../space.js";

/** What can be stored beside a vector and asked for in a filter. */
export type MetadataValue = string | number | boolean | null;
export type Metadata = Readonly<Record<string, MetadataValue>>;

/** One case to be found again. */
export interface IndexEntry {
  /** Yours; adding the same id again replaces the entry. Not the patient's number: the file is not encrypted. */
  readonly id: string;
  readonly vector: VectorInput;
  /** Defaults to `{}`. */
  readonly metadata?: Metadata | undefined;
}

/** An entry as the database takes it. */
export interface Row {
  readonly id: string;
  readonly metadata: string;
  /** A copy: the caller may go on with its own. */
  readonly vector: Float32Array;
  readonly space: EmbeddingSpace | undefined;
}

const MAX_ID = 1024;

/** A vector without a direction is as similar to all as to none. @throws MedGemmaError `bad_option`. */
export function checkDirection(values: Float32Array | readonly number[]): void {
  // As the database keeps them: what is too small for 32 bits is zero there.
  if (values.every((value) => Math.fround(value) === 0))
    throw badOption("vector", "a vector with a number that is not zero", values);
}

/** @throws MedGemmaError `bad_option`. */
export function toRow({ id, vector, metadata = {} }: IndexEntry): Row {
  checkId(id);
  checkMetadata("metadata", metadata);
  const { values, space } = checkVector(vector);
  checkDirection(values);
  return {
    id,
    metadata: JSON.stringify(metadata),
    vector: Float32Array.from(values),
    space,
  };
}

/** `[1,2,3]`: the database's parser is much faster than binding a value for each number. */
export function vectorText(values: Float32Array | readonly number[]): string {
  return `[${values.join(",")}]`;
}

export function checkId(id: unknown): asserts id is string {
  if (typeof id !== "string" || id === "" || id.length > MAX_ID) {
    throw badOption("id", `a string of 1 to ${MAX_ID} characters`, id);
  }
}

export function checkMetadata(name: string, metadata: unknown): void {
  for (const value of Object.values(objectOption(name, metadata))) {
    const plain = value === null || ["string", "boolean"].includes(typeof value) || Number.isFinite(value);
    if (!plain) throw badOption(name, "strings, numbers, booleans or null as values", value);
  }
}
