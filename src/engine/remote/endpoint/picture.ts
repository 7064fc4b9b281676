import sharp from "sharp";
import type { RgbImage } from "../../../image/rgb.js";
import { loadAddon } from "../../native/addon.js";

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
  const raw = { width: side, height: side, channels: 3 } as const;
  // Fast rather than small: it does not go far.
  const png = await sharp(rgb, { raw }).png({ compressionLevel: 1 }).toBuffer();
  return png.toString("base64");
}
