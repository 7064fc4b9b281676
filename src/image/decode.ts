import type { Metadata, Sharp } from "sharp";
import { MedGemmaError } from "../base/errors.js";
import { decodings } from "../base/memory-gate.js";
import { checkCost } from "./cost.js";
import { darkWarnings } from "./dark.js";
import type { DecodeSettings } from "./decode-settings.js";
import { fromGrey16 } from "./from-grey16.js";
import { fromInks } from "./from-inks.js";
import { loadSharp, vips } from "./libvips.js";
import type { RgbImage } from "./rgb.js";
import { readSignature } from "./signature.js";
import { checkPages } from "./tiff-pages.js";
import { type Uncounted, vipsTimeout, withinTime } from "./time-limit.js";
import { toRgb } from "./to-rgb.js";

/**
 * Decodes a picture file held in memory. What it costs is checked on the header, before any pixel is decoded; what a lenient
 * viewer would fill with grey (a file cut off or damaged) is refused. What a decoder merely complains of (tags out of
 * order, bytes too many) is read and told.
 */
export async function decodePicture(bytes: Uint8Array, settings: DecodeSettings): Promise<RgbImage> {
  const format = checkSignature(bytes);
  if (format === "tiff") checkPages(bytes);
  return withinTime(settings.limits.timeout, settings.signal, (signal, uncounted) =>
    decodeOrComplain(format, bytes, { ...settings, signal, uncounted }),
  );
}

interface TimedSettings extends DecodeSettings {
  readonly signal: AbortSignal;
  readonly uncounted: Uncounted;
}

async function decodeOrComplain(
  format: string,
  bytes: Uint8Array,
  settings: TimedSettings,
): Promise<RgbImage> {
  try {
    return await decodeAs(format, bytes, settings, "warning");
  } catch (error) {
    if (!isComplaint(error)) throw error;
    const image = await decodeAs(format, bytes, settings, "error");
    const complaint = "The picture's decoder complained of the file, and read it.";
    return {
      ...image,
      origin: { ...image.origin, warnings: [...(image.origin.warnings ?? []), complaint] },
    };
  }
}

/** Words of libjpeg, libpng and libtiff for pixels that are lost. */
const LOST = /premature|corrupt(?!.*extraneous)|huffman|inconsistent|crc|read error|not enough/i;

/** A decoder's failure that may be a mere warning, for libvips was told to fail on these. */
function isComplaint(error: unknown): boolean {
  return (
    MedGemmaError.isInstance(error) &&
    error.code === "image_unreadable" &&
    error.cause instanceof Error &&
    !LOST.test(error.cause.message)
  );
}

async function decodeAs(
  format: string,
  bytes: Uint8Array,
  settings: TimedSettings,
  failOn: "warning" | "error",
): Promise<RgbImage> {
  const { limits, signal } = settings;
  const sharp = await loadSharp();
  // limitInputPixels only while measuring: ours is checked next, and its error names the numbers.
  const measured = await vips(signal, format, () =>
    sharp(bytes, { failOn, limitInputPixels: false }).metadata(),
  );
  const memory = await checkCost(format, bytes, measured, limits, signal);
  checkDepth(measured, format);

  // Profiles are left aside, as in the reference: the model was trained on stored values.
  const open = () =>
    sharp(bytes, { failOn, limitInputPixels: limits.maxPixels, ignoreIcc: true })
      .autoOrient()
      .timeout(vipsTimeout(limits.timeout));
  const steps: string[] = [];
  if ((measured.pages ?? 1) > 1) steps.push(`frame 1 of ${measured.pages}`);
  if ((measured.orientation ?? 1) > 1) steps.push(`orientation ${measured.orientation}`);
  if (measured.depth === "ushort") steps.push("16 bit to 8 bit");
  if (measured.icc) steps.push("icc ignored");
  if (measured.space === "cmyk") steps.push("cmyk to rgb");
  if (measured.hasAlpha) steps.push(`alpha over ${settings.background}`);

  const leave = await settings.uncounted(decodings.enter(memory, signal));
  const pixels = await readPixels(open(), measured, settings, format).finally(leave);
  const warnings = [
    ...pageWarnings(measured),
    ...(measured.depth === "ushort" ? await darkWarnings(pixels, settings) : []),
  ];
  return {
    ...pixels,
    origin: {
      format: format === "heif" && measured.compression === "av1" ? "avif" : format,
      storedWidth: measured.width,
      storedHeight: measured.height,
      steps,
      ...(warnings.length === 0 ? {} : { warnings }),
    },
  };
}

/** Pages of a TIFF, frames of an animation: a picture is one, and what is not shown is told. */
function pageWarnings({ pages = 1 }: Metadata): string[] {
  return pages > 1 ? [`The file holds ${pages} pictures; the first was read.`] : [];
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

/** Two kinds do not go libvips' way: it would manage the colours of inks, and cut 16 bits of grey where the reference rounds. */
function readPixels(
  source: Sharp,
  measured: Metadata,
  settings: DecodeSettings,
  format: string,
): Promise<Omit<RgbImage, "origin">> {
  if (measured.space === "cmyk") return fromInks(source, settings, format);
  if (measured.space === "grey16" && !measured.hasAlpha) return fromGrey16(source, settings, format);
  return toRgb(source, settings, format);
}
