import type { Metadata, Sharp } from "sharp";
import { MedGemmaError } from "../base/errors.js";
import { Patience, tooSilent } from "../base/files/patience.js";
import type { DecodeSettings } from "./decode-settings.js";
import { fromRaw } from "./from-raw.js";
import { vips } from "./libvips.js";
import { checkPixels } from "./limits.js";
import type { RgbImage } from "./rgb.js";
import { vipsTimeout } from "./time-limit.js";

/**
 * What a sharp pipeline makes, as 8-bit RGB. The instance is cloned and stays usable. EXIF orientation is applied before
 * its other steps, whether or not it says `autoOrient()`, for that is how the picture is seen. Its own `failOn` and
 * `limitInputPixels` hold beside the limits here.
 */
export async function fromSharp(pipeline: Sharp, settings: DecodeSettings): Promise<RgbImage> {
  const { limits, signal } = settings;
  const measured = await measure(pipeline, settings);
  if (measured.format === "svg" || measured.format === "pdf") {
    throw new MedGemmaError("image_unreadable", `Expected a picture but received ${measured.format}.`, {
      facts: { format: measured.format },
      remedy: "Render it to a PNG first (`await pipeline.png().toBuffer()`); markup is not decoded here.",
    });
  }
  checkPixels(measured.width, measured.pageHeight ?? measured.height, limits);

  const { data, info } = await vips(signal, "sharp", () =>
    pipeline
      .clone()
      .autoOrient()
      .timeout(vipsTimeout(limits.timeout))
      .toColourspace("srgb")
      .raw()
      .toBuffer({ resolveWithObject: true }),
  );
  // An animation arrives as one tall strip of its frames.
  const height = info.pageHeight ?? info.height;
  const channels = info.channels as 1 | 2 | 3 | 4;
  const frame = data.subarray(0, info.width * height * channels);
  const made = await fromRaw({ data: frame, width: info.width, height, channels }, settings);

  const steps = ["sharp pipeline", ...made.origin.steps];
  if (height < info.height) steps.splice(1, 0, `frame 1 of ${info.height / height}`);
  return {
    ...made,
    origin: {
      format: "sharp",
      storedWidth: measured.width,
      storedHeight: measured.pageHeight ?? measured.height,
      steps,
    },
  };
}

/** A pipeline without an input of its own waits for what is written into it. */
async function measure(pipeline: Sharp, { limits, signal }: DecodeSettings): Promise<Metadata> {
  const { maxSilence } = limits;
  const silence = { most: maxSilence, error: () => tooSilent("image_timeout", maxSilence) };
  const patience = new Patience({ signal, silence });
  try {
    return await patience.wait(vips(undefined, "sharp", () => pipeline.metadata()));
  } finally {
    patience.end();
  }
}
