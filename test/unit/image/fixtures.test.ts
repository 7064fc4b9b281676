import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readPicture } from "../../../src/image/read-picture.js";

const FOLDER = join(import.meta.dirname, "../../fixtures/image");

interface Expected {
  width: number;
  height: number;
  /** Largest allowed difference of a sample; 0 is the same bytes. */
  tolerance: number;
  rgb: string;
}

// Written by test/oracles/pillow_pictures.py.
const expected = JSON.parse(readFileSync(join(FOLDER, "expected.json"), "utf8")) as Record<string, Expected>;

function largestDifference(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((most, value, index) => Math.max(most, Math.abs(value - (b[index] ?? -1000))), 0);
}

describe("pictures come out as Pillow or its colour management sees them", () => {
  test.each(Object.entries(expected))("%s", async (name, { width, height, tolerance, rgb }) => {
    const picture = await readPicture(join(FOLDER, name));
    expect([picture.width, picture.height]).toEqual([width, height]);
    expect(picture.data.length).toBe(width * height * 3);
    const difference = largestDifference(picture.data, Buffer.from(rgb, "base64"));
    expect(difference).toBeLessThanOrEqual(tolerance);
  });
});
