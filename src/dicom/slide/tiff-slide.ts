import sharp, { type Sharp } from "sharp";
import { untilAborted } from "../../base/abort.js";
import { MedGemmaError } from "../../base/errors.js";
import { unsupported } from "../file/fail.js";
import { firstBytes } from "../file/first-bytes.js";
import type { HeldInput } from "../file/input.js";
import { type Limits, tooLarge } from "../file/limits.js";
import type { StudyPictures } from "../study/study-pictures.js";
import type { Work } from "../study/work.js";
import {
  checkOverview,
  chooseLevel,
  levelNear,
  OVERVIEW_MICROMETRES,
  type Overview,
  PATCH_SIDE,
  type PatchPlace,
} from "../tissue/tissue.js";
import { type SlideReader, slideReaderPictures } from "./patches.js";
import { looksLikeTiff, readTiffPages, type TiffPage } from "./tiff.js";

/** Tiled TIFFs with more pixels than this are slides; smaller ones are plain pictures. */
const SLIDE_PIXELS = 4 * PATCH_SIDE * PATCH_SIDE;
/** JPEG 2000 tiles of Aperio: YCbCr and RGB. libvips as sharp brings it cannot read them. */
const JPEG2000_COMPRESSIONS = [33003, 33005, 34712];

interface Level {
  readonly page: number;
  readonly width: number;
  readonly height: number;
  readonly tiles: NonNullable<TiffPage["tiles"]>;
  readonly compression: number;
  readonly micrometres: number | undefined;
}

/** True when the input is the path of a pyramidal TIFF or an Aperio SVS. */
export async function tiffSource(input: HeldInput): Promise<boolean> {
  if (typeof input !== "string" || !/\.(svs|tiff?|btf)$/i.test(input)) return false;
  if (!looksLikeTiff(await firstBytes(input, 16))) return false;
  const [first] = (await readTiffPages(input)) ?? [];
  return first?.tiles !== undefined && (first.aperio || first.width * first.height > SLIDE_PIXELS);
}

/** The first page and its smaller copies, finest first. Other pages (label, macro) are not read: labels name people. */
export function tiffLevels(pages: readonly TiffPage[]): Level[] {
  const [full] = pages;
  if (!full) return [];
  return pages
    .flatMap((page, index) => {
      const { width, height, compression, tiles } = page;
      if (!tiles || width === 0 || !sameShape(page, full)) return [];
      const micrometres = full.micrometres && full.micrometres * (full.width / width);
      return [{ page: index, width, height, tiles, compression, micrometres }];
    })
    .sort((a, b) => b.width - a.width);
}

function sameShape(page: TiffPage, full: TiffPage): boolean {
  const scale = full.width / page.width;
  return scale >= 1 && Math.abs(page.height - full.height / scale) <= 2 + full.height / full.width;
}

export async function tiffPictures(path: string, work: Work): Promise<StudyPictures> {
  const levels = tiffLevels((await readTiffPages(path)) ?? []);
  const choice = chooseLevel(levels);
  const [finest] = levels;
  const smallest = levels.at(-1);
  if (!choice || !finest || !smallest)
    throw new MedGemmaError("image_unreadable", "The TIFF has no tiled page.");
  const { level } = choice;
  checkTiles(level, work.limits);
  if (JPEG2000_COMPRESSIONS.includes(level.compression)) {
    throw unsupported(
      "The slide's tiles are JPEG 2000.",
      {},
      "Convert it to a pyramidal TIFF with JPEG tiles (vips tiffsave --tile --pyramid).",
    );
  }
  const reader: SlideReader = {
    format: "tiff",
    width: level.width,
    height: level.height,
    side: choice.kind === "patches" ? choice.side : undefined,
    micrometres: level.micrometres,
    downsample: finest.width / level.width,
    facts: slideFacts(level),
    notes: [`level of ${level.width}x${level.height}`, `${levels.length} levels`],
    warnings: choice.note === undefined ? [] : [choice.note],
    overview: () => overviewOf(path, levelNear(levels, OVERVIEW_MICROMETRES) ?? smallest, work),
    region: (place) => regionOf(path, level, place, work),
    whole: async () => (await rgbOf(openPage(path, level), level, work)).data,
  };
  return slideReaderPictures(reader, work);
}

function slideFacts({ width, height, micrometres }: Level): StudyPictures["facts"] {
  return {
    modality: "SM",
    rows: height,
    columns: width,
    frames: 1,
    ...(micrometres === undefined
      ? {}
      : { spacing: [micrometres / 1000, micrometres / 1000], spacingSource: "pixel" }),
    transferSyntax: "TIFF",
    lossy: true,
    burnedIn: "not stated",
    secondaryCapture: false,
    localizer: false,
    derived: false,
  };
}

function openPage(path: string, level: Level) {
  return sharp(path, { page: level.page, limitInputPixels: false, sequentialRead: false });
}

/** The sizes of a page are only numbers: its tiles must cover it, and one be no larger than a picture may be. */
function checkTiles({ width, height, tiles }: Level, { maxPixels }: Limits): void {
  if (tiles.width * tiles.height > maxPixels)
    throw tooLarge("pixels in a tile", tiles.width * tiles.height, maxPixels);
  const needed = Math.ceil(width / tiles.width) * Math.ceil(height / tiles.height);
  if (!(needed <= tiles.count)) {
    throw new MedGemmaError(
      "image_unreadable",
      "The slide has fewer tiles than its size needs: it is damaged or cut off.",
      { facts: { format: "tiff" } },
    );
  }
}

/** Milliseconds for decoding a part, if the caller sets no limit: some ten times what it should need. */
const timeFor = (pixels: number) => 5000 + pixels / 20_000;

/** `pixels`: of what is decoded for it. */
async function rgbOf(
  pipeline: Sharp,
  { width, height }: { readonly width: number; readonly height: number },
  { limits, signal }: Pick<Work, "limits" | "signal">,
): Promise<Overview> {
  const milliseconds = limits.timeout || timeFor(width * height);
  try {
    const { data, info } = await untilAborted(signal, () =>
      pipeline
        .timeout({ seconds: Math.min(3600, Math.ceil(milliseconds / 1000)) })
        .flatten({ background: "white" })
        .toColourspace("srgb")
        .raw()
        .toBuffer({ resolveWithObject: true }),
    );
    if (info.channels !== 3) throw new Error("not RGB");
    return { width: info.width, height: info.height, data };
  } catch (error) {
    if (MedGemmaError.isInstance(error)) throw error;
    if (/^timeout/.test((error as Error).message))
      throw new MedGemmaError("dicom_timeout", undefined, { facts: { milliseconds } });
    throw new MedGemmaError("image_unreadable", "A part of the slide cannot be decoded.");
  }
}

async function overviewOf(path: string, level: Level, work: Work): Promise<Overview> {
  checkTiles(level, work.limits);
  checkOverview(level.width * level.height);
  const small = openPage(path, level).resize(4096, 4096, { fit: "inside", withoutEnlargement: true });
  const { width, height, data } = await rgbOf(small, level, work);
  return { width, height, data: await work.shared.share(data) };
}

async function regionOf(
  path: string,
  level: Level,
  { x, y, side }: PatchPlace,
  work: Work,
): Promise<Uint8Array> {
  const width = Math.min(side, level.width - x);
  const height = Math.min(side, level.height - y);
  const part = openPage(path, level).extract({ left: x, top: y, width, height });
  const white = { right: side - width, bottom: side - height, background: "white" };
  const full = width === side && height === side ? part : sharp(await part.extend(white).png().toBuffer());
  const patch = full.resize(PATCH_SIDE, PATCH_SIDE, { fit: "fill", kernel: "lanczos3" });
  const { data } = await rgbOf(patch, { width, height }, work);
  return data;
}
