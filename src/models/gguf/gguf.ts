import type { FileHandle } from "node:fs/promises";
import { MedGemmaError } from "../../base/errors.js";
import { fileLabel } from "../../base/files/name.js";
import { openFile } from "../../base/files/open-file.js";
import { notGguf } from "./not-gguf.js";
import { TENSOR_TYPES, VALUE, VALUE_BYTES } from "./types.js";

/** A list in the metadata. Long ones, as the vocabulary, are left as they lie in the file. */
export interface GgufArray {
  readonly of: number;
  readonly length: number;
  /** Present up to 512 entries, llama.cpp's most layers. */
  readonly values?: readonly (number | bigint | boolean | string)[] | undefined;
  /** All entries as the file holds them; texts with their length before them. */
  readonly raw: Buffer;
}

export interface GgufValue {
  readonly type: number;
  readonly value: number | bigint | boolean | string | GgufArray;
}

export interface GgufTensor {
  readonly name: string;
  /** The dimension that lies together comes first. */
  readonly shape: readonly number[];
  /** ggml's number of the type; see `TENSOR_TYPES`. */
  readonly type: number;
  /** From the beginning of the file. */
  readonly offset: number;
  readonly bytes: number;
}

/** All that stands before the weights. */
export interface GgufHeader {
  /** Base name of the file. */
  readonly file: string;
  /** Size of the file; of a model in several files, of all together. */
  readonly bytes: number;
  readonly values: ReadonlyMap<string, GgufValue>;
  readonly tensors: ReadonlyMap<string, GgufTensor>;
}

/** The header of a 27B model takes some 8 MB, nearly all of it the vocabulary. */
const FIRST_READ = 8 * 2 ** 20;
const LARGEST_HEADER = 256 * 2 ** 20;
const KEPT_ENTRIES = 512;
const MAX_DIMENSIONS = 4;
const DEFAULT_ALIGNMENT = 32;
/** Least bytes of a pair (key, type, value) and of a tensor's entry. */
const LEAST_PAIR = 13;
const LEAST_TENSOR = 32;

/**
 * Reads a GGUF file's header. Nothing in the file can make it allocate more than the file's size: counts and lengths
 * are compared with what is left before they are believed.
 * @throws MedGemmaError `file_not_found`, `not_gguf`, `gguf_truncated`, `gguf_invalid`.
 */
export async function readGguf(file: string): Promise<GgufHeader> {
  const name = fileLabel(file);
  const { handle, size } = await openFile(file);
  try {
    return await readHeader(handle, name, size);
  } finally {
    await handle.close();
  }
}

async function readHeader(handle: FileHandle, file: string, size: number): Promise<GgufHeader> {
  for (let length = FIRST_READ; ; length *= 4) {
    const bytes = Buffer.alloc(Math.min(length, size));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
    try {
      return parse(new Cursor(bytes.subarray(0, bytesRead), size, file));
    } catch (error) {
      if (error !== NEEDS_MORE) throw error;
      if (length >= LARGEST_HEADER) throw invalid(file, "is longer than any model's");
    }
  }
}

const NEEDS_MORE = new Error("The header goes on behind what was read.");

function invalid(file: string, what: string): MedGemmaError {
  return new MedGemmaError("gguf_invalid", `The header of ${file} ${what}.`, { facts: { file } });
}

/** A u64; without the detour over BigInt, which a quarter of a million words would feel. */
export function readLong(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 2 ** 32;
}

/** What is walked through one by one; each takes less than a microsecond of the application's thread. */
const MOST_PAIRS = 1 << 14;
const MOST_TENSORS = 1 << 16;
/** Of texts in lists, all lists together: a vocabulary and its merges are the longest, with 262,144 words in Gemma's. */
const MOST_TEXTS = 1 << 20;

/** The place in the header, and the only access to it. */
class Cursor {
  #at = 0;
  #texts = 0;

  constructor(
    readonly bytes: Buffer,
    readonly size: number,
    readonly file: string,
  ) {}

  get at(): number {
    return this.#at;
  }

  /** Moves on by `length` and returns where that began. */
  take(length: number): number {
    const start = this.#at;
    const end = start + length;
    if (end > this.size) throw this.#cutOff();
    if (end > this.bytes.length) throw NEEDS_MORE;
    this.#at = end;
    return start;
  }

  u32(): number {
    return this.bytes.readUInt32LE(this.take(4));
  }

  /**
   * A 64-bit count of at most `most` things that take `least` bytes each. Fewer, but more than the file can hold: it
   * was cut off.
   */
  count(least: number, most: number): number {
    const value = readLong(this.bytes, this.take(8));
    if (value > most) throw invalid(this.file, "counts more of one kind than any model has");
    if (value * least > this.size) throw this.#cutOff();
    return value;
  }

  #cutOff(): MedGemmaError {
    return new MedGemmaError("gguf_truncated", `The GGUF file ${this.file} ends inside its header.`, {
      facts: { file: this.file, bytes: this.size },
    });
  }

  skipString(): void {
    this.take(this.count(1, LARGEST_HEADER));
  }

  string(): string {
    const length = this.count(1, LARGEST_HEADER);
    const start = this.take(length);
    return this.bytes.toString("utf8", start, start + length);
  }

  scalar(type: number): number | bigint | boolean | string {
    if (type === VALUE.string) return this.string();
    const width = VALUE_BYTES[type];
    if (width === undefined) throw invalid(this.file, "has a value of unknown type");
    const at = this.take(width);
    const { bytes } = this;
    switch (type) {
      case VALUE.u8:
        return bytes.readUInt8(at);
      case VALUE.i8:
        return bytes.readInt8(at);
      case VALUE.u16:
        return bytes.readUInt16LE(at);
      case VALUE.i16:
        return bytes.readInt16LE(at);
      case VALUE.u32:
        return bytes.readUInt32LE(at);
      case VALUE.i32:
        return bytes.readInt32LE(at);
      case VALUE.f32:
        return bytes.readFloatLE(at);
      case VALUE.u64:
        return bytes.readBigUInt64LE(at);
      case VALUE.i64:
        return bytes.readBigInt64LE(at);
      case VALUE.f64:
        return bytes.readDoubleLE(at);
      default: {
        const flag = bytes.readUInt8(at);
        if (flag > 1) throw invalid(this.file, "has a flag that is neither true nor false");
        return flag === 1;
      }
    }
  }

  array(): GgufArray {
    const of = this.u32();
    const width = of === VALUE.string ? 8 : VALUE_BYTES[of];
    if (width === undefined) throw invalid(this.file, "has a list of unknown type");
    const length = this.count(width, of === VALUE.string ? MOST_TEXTS - this.#texts : LARGEST_HEADER);
    if (of === VALUE.string) this.#texts += length;
    const start = this.#at;
    const values = length <= KEPT_ENTRIES ? Array.from({ length }, () => this.scalar(of)) : undefined;
    if (values === undefined) {
      if (of === VALUE.string) for (let i = 0; i < length; i++) this.skipString();
      else this.take(length * width);
    }
    return { of, length, ...(values && { values }), raw: this.bytes.subarray(start, this.#at) };
  }
}

function parse(cursor: Cursor): GgufHeader {
  const { file, size } = cursor;
  if (size < 4 || cursor.bytes.toString("latin1", cursor.take(4), 4) !== "GGUF")
    throw notGguf(file, cursor.bytes);
  checkVersion(file, cursor.u32());
  const tensorCount = cursor.count(LEAST_TENSOR, MOST_TENSORS);
  const pairCount = cursor.count(LEAST_PAIR, MOST_PAIRS);
  const values = new Map<string, GgufValue>();
  for (let i = 0; i < pairCount; i++) {
    const key = cursor.string();
    if (key === "" || values.has(key)) throw invalid(file, "has a key twice, or one without a name");
    const type = cursor.u32();
    values.set(key, { type, value: type === VALUE.array ? cursor.array() : cursor.scalar(type) });
  }
  return { file, bytes: size, values, tensors: parseTensors(cursor, tensorCount, alignmentOf(file, values)) };
}

/** Versions are small numbers: one whose last byte alone is not zero was written by the other end. */
function checkVersion(file: string, version: number): void {
  if (version === 2 || version === 3) return;
  if (version !== 0 && version % 2 ** 24 === 0)
    throw new MedGemmaError(
      "gguf_invalid",
      `The header of ${file} is big-endian: it was made for machines such as IBM Z, and llama.cpp reads it on those only.`,
      {
        facts: { file },
        remedy:
          "Fetch the little-endian file (its name has no -be), or turn a copy: `pip install gguf`, `gguf-convert-endian COPY.gguf little`.",
      },
    );
  const remedy =
    version === 1
      ? "Convert the weights anew with a current llama.cpp: version 1 was written for some weeks of 2023."
      : "Update this package, or convert the weights with the llama.cpp that it has.";
  throw new MedGemmaError(
    "gguf_invalid",
    `The header of ${file} is of version ${version}; versions 2 and 3 are read here.`,
    { facts: { file }, remedy },
  );
}

function alignmentOf(file: string, values: ReadonlyMap<string, GgufValue>): number {
  const given = values.get("general.alignment");
  if (given === undefined) return DEFAULT_ALIGNMENT;
  const { type, value } = given;
  if (type !== VALUE.u32 || typeof value !== "number" || value === 0 || (value & (value - 1)) !== 0)
    throw invalid(file, "has an alignment that is no power of two");
  return value;
}

/** Tensors lie behind one another, each padded to the alignment: any other offset is damage. */
function parseTensors(cursor: Cursor, count: number, alignment: number): Map<string, GgufTensor> {
  const { file, size } = cursor;
  const entries: { name: string; shape: number[]; type: number; offset: number; bytes: number }[] = [];
  const names = new Set<string>();
  let next = 0;
  for (let i = 0; i < count; i++) {
    const name = cursor.string();
    if (name === "" || name.length > 63 || names.has(name))
      throw invalid(file, "names a tensor twice, or not at all");
    names.add(name);
    const dimensions = cursor.u32();
    if (dimensions < 1 || dimensions > MAX_DIMENSIONS)
      throw invalid(file, `gives ${name} ${dimensions} dimensions`);
    const shape = Array.from({ length: dimensions }, () => readLong(cursor.bytes, cursor.take(8)));
    const type = cursor.u32();
    const offset = readLong(cursor.bytes, cursor.take(8));
    const bytes = tensorBytes(file, name, shape, type);
    if (offset !== next) throw invalid(file, `puts ${name} where it cannot be`);
    next = Math.ceil((offset + bytes) / alignment) * alignment;
    entries.push({ name, shape, type, offset, bytes });
  }
  const data = Math.ceil(cursor.at / alignment) * alignment;
  const tensors = new Map<string, GgufTensor>();
  for (const entry of entries) {
    const end = data + entry.offset + entry.bytes;
    if (end > size)
      throw new MedGemmaError("gguf_truncated", `The GGUF file ${file} ends before its last tensor.`, {
        facts: { file, bytes: size, expected: end },
      });
    tensors.set(entry.name, { ...entry, offset: data + entry.offset });
  }
  // Writers pad the last tensor, or do not. What goes on behind it was put in somewhere, and moved the weights.
  if (size > data + next)
    throw new MedGemmaError("gguf_invalid", `The GGUF file ${file} goes on behind its last tensor.`, {
      facts: { file, bytes: size, expected: data + next },
    });
  return tensors;
}

function tensorBytes(file: string, name: string, shape: readonly number[], type: number): number {
  const kind = TENSOR_TYPES.get(type);
  if (!kind) throw invalid(file, `gives ${name} the unknown type ${type}`);
  const numbers = shape.reduce((product, side) => product * side, 1);
  if (shape.some((side) => side < 1) || !Number.isSafeInteger(numbers) || (shape[0] ?? 0) % kind.block !== 0)
    throw invalid(file, `gives ${name} a shape that ${kind.name} cannot have`);
  return (numbers / kind.block) * kind.bytes;
}
