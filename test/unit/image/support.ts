import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import { MedGemmaError } from "../../../src/base/errors.js";

/** A greyscale PNG with a header of one's choosing: the data need not keep what the header says. */
export function greyPng(
  width: number,
  height: number,
  bits: 1 | 8,
  rows: Uint8Array,
  extra: Buffer[] = [],
): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = bits;
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    ...extra,
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

export function chunk(kind: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(kind, "latin1"), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body) >>> 0, 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

const FOLDER = join(import.meta.dirname, "../../fixtures/image");

/** Path of a committed picture. */
export const fixture = (name: string) => join(FOLDER, name);

/** What a call throws, or a failed test when it does not or throws anything but a MedGemmaError. */
export async function errorOf(call: Promise<unknown>): Promise<MedGemmaError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!MedGemmaError.isInstance(error)) throw new Error("Expected a MedGemmaError", { cause: error });
  return error;
}
