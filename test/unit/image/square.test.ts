import { describe, expect, test } from "vitest";
import { padImage } from "../../../src/image/pad-image.js";
import type { RgbImage } from "../../../src/image/rgb.js";
import { padToSquare, stretchToSquare } from "../../../src/image/square.js";
import { errorOf } from "./support.js";

const image = (width: number, height: number): RgbImage => ({
  width,
  height,
  data: new Uint8Array(width * height * 3).fill(200),
  origin: { format: "png", storedWidth: width, storedHeight: height, steps: ["before"] },
});

describe("padToSquare", () => {
  test.each([
    [10, 10, { side: 10, left: 0, top: 0, right: 0, bottom: 0 }],
    [10, 4, { side: 10, left: 0, top: 3, right: 0, bottom: 3 }],
    [4, 9, { side: 9, left: 2, top: 0, right: 3, bottom: 0 }],
    [1, 2, { side: 2, left: 0, top: 0, right: 1, bottom: 0 }],
  ])("%i x %i", (width, height, padding) => {
    expect(padToSquare(width, height)).toMatchObject({ width, height, ...padding });
  });

  test("boxes lose the padding and are cut to the picture", () => {
    const square = padToSquare(1000, 500); // 250 rows above and below
    expect(square.toSource([250, 0, 750, 1000])).toEqual({ x0: 0, y0: 0, x1: 1000, y1: 500 });
    expect(square.toSource([0, 100, 500, 300])).toEqual({ x0: 100, y0: 0, x1: 300, y1: 250 });
    expect(square.toSource([500, 100, 5000, 300])).toEqual({ x0: 100, y0: 250, x1: 300, y1: 500 });
    expect(square.toSource([0, 100, 250, 300])).toBeUndefined();
    expect(square.toSource([800, 100, 900, 300])).toBeUndefined();
  });
});

describe("stretchToSquare", () => {
  test("each side has its own scale", () => {
    const square = stretchToSquare(400, 560);
    expect(square.toSource([505, 233, 665, 377])).toEqual({ x0: 93, y0: 283, x1: 151, y1: 372 });
    expect(square.toSource([0, 0, 1000, 1000])).toEqual({ x0: 0, y0: 0, x1: 400, y1: 560 });
  });
  test("halves go up, ends are put in order, a box without area is none", () => {
    const square = stretchToSquare(100, 100);
    expect(square.toSource([5, 15, 24, 25])).toEqual({ x0: 2, y0: 1, x1: 3, y1: 2 });
    expect(square.toSource([24, 25, 5, 15])).toEqual({ x0: 2, y0: 1, x1: 3, y1: 2 });
    expect(square.toSource([500, 500, 500, 900])).toBeUndefined();
  });
});

describe("both", () => {
  test("there and back is the same box", () => {
    for (const [width, height] of [
      [400, 560],
      [2500, 2001],
      [3, 1],
      [896, 896],
    ] as const) {
      for (const square of [padToSquare(width, height), stretchToSquare(width, height)]) {
        const box = { x0: 1, y0: 0, x1: width, y1: height };
        expect(square.toSource(square.fromSource(box))).toEqual(box);
      }
    }
  });
  test("numbers that are none", () => {
    expect(() => padToSquare(Number.NaN, 1)).toThrow(/width/);
    expect(() => stretchToSquare(1, 0)).toThrow(/height/);
    expect(() => stretchToSquare(9, 9).toSource([0, 0, Number.NaN, 9])).toThrow(/finite/);
  });
});

describe("padImage", () => {
  test.each([
    [5, 2],
    [2, 5],
    [7, 6],
  ])("%i x %i is centred on black", async (width, height) => {
    const { side, left, top } = padToSquare(width, height);
    const padded = await padImage(image(width, height));
    expect([padded.width, padded.height, padded.data.length]).toEqual([side, side, side * side * 3]);
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const within = x >= left && x < left + width && y >= top && y < top + height;
        expect(padded.data[(y * side + x) * 3 + 1], `${x},${y}`).toBe(within ? 200 : 0);
      }
    }
    expect(padded.origin.steps[0]).toBe("before");
    expect(padded.origin.steps).toHaveLength(2);
  });
  test("a square stays what it is", async () => {
    const square = image(3, 3);
    expect(await padImage(square)).toBe(square);
  });
  test("the square of a long strip is too large", async () => {
    expect((await errorOf(padImage(image(20_000, 1)))).code).toBe("image_too_large");
  });
  test("aborted", async () => {
    expect((await errorOf(padImage(image(2, 1), { signal: AbortSignal.abort() }))).code).toBe("aborted");
  });
});
