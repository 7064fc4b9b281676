import { darkWarnings } from "./dark.js";
import type { DecodeSettings } from "./decode-settings.js";
import { fromGrey16 } from "./from-grey16.js";
import { loadSharp } from "./libvips.js";
import { checkRawPixels, type RawPixels } from "./raw-pixels.js";
import type { RgbImage } from "./rgb.js";
import { toRgb } from "./to-rgb.js";

/** Raw pixels to RGB, by libvips on its own threads: a loop in JavaScript over 100 megapixels would hold everything up. */
export async function fromRaw(pixels: RawPixels, settings: DecodeSettings): Promise<RgbImage> {
  checkRawPixels(pixels, settings.limits);
  const { data, width, height, channels } = pixels;
  const sharp = await loadSharp();
  const source = sharp(data, {
    raw: { width, height, channels },
    limitInputPixels: settings.limits.maxPixels,
  });

  const grey16 = data instanceof Uint16Array && channels === 1;
  const steps: string[] = [];
  if (data instanceof Uint16Array) steps.push("16 bit to 8 bit");
  if (channels === 2 || channels === 4) steps.push(`alpha over ${settings.background}`);
  const made = await (grey16 ? fromGrey16 : toRgb)(source, settings, "raw");
  const warnings = data instanceof Uint16Array ? await darkWarnings(made, settings) : [];
  const told = warnings.length === 0 ? {} : { warnings };
  return { ...made, origin: { format: "raw", storedWidth: width, storedHeight: height, steps, ...told } };
}
