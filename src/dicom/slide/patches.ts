import sharp from "sharp";
import { badOption, MedGemmaError } from "../../base/errors.js";
import type { RgbImage } from "../../image/rgb.js";
import type { DicomFacts } from "../file/facts.js";
import { tooLarge } from "../file/limits.js";
import { pictureParts, type StudyPictures } from "../study/study-pictures.js";
import type { Work } from "../study/work.js";
import {
  checkGrid,
  MAX_PATCHES,
  type Overview,
  PATCH_MICROMETRES,
  PATCH_SIDE,
  type PatchPlace,
} from "../tissue/tissue.js";

/** A slide's level as a reader of regions; DICOM and TIFF slides differ in this only. */
export interface SlideReader {
  readonly format: "dicom" | "tiff";
  readonly width: number;
  readonly height: number;
  /** Pixels of this level for one patch; undefined when the level is shown whole. */
  readonly side: number | undefined;
  /** Micrometres a pixel of this level. */
  readonly micrometres: number | undefined;
  /** Pixels of the full resolution for one of this level. */
  readonly downsample: number;
  readonly facts: DicomFacts;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  /** A small picture of the whole. */
  overview(): Promise<Overview>;
  /** `PATCH_SIDE` squared RGB of a square; beyond the edge it is white. */
  region(place: PatchPlace): Promise<Uint8Array>;
  /** RGB of the whole level. */
  whole(): Promise<Uint8Array>;
}

export function slideReaderPictures(reader: SlideReader, work: Work): Promise<StudyPictures> {
  return reader.side === undefined ? wholePicture(reader, work) : patchPictures(reader, reader.side, work);
}

/** A level that is too coarse for patches, as one picture, as the reference hands out a level without patches. */
async function wholePicture(reader: SlideReader, work: Work): Promise<StudyPictures> {
  const { width, height, format, micrometres } = reader;
  if (width * height > work.limits.maxPixels) throw tooLarge("pixels", width * height, work.limits.maxPixels);
  const rule = "slide level, whole";
  const steps = [rule];
  const origin = { format, storedWidth: width, storedHeight: height, steps };
  const pictures = [{ width, height, data: await reader.whole(), origin }];
  work.progress("pictures", 1, 1);
  const millimetres = (micrometres ?? 0) / 1000;
  return {
    kind: "slide",
    pictures,
    places: [
      {
        number: 1,
        frame: 0,
        ...(micrometres !== undefined && {
          spacing: [millimetres, millimetres] as const,
          spacingSource: "pixel" as const,
        }),
        patch: { x: 0, y: 0, scale: reader.downsample },
      },
    ],
    parts: pictureParts(pictures),
    facts: reader.facts,
    rule,
    took: ["slide, one level whole", ...reader.notes].join("; "),
    warnings: reader.warnings,
  };
}

/** At most 125 patches of 896 x 896 at 10x that hold tissue, in reading order (where the notebook draws at random). */
async function patchPictures(reader: SlideReader, side: number, work: Work): Promise<StudyPictures> {
  const most = work.options.maxPatches ?? MAX_PATCHES;
  if (!Number.isInteger(most) || most < 1 || most > 126)
    throw badOption("maxPatches", "a whole number from 1 to 126", most);
  const { width, height } = reader;
  checkGrid(width, height, side, work.limits);
  const overview = await reader.overview();
  const { patches, all, withTissue } = await work.pool.run<"tissue">(
    { kind: "tissue", overview, level: { width, height }, side, most },
    { timeout: work.limits.timeout, signal: work.signal },
  );
  const micrometres = ((reader.micrometres ?? PATCH_MICROMETRES) * side) / PATCH_SIDE;
  const steps = [
    "slide patches at 10x",
    `${PATCH_SIDE}x${PATCH_SIDE} at ${decimals(micrometres)} micrometre a pixel`,
    ...(side === PATCH_SIDE ? [] : [`resized from ${side}x${side}`]),
  ];
  const pictures: RgbImage[] = [];
  for (const patch of patches) {
    if (work.signal?.aborted) throw new MedGemmaError("aborted");
    const origin = { format: reader.format, storedWidth: reader.width, storedHeight: reader.height, steps };
    pictures.push({ width: PATCH_SIDE, height: PATCH_SIDE, data: await reader.region(patch), origin });
    work.progress("pictures", pictures.length, patches.length);
  }
  const millimetres = micrometres / 1000;
  const none = withTissue === 0 ? ["No tissue was found; the darkest patch was taken."] : [];
  return {
    kind: "slide",
    pictures,
    places: patches.map(({ x, y }, index) => ({
      number: index + 1,
      frame: 0,
      spacing: [millimetres, millimetres],
      spacingSource: "pixel",
      patch: {
        x: x * reader.downsample,
        y: y * reader.downsample,
        scale: (side / PATCH_SIDE) * reader.downsample,
      },
    })),
    parts: pictureParts(pictures),
    facts: reader.facts,
    rule: "slide patches at 10x",
    took: [
      `slide, ${patches.length} of ${withTissue} patches with tissue, ${all} in all`,
      ...reader.notes,
    ].join("; "),
    warnings: [...none, ...reader.warnings],
  };
}

function decimals(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** RGB of one size from RGB of another. */
export async function resizeRgb(
  data: Uint8Array,
  width: number,
  height: number,
  side: number,
): Promise<Uint8Array> {
  if (width === side && height === side) return data;
  const { data: out } = await sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false })
    .resize(side, side, { fit: "fill", kernel: "lanczos3" })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return new Uint8Array(out);
}
