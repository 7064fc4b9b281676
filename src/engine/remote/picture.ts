import { crc32, deflateSync } from "node:zlib";
import type { RgbImage } from "../../image/rgb.js";
import { loadAddon } from "../native/addon.js";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * The picture as base64 PNG, stretched to the encoder's square here, so that the server's own resizing, which differs
 * from the reference's, has nothing to do.
 * @param side Pixels.
 * @throws MedGemmaError `addon_missing`, `addon_unloadable` for a picture of another size.
 */
export async function toSquarePng(image: RgbImage, side: number): Promise<string> {
  const { data, width, height } = image;
  const square = width === side && height === side;
  const rgb = square ? data : await loadAddon().resize(data, width, height, side, side);
  return encodePng(rgb, side, side).toString("base64");
}

/** 8-bit RGB without a filter. */
export function encodePng(rgb: Uint8Array, width: number, height: number): Buffer {
  const row = width * 3;
  const raw = Buffer.alloc((row + 1) * height);
  for (let y = 0; y < height; y++) raw.set(rgb.subarray(y * row, (y + 1) * row), y * (row + 1) + 1);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const data = deflateSync(raw, { level: 1 });
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("IDAT", data),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
