import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { pathToFileURL } from "node:url";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import type { ImageInput } from "../../../src/image/input.js";
import { readPicture } from "../../../src/image/read-picture.js";
import type { RgbImage } from "../../../src/image/rgb.js";
import { fixture } from "./support.js";

const path = fixture("rgb.png");
const bytes = await readFile(path);
const wanted = await sharp(bytes).raw().toBuffer();
const dataUrl = `data:image/png;base64,${bytes.toString("base64")}`;

/** The same bytes in the middle of a larger buffer: an offset forgotten shows. */
function inside(whole: Uint8Array): Uint8Array {
  const larger = new Uint8Array(whole.length + 20).fill(255);
  larger.set(whole, 10);
  return larger.subarray(10, 10 + whole.length);
}

const ALIKE: Record<string, () => ImageInput> = {
  "a path": () => path,
  "a relative path": () => relative(process.cwd(), path),
  "a file: URL as text": () => pathToFileURL(path).href,
  "a file: URL": () => pathToFileURL(path),
  "a data: URL as text": () => dataUrl,
  "a data: URL": () => new URL(dataUrl),
  "a data: URL of another media type, in lines": () =>
    `data:text/plain;charset=x;base64,${(bytes.toString("base64").match(/.{1,61}/g) ?? []).join("\n")}`,
  "a data: URL in base64url": () => `data:;base64,${bytes.toString("base64url")}`,
  "bare base64": () => bytes.toString("base64"),
  "bare base64 in lines, without its end": () =>
    (
      bytes
        .toString("base64")
        .replace(/=+$/, "")
        .match(/.{1,76}/g) ?? []
    ).join("\r\n"),
  "a Buffer": () => bytes,
  "a Uint8Array with an offset": () => inside(bytes),
  "an ArrayBuffer": () => new Uint8Array(bytes).buffer,
  "a Blob": () => new Blob([new Uint8Array(bytes)]),
  "a sharp instance": () => sharp(bytes),
  "raw RGB": () => ({ data: wanted, width: 24, height: 16, channels: 3 }),
  "raw RGB, clamped, with an offset": () => {
    const view = inside(wanted);
    return { data: new Uint8ClampedArray(view.buffer, 10, view.length), width: 24, height: 16, channels: 3 };
  },
};

describe("every kind of input gives the same picture", () => {
  test.each(Object.entries(ALIKE))("%s", async (_, input) => {
    const picture = await readPicture(input());
    expect([picture.width, picture.height]).toEqual([24, 16]);
    expect(wanted.equals(picture.data)).toBe(true);
  });

  test("an RgbImage is taken as it is", async () => {
    const image: RgbImage = {
      data: new Uint8Array(6),
      width: 2,
      height: 1,
      origin: { format: "dicom", storedWidth: 2, storedHeight: 1, steps: ["window"] },
    };
    expect(await readPicture(image)).toBe(image);
  });

  test("a long data: URL, decoded in several slices, with and without lines", async () => {
    const noise = await sharp({
      create: { width: 700, height: 500, channels: 3, background: "red", noise: { type: "gaussian", mean: 128, sigma: 50 } },
    }).png().toBuffer(); // biome-ignore format: one chain
    expect(noise.length).toBeGreaterThan(600_000);
    const pixels = await sharp(noise).raw().toBuffer();
    const text = noise.toString("base64");
    for (const body of [text, text.replace(/.{61}/g, "$&\r\n")]) {
      const picture = await readPicture(`data:image/png;base64,${body}`);
      expect(pixels.equals(picture.data)).toBe(true);
    }
  });
});

describe("raw pixels", () => {
  const read = async (data: Uint8Array | Uint16Array, channels: 1 | 2 | 3 | 4, background?: "white") => [
    ...(
      await readPicture(
        { data, width: data.length / channels, height: 1, channels },
        background && { background },
      )
    ).data,
  ];

  test("grey is repeated", async () => {
    expect(await read(Uint8Array.of(0, 7, 255), 1)).toEqual([0, 0, 0, 7, 7, 7, 255, 255, 255]);
  });
  test("16 bits of grey are rounded to 8, of colour keep their upper byte", async () => {
    expect(await read(Uint16Array.of(0, 128, 129, 256, 4095, 65535), 1)).toEqual(
      [0, 0, 1, 1, 16, 255].flatMap((value) => [value, value, value]),
    );
    expect(await read(Uint16Array.of(0x1234, 0x5678, 0x9abc), 3)).toEqual([0x12, 0x56, 0x9a]);
    expect(await read(Uint16Array.of(0x1234, 0x5678, 0x9abc, 65535), 4)).toEqual([0x12, 0x56, 0x9a]);
  });
  test("alpha lies over black, or white when asked", async () => {
    expect(await read(Uint8Array.of(200, 255, 200, 0), 2)).toEqual([200, 200, 200, 0, 0, 0]);
    expect(await read(Uint8Array.of(10, 20, 30, 255, 10, 20, 30, 0), 4)).toEqual([10, 20, 30, 0, 0, 0]);
    expect(await read(Uint8Array.of(10, 20, 30, 255, 10, 20, 30, 0), 4, "white")).toEqual([
      10, 20, 30, 255, 255, 255,
    ]);
  });
  test("are read, not kept", async () => {
    const data = Uint8Array.of(1, 2, 3);
    const picture = await readPicture({ data, width: 1, height: 1, channels: 3 });
    data.fill(9);
    expect([...picture.data]).toEqual([1, 2, 3]);
  });
});

describe("sharp instances", () => {
  test("their steps are run, and the instance stays usable", async () => {
    const pipeline = sharp(bytes).greyscale().resize(5, 4, { fit: "fill" });
    const picture = await readPicture(pipeline);
    expect([picture.width, picture.height]).toEqual([5, 4]);
    expect(picture.data[0]).toBe(picture.data[2]);
    expect((await pipeline.raw().toBuffer({ resolveWithObject: true })).info.width).toBe(5);
  });
  test("are shown upright", async () => {
    const file = fixture("orientation-6.png");
    expect((await readPicture(sharp(file))).data).toEqual((await readPicture(file)).data);
    expect((await readPicture(sharp(file).autoOrient())).data).toEqual((await readPicture(file)).data);
  });
  test("an animation gives its first frame", async () => {
    const file = fixture("animated.gif");
    const picture = await readPicture(sharp(file, { animated: true }));
    expect(picture.data).toEqual((await readPicture(file)).data);
    expect(picture.origin.steps).toContain("frame 1 of 2");
  });
  test("transparency and 16 bits are treated as in files", async () => {
    for (const name of ["alpha.png", "16-rgb.png"]) {
      expect((await readPicture(sharp(fixture(name)))).data).toEqual((await readPicture(fixture(name))).data);
    }
  });
  test("pictures made from nothing", async () => {
    const picture = await readPicture(
      sharp({ create: { width: 2, height: 1, channels: 3, background: "#102030" } }),
    );
    expect([...picture.data]).toEqual([16, 32, 48, 16, 32, 48]);
  });
});

describe("base64 without an address", () => {
  test.each(["jpeg", "webp", "gif", "tiff"] as const)("of a %s is a picture", async (format) => {
    const encoded = await sharp(bytes).toFormat(format).toBuffer();
    const { width, height } = await readPicture(encoded.toString("base64"));
    expect([width, height]).toEqual([24, 16]);
  });

  test("of no picture is told by what it is, or by nothing of it", async () => {
    const pdf = Buffer.concat([Buffer.from("%PDF-1.7"), Buffer.alloc(200, 7)]).toString("base64");
    await expect(readPicture(pdf)).rejects.toMatchObject({ message: expect.stringContaining("a PDF file") });
    const noise = Buffer.alloc(100_000, 0x5a).toString("base64");
    const error = await readPicture(noise).catch((caught) => caught);
    expect(error.code).toBe("file_not_found");
    expect(JSON.stringify({ ...error, message: error.message }).length).toBeLessThan(400);
  });

  test("that is cut off is told", async () => {
    await expect(readPicture(bytes.toString("base64").slice(0, 100))).rejects.toMatchObject({
      code: "image_unreadable",
    });
  });
});
