import sharp, { type Sharp } from "sharp";
import { MedGemmaError } from "../errors.js";
import type { HeldInput } from "./collect.js";
import { unsupported } from "./fail.js";
import { firstBytes } from "./read.js";
import { type SlideReader, slideReaderPictures } from "./slide-patches.js";
import type { StudyPictures } from "./study-pictures.js";
import { looksLikeTiff, readTiffPages, type TiffPage } from "./tiff.js";
import {
  chooseLevel,
  levelNear,
  OVERVIEW_MICROMETRES,
  type Overview,
  PATCH_SIDE,
  type PatchPlace,
} from "./tissue.js";
import type { Work } from "./to-pictures.js";

/** Tiled TIFFs with more pixels than this are slides; smaller ones are plain pictures. */
const SLIDE_PIXELS = 4 * PATCH_SIDE * PATCH_SIDE;
/** JPEG 2000 tiles of Aperio: YCbCr and RGB. libvips as sharp brings it cannot read them. */
const JPEG2000_COMPRESSIONS = [33003, 33005, 34712];

interface Level {
  readonly page: number;
  readonly width: number;
  readonly height: number;
  readonly compression: number;
  readonly micrometres: number | undefined;
}

/** True when the input is the path of a pyramidal TIFF or an Aperio SVS. */
export async function tiffSource(input: HeldInput): Promise<boolean> {
  if (typeof input !== "string" || !/\.(svs|tiff?|btf)$/i.test(input)) return false;
  if (!looksLikeTiff(await firstBytes(input, 16))) return false;
  const [first] = (await readTiffPages(input)) ?? [];
  return first?.tiled === true && (first.aperio || first.width * first.height > SLIDE_PIXELS);
}

/** The first page and its smaller copies, finest first. Other pages (label, macro) are not read: labels name people. */
export function tiffLevels(pages: readonly TiffPage[]): Level[] {
  const [full] = pages;
  if (!full) return [];
  return pages
    .map((page, index) => ({ page, index }))
    .filter(({ page }) => page.tiled && page.width > 0 && sameShape(page, full))
    .map(({ page, index }) => ({
      page: index,
      width: page.width,
      height: page.height,
      compression: page.compression,
      micrometres: full.micrometres && full.micrometres * (full.width / page.width),
    }))
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
    overview: () => overviewOf(path, levelNear(levels, OVERVIEW_MICROMETRES) ?? smallest),
    region: (place) => regionOf(path, level, place),
    whole: async () => (await rgbOf(openPage(path, level))).data,
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

async function rgbOf(pipeline: Sharp): Promise<Overview> {
  try {
    const { data, info } = await pipeline
      .flatten({ background: "white" })
      .toColourspace("srgb")
      .raw()
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new Error("not RGB");
    return { width: info.width, height: info.height, data: new Uint8Array(data) };
  } catch {
    throw new MedGemmaError("image_unreadable", "A part of the slide cannot be decoded.");
  }
}

function overviewOf(path: string, level: Level): Promise<Overview> {
  return rgbOf(openPage(path, level).resize(4096, 4096, { fit: "inside", withoutEnlargement: true }));
}

async function regionOf(path: string, level: Level, { x, y, side }: PatchPlace): Promise<Uint8Array> {
  const width = Math.min(side, level.width - x);
  const height = Math.min(side, level.height - y);
  const part = openPage(path, level).extract({ left: x, top: y, width, height });
  const white = { right: side - width, bottom: side - height, background: "white" };
  const full = width === side && height === side ? part : sharp(await part.extend(white).png().toBuffer());
  const { data } = await rgbOf(full.resize(PATCH_SIDE, PATCH_SIDE, { fit: "fill", kernel: "lanczos3" }));
  return data;
}
