import sharp from "sharp";
import { badOption, MedGemmaError } from "../errors.js";
import type { RgbImage } from "../image/rgb.js";
import type { DicomFacts } from "./facts.js";
import { pictureParts, type StudyPictures } from "./study-pictures.js";
import {
  choosePatches,
  MAX_PATCHES,
  type Overview,
  PATCH_MICROMETRES,
  PATCH_SIDE,
  type PatchPlace,
  patchGrid,
} from "./tissue.js";
import type { Work } from "./to-pictures.js";

/** A slide's level as a reader of regions; DICOM and TIFF slides differ in this only. */
export interface SlideReader {
  readonly format: "dicom" | "tiff";
  readonly width: number;
  readonly height: number;
  /** Pixels of this level for one patch. */
  readonly side: number;
  /** Pixels of the full resolution for one of this level. */
  readonly downsample: number;
  readonly facts: DicomFacts;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  /** A small picture of the whole. */
  overview(): Promise<Overview>;
  /** `PATCH_SIDE` squared RGB of a square; beyond the edge it is white. */
  region(place: PatchPlace): Promise<Uint8Array>;
}

/** At most 125 patches of 896 x 896 at 10x that hold tissue, in reading order (where the notebook draws at random). */
export async function patchPictures(reader: SlideReader, work: Work): Promise<StudyPictures> {
  const most = work.options.maxPatches ?? MAX_PATCHES;
  if (!Number.isInteger(most) || most < 1 || most > 126)
    throw badOption("maxPatches", "a whole number from 1 to 126", most);
  const grid = patchGrid(reader.width, reader.height, reader.side);
  const { patches, withTissue } = choosePatches(grid, await reader.overview(), reader, most);
  const steps = [
    "slide patches at 10x",
    `${PATCH_SIDE}x${PATCH_SIDE} at ${PATCH_MICROMETRES} micrometre a pixel`,
    ...(reader.side === PATCH_SIDE ? [] : [`resized from ${reader.side}x${reader.side}`]),
  ];
  const pictures: RgbImage[] = [];
  for (const patch of patches) {
    if (work.signal?.aborted) throw new MedGemmaError("aborted");
    const origin = { format: reader.format, storedWidth: reader.width, storedHeight: reader.height, steps };
    pictures.push({ width: PATCH_SIDE, height: PATCH_SIDE, data: await reader.region(patch), origin });
    work.progress("pictures", pictures.length, patches.length);
  }
  const millimetres = PATCH_MICROMETRES / 1000;
  const none = withTissue === 0 ? ["No tissue was found; the fullest patch was taken."] : [];
  return {
    kind: "slide",
    pictures,
    places: patches.map(({ x, y, side }, index) => ({
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
      `slide, ${patches.length} of ${withTissue} patches with tissue, ${grid.length} in all`,
      ...reader.notes,
    ].join("; "),
    warnings: [...none, ...reader.warnings],
  };
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
