import type { Metadata } from "sharp";
import { MedGemmaError } from "../base/errors.js";
import { countScans, type JpegScans, MOST_SCANS } from "../base/files/jpeg-scans.js";
import type { Filled } from "../base/options.js";
import { checkPixels, type ImageLimits } from "./limits.js";

/**
 * What decoding will take, told by the header. libvips decodes most formats line by line, and can then be stopped; what a
 * decoder does in one call cannot be, nor its memory be limited, so it is held to the limits before it begins.
 */

/** Bytes a pixel of the RGB that comes out. */
const RGB = 3;

/**
 * Bytes of memory that decoding takes.
 * @throws MedGemmaError `image_too_large`, `image_unreadable` (more scans than a picture has).
 */
export async function checkCost(
  format: string,
  bytes: Uint8Array,
  measured: Metadata,
  limits: Filled<ImageLimits>,
  signal: AbortSignal | undefined,
): Promise<number> {
  checkPixels(measured.width, measured.height, limits);
  const jpeg = format === "jpeg" ? await countScans(bytes, signal) : undefined;
  if (jpeg && jpeg.scans > MOST_SCANS) {
    throw new MedGemmaError("image_unreadable", `The JPEG has more than ${MOST_SCANS} scans.`, {
      facts: { format },
      remedy: "Pictures have ten or so. Convert it to a baseline JPEG or a PNG if its source is trusted.",
    });
  }
  const memory = Math.ceil(measured.width * measured.height * bytesAPixel(format, measured, jpeg));
  if (memory <= limits.maxMemory) return memory;
  throw new MedGemmaError(
    "image_too_large",
    `Decoding the picture takes ${Math.round(memory / 1e6)} MB of memory; the limit is ${Math.round(limits.maxMemory / 1e6)} MB.`,
    { facts: { width: measured.width, height: measured.height, memory, limit: limits.maxMemory } },
  );
}

/** Of what is held at once, measured with libvips 8.18: the decoder's own, what goes between, and the result. */
function bytesAPixel(format: string, measured: Metadata, jpeg: JpegScans | undefined): number {
  const stored = measured.channels * (measured.depth === "uchar" ? 1 : 2);
  const between = measured.space === "cmyk" ? 4 : measured.space === "grey16" ? 1 : 0;
  switch (format) {
    case "jpeg":
      return (jpeg?.kept ?? 0) + between + RGB;
    case "png":
      // All passes of an interlaced one are needed for its first line.
      return (measured.isProgressive ? stored : 0) + between + RGB;
    case "webp":
      return 8;
    case "gif":
      return 8;
    case "heif":
      return 18;
    default:
      // A TIFF may be one strip, and that is decoded whole.
      return stored + between + RGB;
  }
}
