import { mkdirSync } from "node:fs";
import path from "node:path";
import sharp from "sharp";
import { seededRandom } from "../../src/base/random.js";
import type { RgbImage } from "../../src/image/rgb.js";
import type { Context } from "./types.js";

/** A picture that nobody has seen, of the encoder's size so that every program feeds it unchanged. */
export function newPicture(side: number, seed: number): RgbImage {
  const random = seededRandom(seed + 1);
  const [a, b, c] = [random() * 9 + 1, random() * 9 + 1, random() * 250];
  const data = new Uint8Array(side * side * 3);
  for (let at = 0; at < data.length; at++) {
    const x = (at % (side * 3)) / side;
    const y = Math.floor(at / (side * 3)) / side;
    data[at] = (Math.sin(x * a) * Math.cos(y * b) * 90 + c + random() * 40) & 255;
  }
  const origin = { format: "raw", storedWidth: side, storedHeight: side, steps: [] };
  return { width: side, height: side, data, origin };
}

/** The same as a file, for programs that read files. */
export async function newPictureFile(context: Context, seed: number): Promise<string> {
  const { side, name } = context.model;
  const { data, width, height } = newPicture(side, seed);
  const folder = path.join(context.run, "pictures");
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${name}-${seed}.png`);
  await sharp(data, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 1 })
    .toFile(file);
  return file;
}
