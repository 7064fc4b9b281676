import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { crc32, deflateSync } from "node:zlib";

/** A GGUF file with a header of strings and no tensors. */
export function writeGguf(file: string, values: Record<string, string>): string {
  const parts = [Buffer.from("GGUF"), uint32(3), uint64(0), uint64(Object.keys(values).length)];
  const STRING = 8;
  for (const [key, value] of Object.entries(values)) parts.push(text(key), uint32(STRING), text(value));
  // The data that follows begins on a multiple of 32.
  const header = Buffer.concat(parts);
  writeFileSync(file, Buffer.concat([header, Buffer.alloc(32 - (header.length % 32))]));
  return file;
}

/** A copy of a GGUF file in which one 32-bit value is another. */
export function patchGguf(source: string, file: string, key: string, value: number): string {
  const bytes = readFileSync(source);
  const at = bytes.indexOf(text(key));
  if (at < 0) throw new Error(`${path.basename(source)} has no ${key}.`);
  bytes.writeUInt32LE(value, at + text(key).length + 4);
  writeFileSync(file, bytes);
  return file;
}

export function cutFile(source: string, file: string, bytes: number): string {
  writeFileSync(file, readFileSync(source).subarray(0, bytes));
  return file;
}

/** A PNG of a few bytes that says it has `side` times `side` pixels. */
export function writeBomb(file: string, side: number): string {
  const header = Buffer.concat([uint32be(side), uint32be(side), Buffer.from([8, 0, 0, 0, 0])]);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const data = deflateSync(Buffer.alloc(1 << 16));
  writeFileSync(
    file,
    Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", data), chunk("IEND", Buffer.alloc(0))]),
  );
  return file;
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name), data]);
  return Buffer.concat([uint32be(data.length), body, uint32be(crc32(body))]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint64(bytes.length), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint32be(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
