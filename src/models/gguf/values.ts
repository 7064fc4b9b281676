import { MedGemmaError } from "../../base/errors.js";
import type { GgufHeader, GgufTensor } from "./gguf.js";
import { TENSOR_TYPES, VALUE } from "./types.js";

/** ggml's number of the type. */
const F32 = 0;

/** Typed access to a header's metadata: what is missing or of the wrong kind is an error with the key's name. */
export class GgufValues {
  constructor(readonly header: GgufHeader) {}

  fail(what: string): never {
    const { file } = this.header;
    throw new MedGemmaError("gguf_invalid", `The header of ${file} ${what}.`, { facts: { file } });
  }

  /** For a file that is whole, and still none that can be used. */
  unsupported(what: string, remedy?: string): never {
    const { file } = this.header;
    throw new MedGemmaError("model_unsupported", `${file} ${what}.`, {
      facts: { file },
      ...(remedy !== undefined && { remedy }),
    });
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

  /**
   * One number for all layers, or a list with that of each (u32 or i32): llama.cpp builds every layer of a Gemma 3 with
   * those of the first, so all must be equal.
   */
  ofLayers(key: string, layers: number, least: number, most: number): number {
    return this.optionalOfLayers(key, layers, least, most) ?? this.fail(`lacks ${key}`);
  }

  optionalOfLayers(key: string, layers: number, least: number, most: number): number | undefined {
    const list = this.header.values.get(key)?.value;
    if (typeof list !== "object") return this.optionalWhole(key, least, most);
    const [first] = list.values ?? [];
    if ((list.of !== VALUE.u32 && list.of !== VALUE.i32) || list.length !== layers)
      this.fail(`has no list of ${layers} numbers at ${key}`);
    if (typeof first !== "number" || !(first >= least && first <= most))
      this.fail(`has numbers outside ${least}..${most} at ${key}`);
    if (list.values?.some((value) => value !== first))
      this.unsupported(`gives its layers different numbers at ${key}, which Gemma 3 and llama.cpp do not`);
    return first;
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
    const value = this.header.values.get(key)?.value;
    if (value === undefined) this.fail(`lacks ${key}`);
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

  /** A tensor of one of these shapes. Vectors are never quantised, nor halved: what adds and multiplies them takes F32 only. */
  tensor(name: string, ...shapes: readonly (readonly number[])[]): GgufTensor {
    return this.optionalTensor(name, ...shapes) ?? this.fail(`lacks the tensor ${name}`);
  }

  optionalTensor(name: string, ...shapes: readonly (readonly number[])[]): GgufTensor | undefined {
    const tensor = this.header.tensors.get(name);
    if (tensor === undefined) return undefined;
    const own = trimmed(tensor.shape).join("x");
    const fits = shapes.some((shape) => trimmed(shape).join("x") === own);
    if (!fits) this.fail(`gives ${name} the shape ${own}, which its other values contradict`);
    if (trimmed(tensor.shape).length === 1 && tensor.type !== F32)
      this.unsupported(
        `stores ${name} as ${TENSOR_TYPES.get(tensor.type)?.name}, which llama.cpp cannot compute with: norms and biases must be F32`,
      );
    return tensor;
  }
}

/** Without ones at the end, which say nothing. */
function trimmed(shape: readonly number[]): number[] {
  const sides = [...shape];
  while (sides.length > 1 && sides.at(-1) === 1) sides.pop();
  return sides;
}
