import type { Sharp } from "sharp";
import { Breather } from "../base/breather.js";
import type { DecodeSettings } from "./decode-settings.js";
import { vips } from "./libvips.js";
import type { RgbImage } from "./rgb.js";

/** Pixels that are turned at a time: some ten milliseconds. */
const BLOCK = 1 << 20;

/**
 * CMYK without colour management, by the arithmetic of Pillow's `convert("RGB")`, with which transformers' processors read
 * such pictures: each ink lets through its share of what black lets through.
 */
export async function fromInks(
  source: Sharp,
  { signal }: Pick<DecodeSettings, "signal">,
  format: string,
): Promise<Omit<RgbImage, "origin">> {
  const { data, info } = await vips(signal, format, () =>
    source
      .pipelineColourspace("cmyk")
      .toColourspace("cmyk")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true }),
  );
  const { width, height, channels } = info;
  const rgb = new Uint8Array(width * height * 3);
  const breather = new Breather(signal);
  for (let from = 0; from < width * height; from += BLOCK) {
    const to = Math.min(width * height, from + BLOCK);
    for (let pixel = from; pixel < to; pixel++) {
      const at = pixel * channels;
      const light = 255 - (data[at + 3] as number);
      for (let ink = 0; ink < 3; ink++) rgb[pixel * 3 + ink] = light - share(data[at + ink] as number, light);
    }
    await breather.breathe();
  }
  return { width, height, data: rgb };
}

/** `a * b / 255`, rounded, in whole numbers. */
function share(a: number, b: number): number {
  const product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}
