import { readFile } from "node:fs/promises";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { readPicture } from "../../../src/image/read-picture.js";
import { chunk, fixture, greyPng } from "./support.js";

// Comparisons with Pillow are in fixtures.test.ts; here is what it does not say.

describe("colour", () => {
  test.each(["cmyk-inks.jpg", "cmyk-inks.tif"])("%s says what became of it", async (name) => {
    expect((await readPicture(fixture(name))).origin.steps).toEqual(["cmyk to rgb"]);
  });

  test("a profile is left aside, whether it can be used or not", async () => {
    const adobe = await readFile(fixture("icc-adobe.png"));
    const at = adobe.indexOf("iCCP");
    const ofColour = adobe.subarray(at + 4, at + 4 + adobe.readUInt32BE(at - 4));
    const grey = await readPicture(greyPng(2, 1, 8, Uint8Array.of(0, 100, 100), [chunk("iCCP", ofColour)]));
    expect([...grey.data]).toEqual([100, 100, 100, 100, 100, 100]);

    const plain = await readFile(fixture("420.jpg"));
    const garbage = Buffer.concat([
      Buffer.from("ICC_PROFILE\0\x01\x01", "latin1"),
      Buffer.alloc(300, "garbage"),
    ]);
    const marker = Buffer.from([0xff, 0xe2, (garbage.length + 2) >> 8, (garbage.length + 2) & 255]);
    const marked = await readPicture(
      Buffer.concat([plain.subarray(0, 2), marker, garbage, plain.subarray(2)]),
    );
    expect(marked.data).toEqual((await readPicture(plain)).data);
    expect(marked.origin.steps).toEqual(["icc ignored"]);
  });

  test("transparent pixels are white when asked for", async () => {
    const black = await readPicture(fixture("grey-alpha.png"));
    const white = await readPicture(fixture("grey-alpha.png"), { background: "white" });
    expect([...black.data.subarray(0, 3)]).toEqual([0, 0, 0]);
    expect([...white.data.subarray(0, 3)]).toEqual([255, 255, 255]);
    expect(white.origin.steps).toEqual(["alpha over #ffffff"]);
  });
});

describe("what was done is told", () => {
  test.each([
    ["rgb.png", "png", []],
    ["orientation-6.jpg", "jpeg", ["orientation 6"]],
    ["animated.gif", "gif", ["frame 1 of 2", "alpha over #000000"]],
    ["animated.webp", "webp", ["frame 1 of 2"]],
    ["first.tif", "tiff", ["frame 1 of 2"]],
    ["rgb.avif", "avif", []],
    ["16-rgb-icc.png", "png", ["16 bit to 8 bit", "icc ignored"]],
  ])("%s", async (name, format, steps) => {
    const { origin } = await readPicture(fixture(name));
    const { warnings, ...rest } = origin;
    expect(rest).toEqual({ format, storedWidth: 24, storedHeight: 16, steps });
    expect(warnings).toEqual(
      steps[0] === "frame 1 of 2" ? ["The file holds 2 pictures; the first was read."] : undefined,
    );
  });
});

test("interlaced is the same picture", async () => {
  const interlaced = await sharp(fixture("rgb.png")).png({ progressive: true }).toBuffer();
  expect(interlaced[28]).toBe(1);
  expect((await readPicture(interlaced)).data).toEqual((await readPicture(fixture("rgb.png"))).data);
});

test("bytes behind the picture do no harm", async () => {
  for (const name of ["420.jpg", "rgb.png"]) {
    const longer = Buffer.concat([await readFile(fixture(name)), Buffer.alloc(100)]);
    expect((await readPicture(longer)).data).toEqual((await readPicture(fixture(name))).data);
  }
});

test("one pixel is a picture", async () => {
  expect([...(await readPicture(greyPng(1, 1, 8, Uint8Array.of(0, 9)))).data]).toEqual([9, 9, 9]);
});
