import { badOption } from "../base/errors.js";
import { padImage } from "./pad-image.js";
import type { RgbImage } from "./rgb.js";

/**
 * How a picture becomes the square that the encoder takes: centred on a black square, its aspect kept, or with both sides
 * stretched to it. Square pictures are the same either way.
 */
export type Fit = "pad" | "stretch";

const FITS: readonly unknown[] = ["pad", "stretch"] satisfies Fit[];

/** @throws MedGemmaError `bad_option`. */
export function checkFit(fit: unknown): void {
  if (fit !== undefined && !FITS.includes(fit)) throw badOption("fit", '"pad" or "stretch"', fit);
}

/** The picture as the encoder is to have it; the stretching itself is the encoder's. Throws as `padImage`. */
export async function fitImage(
  image: RgbImage,
  fit: Fit,
  options: Parameters<typeof padImage>[1] = {},
): Promise<RgbImage> {
  const shaped = fit === "pad" ? await padImage(image, options) : image;
  return { ...shaped, origin: { ...shaped.origin, fit } };
}
