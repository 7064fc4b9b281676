import { throwIfAborted } from "../base/errors.js";
import { BLACK, loadSharp, vips } from "./libvips.js";
import { checkPixels, type ImageLimits, resolveLimits } from "./limits.js";
import type { RgbImage } from "./rgb.js";
import { padToSquare } from "./square.js";

/**
 * The picture centred on a black square, as MedGemma 1.5 was asked for boxes (see `padToSquare` for the way back). A
 * square picture is returned as it is. Throws `image_too_large` when the square is: that of a long strip is much larger
 * than the strip.
 */
export async function padImage(
  image: RgbImage,
  options: { limits?: ImageLimits; signal?: AbortSignal } = {},
): Promise<RgbImage> {
  throwIfAborted(options.signal);
  const { width, height, data, origin } = image;
  const { side, left, top, right, bottom } = padToSquare(width, height);
  if (width === height) return image;
  checkPixels(side, side, resolveLimits(options.limits));
  const sharp = await loadSharp();
  const source = sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false });
  const padded = await vips(options.signal, "raw", () =>
    source.extend({ left, top, right, bottom, background: BLACK }).raw().toBuffer(),
  );
  return {
    width: side,
    height: side,
    data: padded,
    origin: {
      ...origin,
      steps: [...origin.steps, `padded ${left},${top},${right},${bottom} to ${side} square`],
    },
  };
}
