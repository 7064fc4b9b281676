import type { Sharp } from "sharp";
import type { DecodeSettings } from "./decode-settings.js";
import { loadSharp, vips } from "./libvips.js";
import type { RgbImage } from "./rgb.js";
import { toRgb } from "./to-rgb.js";

/** 16 bits of grey to 8 as the reference does: divided by 257 and rounded. (Of 16-bit colour it keeps the upper bytes.) */
export async function fromGrey16(
  source: Sharp,
  settings: Pick<DecodeSettings, "background" | "signal">,
  format: string,
): Promise<Omit<RgbImage, "origin">> {
  const { data, info } = await vips(settings.signal, format, () =>
    source
      .pipelineColourspace("grey16")
      // The cast to bytes cuts; no value of 16 bits lies just between two.
      .linear(1 / 257, 0.5)
      .toColourspace("grey16")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true }),
  );
  const sharp = await loadSharp();
  const { width, height } = info;
  return toRgb(sharp(data, { raw: { width, height, channels: 1 } }), settings, format);
}
