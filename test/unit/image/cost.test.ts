import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { MedGemmaError } from "../../../src/base/errors.js";
import { countScans } from "../../../src/base/files/jpeg-scans.js";
import { seededRandom } from "../../../src/base/random.js";
import type { ImageLimits } from "../../../src/image/limits.js";
import { readPicture } from "../../../src/image/read-picture.js";
import { HOSTILE_PICTURES } from "../../support/hostile/pictures.js";
import { progressiveJpeg } from "../../support/hostile/progressive-jpeg.js";
import { writeTiff } from "../../support/hostile/tiff.js";
import { errorOf, greyPng } from "./support.js";

const blank = (side: number, channels: 3 | 4 = 3) =>
  sharp({
    create: { width: side, height: side, channels, background: { r: 90, g: 120, b: 30, alpha: 0.5 } },
  });
const refused = (bytes: Uint8Array, limits?: ImageLimits) => errorOf(readPicture(bytes, { limits }));

describe("a JPEG's scans", () => {
  const scans = (bytes: Uint8Array) => countScans(bytes, undefined);

  test("are counted with what a decoder keeps until the last", async () => {
    expect(await scans(progressiveJpeg(64, 64, 17))).toEqual({ scans: 17, kept: 2 });
    expect(await scans(await blank(64).jpeg().toBuffer())).toEqual({ scans: 1, kept: 0 });
    const whole = await scans(
      await blank(64).jpeg({ progressive: true, chromaSubsampling: "4:4:4" }).toBuffer(),
    );
    expect(whole.scans).toBeGreaterThan(3);
    expect(whole.kept).toBe(6);
    const halved = await scans(await blank(64).jpeg({ progressive: true }).toBuffer());
    expect(halved.kept).toBe(3);
  });

  test("within a segment of notes are none", async () => {
    const jpeg = Buffer.from(progressiveJpeg(64, 64, 3));
    const inner = Buffer.from(progressiveJpeg(8, 8, 9));
    const note = Buffer.concat([
      Buffer.from([0xff, 0xe1, (inner.length + 2) >> 8, (inner.length + 2) & 255]),
      inner,
    ]);
    const whole = Buffer.concat([jpeg.subarray(0, 2), note, jpeg.subarray(2)]);
    expect((await scans(whole)).scans).toBe(3);
  });

  test("are 200 at most", async () => {
    expect(await readPicture(progressiveJpeg(64, 64, 200))).toMatchObject({ width: 64, height: 64 });
    const error = await refused(progressiveJpeg(64, 64, 201));
    expect(error).toMatchObject({ code: "image_unreadable", message: "The JPEG has more than 200 scans." });
  });

  test("of a picture cut off anywhere are counted to where it ends", async () => {
    const jpeg = progressiveJpeg(64, 64, 3);
    for (let length = 0; length < jpeg.length; length++)
      expect((await scans(jpeg.subarray(0, length))).scans).toBeLessThanOrEqual(3);
  });
});

describe("a TIFF's pages", () => {
  const page = { width: 4, height: 4, stripBytes: new Uint8Array(16) };

  test("are 5000 at most, and end", async () => {
    const many = writeTiff(Array(5000).fill(page));
    expect((await readPicture(many)).origin.warnings).toEqual([
      "The file holds 5000 pictures; the first was read.",
    ]);
    const message = "The TIFF holds more than 5000 pictures.";
    expect((await refused(writeTiff(Array(5001).fill(page)))).message).toBe(message);
    expect((await refused(writeTiff([page, page], { loop: true }))).message).toBe(message);
  });
});

describe("limits", () => {
  test("a side, whatever the pixels are", async () => {
    const strip = greyPng(70_000, 1, 8, Buffer.alloc(70_001));
    const error = await refused(strip);
    expect(error.code).toBe("image_too_large");
    expect(error.facts).toMatchObject({ width: 70_000, height: 1, limit: 65_535 });
    expect(await readPicture(strip, { limits: { maxSide: 70_000 } })).toMatchObject({ width: 70_000 });
  });

  test("memory, by what each decoder holds at once", async () => {
    const side = 64;
    const a = { compressionLevel: 1 };
    const cases: readonly (readonly [name: string, bytes: Uint8Array, bytesAPixel: number])[] = [
      ["baseline JPEG", await blank(side).jpeg().toBuffer(), 3],
      ["progressive JPEG", progressiveJpeg(side, side, 4), 5],
      ["PNG", await blank(side).png(a).toBuffer(), 3],
      [
        "interlaced PNG",
        await blank(side, 4)
          .png({ ...a, progressive: true })
          .toBuffer(),
        7,
      ],
      ["WebP", await blank(side).webp().toBuffer(), 8],
      ["AVIF", await blank(side).avif({ effort: 0 }).toBuffer(), 18],
      ["TIFF", await blank(side).tiff().toBuffer(), 6],
    ];
    for (const [name, bytes, bytesAPixel] of cases) {
      const memory = side * side * bytesAPixel;
      expect(await readPicture(bytes, { limits: { maxMemory: memory } }), name).toMatchObject({
        width: side,
      });
      const error = await refused(bytes, { maxMemory: memory - 1 });
      expect([name, error.code, error.facts]).toEqual([
        name,
        "image_too_large",
        { width: side, height: side, memory, limit: memory - 1 },
      ]);
    }
  });

  test("time", async () => {
    const large = await blank(3000).png().toBuffer();
    const error = await refused(large, { timeout: 1 });
    expect(error).toMatchObject({ code: "image_timeout", facts: { milliseconds: 1 } });
    expect(await readPicture(large)).toMatchObject({ width: 3000 });
  });

  test("an abort is no timeout", async () => {
    const stop = new AbortController();
    const reading = readPicture(await blank(3000).png().toBuffer(), { signal: stop.signal });
    stop.abort();
    expect((await errorOf(reading)).code).toBe("aborted");
  });
});

describe("pictures made to hurt are read or refused", () => {
  const REFUSED: Readonly<Record<string, string>> = {
    scans: "image_unreadable",
    strip: "image_too_large",
    // Begun and not ended: an interlaced one has no line before its last pass.
    wide: "image_unreadable",
    pages: "image_unreadable",
    tiles: "image_unreadable",
  };

  test.each(Object.keys(HOSTILE_PICTURES))("%s", async (kind) => {
    for (const seed of [1, 2]) {
      const { bytes } = HOSTILE_PICTURES[kind]?.(seededRandom(seed)) ?? { bytes: new Uint8Array() };
      const outcome = await readPicture(bytes).then(
        ({ width, height, data }) => data.length === width * height * 3 && "read",
        (error: unknown) => MedGemmaError.isInstance(error) && error.code,
      );
      expect(outcome).toBe(REFUSED[kind] ?? "read");
    }
  });
});
