import type { Dataset } from "../file/dataset.js";
import { noPicture, unreadable, unsupported } from "../file/fail.js";
import { type Limits, tooLarge } from "../file/limits.js";
import { TAG } from "../file/tags.js";

/** The Image Pixel module (PS3.3 C.7.6.3), checked. */
export interface PixelLayout {
  readonly rows: number;
  readonly columns: number;
  /** 1, 3 or 4. */
  readonly samples: number;
  readonly photometric: Photometric;
  /** 1, 8, 16 or 32. */
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  /** Two's complement (Pixel Representation 1). */
  readonly signed: boolean;
  /** Colour by plane instead of by pixel. */
  readonly planar: boolean;
  /** Frames that the header declares; at least 1. */
  readonly frames: number;
}

const PHOTOMETRICS = [
  "MONOCHROME1",
  "MONOCHROME2",
  "PALETTE COLOR",
  "RGB",
  "ARGB",
  "YBR_FULL",
  "YBR_FULL_422",
  "YBR_PARTIAL_422",
  "YBR_PARTIAL_420",
  "YBR_ICT",
  "YBR_RCT",
] as const;
export type Photometric = (typeof PHOTOMETRICS)[number];

function photometricOf(dataset: Dataset, samples: number): Photometric {
  const text = (dataset.string(TAG.photometric) ?? "").toUpperCase();
  const known = PHOTOMETRICS.find((name) => name === text);
  if (known && (known.startsWith("MONO") || known === "PALETTE COLOR") === (samples === 1)) return known;
  if (known) throw unreadable("Samples per Pixel and Photometric Interpretation contradict each other.");
  if (text !== "") throw unsupported("The photometric interpretation is none that is read here.");
  return samples === 1 ? "MONOCHROME2" : "RGB";
}

/** Frames declared; a missing or malformed number is one frame (reported by the caller through `warnings`). */
function framesOf(dataset: Dataset, warnings: string[]): number {
  if (!dataset.has(TAG.numberOfFrames)) return 1;
  const value = dataset.number(TAG.numberOfFrames);
  if (value !== undefined && Number.isInteger(value) && value >= 1) return value;
  warnings.push("Number of Frames is not a positive whole number; one frame is assumed.");
  return 1;
}

/** Reads and checks the pixel description. Throws `dicom_no_picture`, `dicom_unreadable`, `dicom_unsupported`, `image_too_large`. */
export function readLayout(dataset: Dataset, limits: Limits, warnings: string[]): PixelLayout {
  const rows = dataset.uint16(TAG.rows);
  const columns = dataset.uint16(TAG.columns);
  if (rows === undefined && columns === undefined) throw noPicture();
  if (!rows || !columns) throw unreadable("Rows or Columns is missing or zero.");
  if (rows * columns > limits.maxPixels) throw tooLarge("pixels", rows * columns, limits.maxPixels);
  const samples = dataset.uint16(TAG.samples) ?? 1;
  if (samples !== 1 && samples !== 3 && samples !== 4)
    throw unsupported(`Pictures of ${samples} samples a pixel are not read.`);
  const bitsAllocated = dataset.uint16(TAG.bitsAllocated);
  if (bitsAllocated === undefined) throw unreadable("Bits Allocated is missing.");
  if (![1, 8, 16, 32].includes(bitsAllocated)) {
    throw unsupported(`Pictures of ${bitsAllocated} allocated bits are not read; 1, 8, 16 and 32 are.`);
  }
  const bitsStored = dataset.uint16(TAG.bitsStored) ?? bitsAllocated;
  if (bitsStored < 1 || bitsStored > bitsAllocated)
    throw unreadable("Bits Stored is not within Bits Allocated.");
  let highBit = dataset.uint16(TAG.highBit) ?? bitsStored - 1;
  if (highBit < bitsStored - 1 || highBit >= bitsAllocated) {
    warnings.push("High Bit contradicts Bits Stored and is taken from the latter.");
    highBit = bitsStored - 1;
  }
  const frames = framesOf(dataset, warnings);
  let photometric = photometricOf(dataset, samples);
  // Some writers say 4:2:2 and store every pixel's chrominance; the length tells.
  const stored = dataset.element(TAG.pixelData)?.length ?? 0;
  const whole = rows * columns * 3 * (bitsAllocated / 8) * frames;
  if (photometric === "YBR_FULL_422" && stored !== 0xffffffff && stored >= whole) {
    warnings.push("The pixels are said to be 4:2:2 and are stored whole.");
    photometric = "YBR_FULL";
  }
  if (frames > limits.maxFrames) throw tooLarge("frames", frames, limits.maxFrames);
  return {
    rows,
    columns,
    samples,
    photometric,
    bitsAllocated,
    bitsStored,
    highBit,
    signed: dataset.uint16(TAG.pixelRepresentation) === 1,
    planar: dataset.uint16(TAG.planar) === 1,
    frames,
  };
}

/** Uncompressed 4:2:2 stores two pixels in four bytes: Y1 Y2 Cb Cr (PS3.3 C.7.6.3.1.2). */
export function isSubsampled(layout: PixelLayout): boolean {
  return layout.photometric === "YBR_FULL_422" || layout.photometric === "YBR_PARTIAL_422";
}

/** Bits of one uncompressed frame. */
export function frameBits(layout: PixelLayout): number {
  const pixels = layout.rows * layout.columns;
  if (isSubsampled(layout)) return layout.rows * Math.ceil(layout.columns / 2) * 4 * layout.bitsAllocated;
  return pixels * layout.samples * layout.bitsAllocated;
}
