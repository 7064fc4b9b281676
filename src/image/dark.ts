import type { DecodeSettings } from "./decode-settings.js";
import { loadSharp, vips } from "./libvips.js";
import type { RgbImage } from "./rgb.js";

/** Brightest level that values of 14 bits in 16 reach; a picture that uses its 16 bits goes beyond. */
const DARK = 63;

/** Of a picture that had 16 bits: whether it is nearly black, as values of 12 bits are that nobody scaled. */
export async function darkWarnings(
  { data, width, height }: Pick<RgbImage, "data" | "width" | "height">,
  { signal }: Pick<DecodeSettings, "signal">,
): Promise<string[]> {
  const sharp = await loadSharp();
  const raw = { width, height, channels: 3 } as const;
  const { channels } = await vips(signal, "raw", () => sharp(data, { raw, limitInputPixels: false }).stats());
  const brightest = Math.max(...channels.map(({ max }) => max));
  if (brightest > DARK) return [];
  return [
    `The picture is nearly black: its 16-bit values become ${brightest} of 255 at most. Values of 12 bits must be windowed or scaled first.`,
  ];
}
