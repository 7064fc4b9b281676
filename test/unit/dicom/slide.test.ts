import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  boxInSlide,
  inspectPath,
  measureBox,
  patientPosition,
  toModelPictures,
} from "../../../src/dicom/index.js";
import { chooseLevel, choosePatches, patchGrid } from "../../../src/dicom/tissue/tissue.js";
import { type DataSet, writeDicom } from "./support/write-dicom.js";

/** Glass, with a block of tissue in its right lower part. */
function slidePixel(x: number, y: number, width: number, height: number): readonly [number, number, number] {
  const tissue = x >= width / 2 && y >= height / 2;
  return tissue ? [170, 80 + (x % 64), 150] : [240, 240, 242];
}

function rgb(
  width: number,
  height: number,
  originX = 0,
  originY = 0,
  fullWidth = width,
  fullHeight = height,
): Buffer {
  const data = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      data.set(slidePixel(x + originX, y + originY, fullWidth, fullHeight), (y * width + x) * 3);
  return data;
}

/** A level of a DICOM slide in tiles of 256, full or sparse in reverse order. */
function level(side: number, millimetres: number, sparse: boolean, instance: number): Uint8Array {
  const across = Math.ceil(side / 256);
  const places = Array.from(
    { length: across * across },
    (_, index) => [(index % across) * 256, Math.floor(index / across) * 256] as const,
  );
  if (sparse) places.reverse();
  const frames = places.map(([x, y]) => rgb(256, 256, x, y, side, side));
  const perFrame: DataSet = sparse
    ? {
        "52009230 SQ": places.map(([x, y]) => ({
          "0048021a SQ": [{ "0048021e SL": x + 1, "0048021f SL": y + 1 }],
        })),
      }
    : { "00209311 CS": "TILED_FULL" };
  return writeDicom({
    "00080008 CS": "ORIGINAL\\PRIMARY\\VOLUME\\NONE",
    "00080016 UI": "1.2.840.10008.5.1.4.1.1.77.1.6",
    "00080060 CS": "SM",
    "0020000d UI": "1.2.9",
    "0020000e UI": "1.2.9.1",
    "00200013 IS": String(instance),
    "00280002 US": 3,
    "00280004 CS": "RGB",
    "00280006 US": 0,
    "00280008 IS": String(frames.length),
    "00280010 US": 256,
    "00280011 US": 256,
    "00280100 US": 8,
    "00280101 US": 8,
    "00280102 US": 7,
    "00280103 US": 0,
    "00280301 CS": "NO",
    "00480006 UL": side,
    "00480007 UL": side,
    "52009229 SQ": [{ "00289110 SQ": [{ "00280030 DS": `${millimetres}\\${millimetres}` }] }],
    ...perFrame,
    "7fe00010 OB": Buffer.concat(frames),
  });
}

describe("a DICOM slide", () => {
  it.each([false, true])("gives its tissue at 10x, tiles sparse: %s", async (sparse) => {
    const files = [level(2048, 0.001, sparse, 1), level(512, 0.004, sparse, 2)];
    const { kind, pictures, places, took, rule } = await toModelPictures(files);
    expect(kind).toBe("slide");
    expect(rule).toBe("slide patches at 10x");
    // 2 x 2 patches of 896; only the lower right one is a quarter tissue or more.
    expect(took).toContain("slide, 1 of 1 patches with tissue, 4 in all");
    expect(places[0]?.patch).toEqual({ x: 896, y: 896, scale: 1 });
    expect(Buffer.from(pictures[0]?.data ?? []).equals(rgb(896, 896, 896, 896, 2048, 2048))).toBe(true);
  });

  it("without a level near 10x or finer is one picture, not enlarged patches", async () => {
    const { pictures, places, warnings, rule } = await toModelPictures([level(700, 0.029, false, 1)]);
    expect(rule).toBe("slide level, whole");
    expect(pictures).toHaveLength(1);
    expect(Buffer.from(pictures[0]?.data ?? []).equals(rgb(700, 700))).toBe(true);
    expect(places[0]).toMatchObject({ spacing: [0.029, 0.029], patch: { x: 0, y: 0, scale: 1 } });
    expect(warnings.join()).toMatch(/no level near 10x/);
    await expect(
      toModelPictures([level(700, 0.029, false, 1)], { limits: { maxPixels: 400_000 } }),
    ).rejects.toMatchObject({ code: "image_too_large" });
  });

  it("of 20x is read from that level and shrunk", async () => {
    const { pictures, places } = await toModelPictures([level(2048, 0.0005, false, 1)]);
    expect(pictures[0]).toMatchObject({ width: 896, height: 896 });
    expect(places[0]?.patch).toEqual({ x: 0, y: 0, scale: 2 });
  });
});

describe("a pyramidal TIFF", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "medgemma-slide-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("gives its tissue at 10x", async () => {
    const file = path.join(folder, "slide.tiff");
    // 1000 pixels a millimetre: one micrometre a pixel.
    await sharp(rgb(4096, 4096), { raw: { width: 4096, height: 4096, channels: 3 } })
      .tiff({ tile: true, pyramid: true, compression: "jpeg", quality: 95, xres: 1000, yres: 1000 })
      .toFile(file);
    const { kind, pictures, places, facts } = await toModelPictures(file, { maxPatches: 3 });
    expect(kind).toBe("slide");
    expect(pictures).toHaveLength(3);
    expect(facts).toMatchObject({ modality: "SM", rows: 4096, columns: 4096 });
    expect(facts.spacing?.[0]).toBeCloseTo(0.001, 6);
    expect(places.every(({ patch }) => patch !== undefined && patch.x + 896 > 2048)).toBe(true);
    const [r = 0, , b = 0] = pictures[2]?.data ?? [];
    expect(Math.abs(r - 170)).toBeLessThan(12);
    expect(Math.abs(b - 150)).toBeLessThan(12);
    expect((await inspectPath(file)).series[0]).toMatchObject({ rule: "slide" });
  });
});

describe("patches", () => {
  it("are spread evenly when there are too many, and one when there is no tissue", () => {
    const grid = patchGrid(896 * 20, 896 * 10, 896);
    const tissue = { width: 200, height: 100, data: new Uint8Array(200 * 100 * 3).fill(120) };
    const size = { width: 896 * 20, height: 896 * 10 };
    expect(choosePatches(grid, tissue, size, 125)).toMatchObject({
      withTissue: 200,
      patches: { length: 125 },
    });
    const glass = { ...tissue, data: tissue.data.slice().fill(245) };
    expect(choosePatches(grid, glass, size, 125)).toMatchObject({ withTissue: 0, patches: { length: 1 } });
  });

  it("count as tissue when their mean grey lies between 1 and 204, as in the reference", () => {
    const grid = patchGrid(896 * 4, 896, 896);
    const overview = { width: 40, height: 10, data: new Uint8Array(40 * 10 * 3) };
    // Black, just dark enough, just too bright, and half tissue on glass.
    for (const [patch, grey] of [0, 204, 205, 240].entries())
      for (let row = 0; row < 10; row++)
        overview.data.fill(grey, (row * 40 + patch * 10) * 3, (row * 40 + patch * 10 + 10) * 3);
    for (let row = 0; row < 5; row++) overview.data.fill(120, (row * 40 + 30) * 3, (row * 40 + 40) * 3);
    const { patches } = choosePatches(grid, overview, { width: 896 * 4, height: 896 }, 125);
    expect(patches.map(({ x }) => x / 896)).toEqual([1, 3]);
  });

  it("come from the level near 10x as it is stored, else from the coarsest that is finer", () => {
    const levels = (...sizes: (number | undefined)[]) => sizes.map((micrometres) => ({ micrometres }));
    const near = (...sizes: number[]) => chooseLevel(levels(...sizes));
    expect(near(0.25, 0.5, 1, 4)).toMatchObject({ level: { micrometres: 1 }, side: 896 });
    // 23 % of the larger, finer before coarser (ez-wsi-dicomweb, slide_level_map.py).
    expect(near(0.25, 0.78, 1.1)).toMatchObject({ level: { micrometres: 0.78 }, side: 896 });
    expect(near(0.25, 0.5, 1.29)).toMatchObject({ level: { micrometres: 1.29 }, side: 896 });
    expect(near(0.25, 0.5, 1.31)).toMatchObject({ level: { micrometres: 0.5 }, side: 1792 });
    expect(near(0.26, 4)).toMatchObject({ side: 3446 });
    expect(near(4, 16)).toMatchObject({ kind: "whole", level: { micrometres: 4 } });
    expect(chooseLevel(levels(undefined))?.note).toContain("resolution");
  });
});

describe("boxes", () => {
  const box = { x0: 10, y0: 20, x1: 30, y1: 60 };
  it("have millimetres where there is spacing, and say when it is the detector's", () => {
    expect(measureBox(box, {})).toBeUndefined();
    const space = { spacing: [0.5, 0.25] as const, spacingSource: "imager" as const };
    expect(measureBox(box, space)).toEqual({ width: 5, height: 20, left: 2.5, top: 10, onDetector: true });
  });
  it("go from a patch to its slide, and from a pixel to the patient", () => {
    expect(boxInSlide(box, { patch: { x: 896, y: 0, scale: 2 } })).toEqual({
      x0: 916,
      y0: 40,
      x1: 956,
      y1: 120,
    });
    expect(boxInSlide(box, {})).toBe(box);
    const geometry = { position: [1, 2, 3], orientation: [1, 0, 0, 0, 1, 0], spacing: [0.5, 0.25] as const };
    expect(patientPosition(4, 2, geometry)).toEqual([2, 3, 3]);
  });
});
