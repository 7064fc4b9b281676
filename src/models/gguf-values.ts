import { MedGemmaError } from "../errors.js";
import type { GgufHeader, GgufTensor } from "./gguf.js";
import { TENSOR_TYPES, VALUE } from "./gguf-types.js";

/** Typed access to a header's metadata: what is missing or of the wrong kind is an error with the key's name. */
export class GgufValues {
  constructor(readonly header: GgufHeader) {}

  fail(what: string): never {
    const { file } = this.header;
    throw new MedGemmaError("gguf_invalid", `The header of ${file} ${what}.`, { facts: { file } });
  }

  text(key: string): string | undefined {
    const given = this.header.values.get(key);
    if (given === undefined) return undefined;
    return typeof given.value === "string" ? given.value : this.fail(`has no text at ${key}`);
  }

  /** A whole number as llama.cpp wants it: u32 of at least `least`, at most `most`. */
  whole(key: string, least: number, most: number): number {
    return this.optionalWhole(key, least, most) ?? this.fail(`lacks ${key}`);
  }

  optionalWhole(key: string, least: number, most: number): number | undefined {
    const given = this.header.values.get(key);
    if (given === undefined) return undefined;
    const { type, value } = given;
    if (type !== VALUE.u32 || typeof value !== "number" || value < least || value > most)
      this.fail(`has no number of ${least}..${most} at ${key}`);
    return value;
  }

  /** A float32 within bounds. */
  real(key: string, least: number, most: number): number {
    return this.optionalReal(key, least, most) ?? this.fail(`lacks ${key}`);
  }

  optionalReal(key: string, least: number, most: number): number | undefined {
    const given = this.header.values.get(key);
    if (given === undefined) return undefined;
    const { type, value } = given;
    if (type !== VALUE.f32 || typeof value !== "number" || !(value >= least && value <= most))
      this.fail(`has no number of ${least}..${most} at ${key}`);
    return value;
  }

  flag(key: string): boolean | undefined {
    const given = this.header.values.get(key);
    if (given === undefined) return undefined;
    return typeof given.value === "boolean" ? given.value : this.fail(`has no flag at ${key}`);
  }

  /** Length of a list of one type. */
  length(key: string, of: number): number {
    return this.optionalLength(key, of) ?? this.fail(`lacks ${key}`);
  }

  optionalLength(key: string, of: number): number | undefined {
    const given = this.header.values.get(key);
    if (given === undefined) return undefined;
    const { value } = given;
    if (typeof value !== "object" || value.of !== of) this.fail(`has no list of the right kind at ${key}`);
    return value.length;
  }

  numbers(key: string): readonly number[] {
    const given = this.header.values.get(key);
    if (typeof given?.value !== "object" || given.value.of !== VALUE.f32)
      this.fail(`has no numbers at ${key}`);
    return (given.value.values ?? []) as readonly number[];
  }

  /** Layers that the header does not count would be left out, and the answers be others. */
  noLayersFrom(prefix: string, count: number): void {
    for (const name of this.header.tensors.keys()) {
      if (!name.startsWith(prefix)) continue;
      const layer = Number.parseInt(name.slice(prefix.length), 10);
      if (!(layer < count)) this.fail(`counts ${count} layers and has the tensor ${name}`);
    }
  }

  /** A tensor of one of these shapes. Vectors are never quantised: the code that adds them takes plain numbers only. */
  tensor(name: string, ...shapes: readonly (readonly number[])[]): GgufTensor {
    return this.optionalTensor(name, ...shapes) ?? this.fail(`lacks the tensor ${name}`);
  }

  optionalTensor(name: string, ...shapes: readonly (readonly number[])[]): GgufTensor | undefined {
    const tensor = this.header.tensors.get(name);
    if (tensor === undefined) return undefined;
    const own = trimmed(tensor.shape).join("x");
    const fits = shapes.some((shape) => trimmed(shape).join("x") === own);
    if (!fits) this.fail(`gives ${name} the shape ${own}, which its other values contradict`);
    const plain = (TENSOR_TYPES.get(tensor.type)?.block ?? 0) === 1;
    if (trimmed(tensor.shape).length === 1 && !plain) this.fail(`stores ${name} in a type it cannot have`);
    return tensor;
  }
}

/** Without ones at the end, which say nothing. */
function trimmed(shape: readonly number[]): number[] {
  const sides = [...shape];
  while (sides.length > 1 && sides.at(-1) === 1) sides.pop();
  return sides;
}
