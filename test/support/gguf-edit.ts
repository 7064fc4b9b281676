import { readFileSync } from "node:fs";
import { TENSOR_TYPES, VALUE, VALUE_BYTES } from "../../src/models/gguf/types.js";

export type Scalar = number | bigint | boolean | string;

interface Pair {
  readonly type: number;
  readonly bytes: Buffer;
}

export interface EditedTensor {
  shape: number[];
  type: number;
  data: Buffer;
}

const ALIGNMENT = 32;
const F32 = 0;
const F16 = 1;

/** A whole GGUF file in memory that can be written again with other values and tensors: each as a writer would do it. */
export class GgufEdit {
  readonly values = new Map<string, Pair>();
  readonly tensors = new Map<string, EditedTensor>();

  constructor(file: string) {
    const bytes = readFileSync(file);
    const reader = new Reader(bytes);
    const tensorCount = reader.u64(8);
    const pairCount = reader.u64(16);
    reader.at = 24;
    for (let i = 0; i < pairCount; i++) {
      const key = reader.string();
      const type = reader.u32();
      const start = reader.at;
      reader.skip(type);
      this.values.set(key, { type, bytes: bytes.subarray(start, reader.at) });
    }
    const entries = Array.from({ length: tensorCount }, () => reader.tensor());
    const data = aligned(reader.at);
    for (const { name, shape, type, offset } of entries) {
      const start = data + offset;
      this.tensors.set(name, { shape, type, data: bytes.subarray(start, start + sizeOf(shape, type)) });
    }
  }

  set(key: string, type: number, value: Scalar): this {
    this.values.set(key, { type, bytes: encode(type, value) });
    return this;
  }

  setList(key: string, type: number, list: readonly Scalar[]): this {
    const head = Buffer.alloc(12);
    head.writeUInt32LE(type, 0);
    head.writeBigUInt64LE(BigInt(list.length), 4);
    const bytes = Buffer.concat([head, ...list.map((value) => encode(type, value))]);
    this.values.set(key, { type: VALUE.array, bytes });
    return this;
  }

  delete(...keys: readonly string[]): this {
    for (const key of keys) if (!this.values.delete(key)) throw new Error(`There is no ${key}.`);
    return this;
  }

  /** Of a list of texts. */
  texts(key: string): string[] {
    const { bytes } = this.values.get(key) ?? { bytes: Buffer.alloc(12) };
    const reader = new Reader(bytes);
    reader.at = 12;
    return Array.from({ length: reader.u64(4) }, () => reader.string());
  }

  /** Of a list of int32. */
  numbers(key: string): number[] {
    const { bytes } = this.values.get(key) ?? { bytes: Buffer.alloc(12) };
    return Array.from({ length: new Reader(bytes).u64(4) }, (_, i) => bytes.readInt32LE(12 + 4 * i));
  }

  tensor(name: string): EditedTensor {
    const tensor = this.tensors.get(name);
    if (tensor === undefined) throw new Error(`There is no ${name}.`);
    return tensor;
  }

  remove(...names: readonly string[]): this {
    for (const name of names) if (!this.tensors.delete(name)) throw new Error(`There is no ${name}.`);
    return this;
  }

  /** A tensor of zeros. */
  add(name: string, shape: number[], type = F32): this {
    this.tensors.set(name, { shape, type, data: Buffer.alloc(sizeOf(shape, type)) });
    return this;
  }

  /** Of plain float32, stored again in half the bytes: zeros, for only the type is of interest. */
  halve(name: string): this {
    const { shape } = this.tensor(name);
    return this.add(name, shape, F16);
  }

  /** @param names Which tensors; defaults to all. */
  bytes(names: readonly string[] = [...this.tensors.keys()]): Buffer {
    const parts: Buffer[] = [Buffer.from("GGUF"), u32(3), u64(names.length), u64(this.values.size)];
    for (const [key, { type, bytes }] of this.values) parts.push(encode(VALUE.string, key), u32(type), bytes);
    let offset = 0;
    for (const name of names) {
      const { shape, type, data } = this.tensor(name);
      parts.push(encode(VALUE.string, name), u32(shape.length), ...shape.map(u64), u32(type), u64(offset));
      offset = aligned(offset + data.length);
    }
    const head = Buffer.concat(parts);
    const out = Buffer.alloc(aligned(head.length) + offset);
    head.copy(out);
    let at = aligned(head.length);
    for (const name of names) {
      const { data } = this.tensor(name);
      data.copy(out, at);
      at = aligned(at + data.length);
    }
    return out;
  }
}

class Reader {
  at = 0;

  constructor(readonly bytes: Buffer) {}

  u64(at: number): number {
    return Number(this.bytes.readBigUInt64LE(at));
  }

  u32(): number {
    this.at += 4;
    return this.bytes.readUInt32LE(this.at - 4);
  }

  long(): number {
    this.at += 8;
    return this.u64(this.at - 8);
  }

  string(): string {
    const length = this.long();
    this.at += length;
    return this.bytes.toString("utf8", this.at - length, this.at);
  }

  skip(type: number): void {
    if (type === VALUE.string) this.at += this.u64(this.at) + 8;
    else if (type !== VALUE.array) this.at += VALUE_BYTES[type] ?? 0;
    else {
      const of = this.u32();
      const length = this.long();
      for (let i = 0; i < length; i++) this.skip(of);
    }
  }

  tensor(): { name: string; shape: number[]; type: number; offset: number } {
    const name = this.string();
    const shape = Array.from({ length: this.u32() }, () => this.long());
    return { name, shape, type: this.u32(), offset: this.long() };
  }
}

function aligned(at: number): number {
  return Math.ceil(at / ALIGNMENT) * ALIGNMENT;
}

function sizeOf(shape: readonly number[], type: number): number {
  const kind = TENSOR_TYPES.get(type);
  if (kind === undefined) throw new Error(`There is no type ${type}.`);
  return (shape.reduce((product, side) => product * side, 1) / kind.block) * kind.bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function encode(type: number, value: Scalar): Buffer {
  if (type === VALUE.string) {
    const text = Buffer.from(String(value));
    return Buffer.concat([u64(text.length), text]);
  }
  const bytes = Buffer.alloc(VALUE_BYTES[type] ?? 0);
  if (type === VALUE.f32) bytes.writeFloatLE(Number(value));
  else if (type === VALUE.f64) bytes.writeDoubleLE(Number(value));
  else if (type === VALUE.u64 || type === VALUE.i64) bytes.writeBigInt64LE(BigInt(value));
  else if (bytes.length === 4) bytes.writeInt32LE(Number(value) | 0);
  else if (bytes.length === 2) bytes.writeInt16LE((Number(value) << 16) >> 16);
  else bytes.writeInt8((Number(value) << 24) >> 24);
  return bytes;
}
