import type { Metadata, Sharp } from "sharp";
import { MedGemmaError } from "../errors.js";
import { loadSharp, vips } from "./libvips.js";
import { checkPixels, type ImageLimits } from "./limits.js";
import type { RgbImage } from "./rgb.js";
import { readSignature } from "./signature.js";
import { toRgb } from "./to-rgb.js";

export interface DecodeSettings {
  readonly limits: Required<ImageLimits>;
  /** What lies under transparent pixels, `#rrggbb`. */
  readonly background: string;
  readonly signal: AbortSignal | undefined;
}

/**
 * Decodes a picture file held in memory. Sizes are checked on the header, before any pixel is decoded; what a lenient
 * viewer would fill with grey (a file cut off or damaged) is refused.
 */
export async function decodePicture(bytes: Uint8Array, settings: DecodeSettings): Promise<RgbImage> {
  const { limits, signal } = settings;
  const format = checkSignature(bytes);
  const sharp = await loadSharp();
  // limitInputPixels only while measuring: ours is checked next, and its error names the numbers.
  const measured = await vips(signal, format, () =>
    sharp(bytes, { failOn: "warning", limitInputPixels: false }).metadata(),
  );
  checkPixels(measured.width, measured.height, limits);
  checkDepth(measured, format);

  const options = { failOn: "warning", limitInputPixels: limits.maxPixels } as const;
  const steps: string[] = [];
  let source: Sharp;
  if (measured.depth === "ushort" && measured.icc) {
    // sharp leaves the profile of 16-bit grey aside, and takes 16-bit colour through Display P3 without the way back.
    // Reduced to 8 bits first, with the profile kept, they go the ordinary way.
    const eight = await vips(signal, format, () =>
      sharp(bytes, { ...options, ignoreIcc: true })
        .autoOrient()
        .toColourspace(measured.space === "grey16" ? "b-w" : "srgb")
        .keepIccProfile()
        .tiff({ compression: "none" })
        .toBuffer(),
    );
    source = sharp(eight, options);
  } else {
    source = sharp(bytes, options).autoOrient();
  }

  if ((measured.pages ?? 1) > 1) steps.push(`frame 1 of ${measured.pages}`);
  if ((measured.orientation ?? 1) > 1) steps.push(`orientation ${measured.orientation}`);
  if (measured.depth === "ushort") steps.push("16 bit to 8 bit");
  if (measured.icc) steps.push(fits(measured.icc, measured) ? "icc to srgb" : "unusable icc ignored");
  else if (measured.space === "cmyk") steps.push("cmyk to srgb");
  if (measured.hasAlpha) steps.push(`alpha over ${settings.background}`);

  const pixels = await toRgb(source, settings, format);
  return {
    ...pixels,
    origin: {
      format: format === "heif" && measured.compression === "av1" ? "avif" : format,
      storedWidth: measured.width,
      storedHeight: measured.height,
      steps,
    },
  };
}

function checkSignature(bytes: Uint8Array): string {
  if (bytes.length === 0)
    throw new MedGemmaError("image_unreadable", "The picture is empty: it has no bytes.");
  const signature = readSignature(bytes);
  if (!signature) throw new MedGemmaError("image_unreadable", "The bytes are not of a known picture format.");
  if ("format" in signature) return signature.format;
  throw new MedGemmaError("image_unreadable", `Expected a picture but received ${signature.foreign}.`, {
    facts: { format: signature.foreign },
    remedy: signature.remedy,
  });
}

function checkDepth(measured: Metadata, format: string): void {
  if (measured.depth === "uchar" || measured.depth === "ushort") return;
  // Floats and signed numbers have no agreed black and white; a guess would show as a finding.
  throw new MedGemmaError(
    "image_unreadable",
    `Pixels of type ${measured.depth} have no agreed black and white.`,
    {
      facts: { format, depth: measured.depth },
      remedy: "Scale them to 8 or 16 bits without sign, and pass a file or raw pixels of that.",
    },
  );
}

/** Whether a profile is for this kind of pixels; sharp drops one that is not without a word. */
function fits(icc: Buffer, measured: Metadata): boolean {
  const colours = measured.channels - (measured.hasAlpha ? 1 : 0);
  const space = colours === 1 ? "GRAY" : colours === 4 ? "CMYK" : "RGB ";
  return icc.toString("latin1", 36, 40) === "acsp" && icc.toString("latin1", 16, 20) === space;
}
