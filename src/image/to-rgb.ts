import type { Sharp } from "sharp";
import { MedGemmaError } from "../base/errors.js";
import type { DecodeSettings } from "./decode-settings.js";
import { vips } from "./libvips.js";
import type { RgbImage } from "./rgb.js";

/**
 * Runs a pipeline to 8-bit sRGB bytes, off the event loop. 16 bits become 8 by dropping the lower byte, as libpng-based
 * viewers do; alpha is laid over the background; grey is repeated three times. 8-bit grey and RGB without a profile
 * come out as they were stored.
 */
export async function toRgb(
  source: Sharp,
  settings: Pick<DecodeSettings, "background" | "signal">,
  format: string,
): Promise<Omit<RgbImage, "origin">> {
  const { data, info } = await vips(settings.signal, format, () =>
    source
      .flatten({ background: settings.background })
      .toColourspace("srgb")
      .raw()
      .toBuffer({ resolveWithObject: true }),
  );
  if (info.channels !== 3 || data.length !== info.width * info.height * 3) {
    throw new MedGemmaError(
      "image_unreadable",
      `Expected 3 channels after conversion but received ${info.channels}.`,
      {
        facts: { format, channels: info.channels },
      },
    );
  }
  return { width: info.width, height: info.height, data };
}
