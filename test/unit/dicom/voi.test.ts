import { describe, expect, it } from "vitest";
import { toModelPictures } from "../../../src/dicom/index.js";
import { tableFunction, windowFunction } from "../../../src/dicom/pixels/voi.js";
import { type DataSet, greyPicture, writeDicom } from "./support/write-dicom.js";

describe("VOI functions (PS3.3 C.11.2.1)", () => {
  it("LINEAR reaches its ends half a value inside", () => {
    const shown = windowFunction({ center: 2048, width: 4096, function: "LINEAR" });
    expect([shown(0), shown(4095), shown(-5), shown(5000)]).toEqual([0, 1, 0, 1]);
    expect(shown(2047.5)).toBe(0.5);
  });

  it("LINEAR of width 1 is a step", () => {
    const shown = windowFunction({ center: 100, width: 1, function: "LINEAR" });
    expect([shown(99), shown(99.5), shown(100)]).toEqual([0, 0, 1]);
  });

  it("LINEAR_EXACT is centred", () => {
    const shown = windowFunction({ center: 50, width: 100, function: "LINEAR_EXACT" });
    expect([shown(0), shown(25), shown(50), shown(100), shown(101)]).toEqual([0, 0.25, 0.5, 1, 1]);
  });

  it("SIGMOID has slope 1/width at its centre", () => {
    const shown = windowFunction({ center: 10, width: 40, function: "SIGMOID" });
    expect(shown(10)).toBe(0.5);
    expect(shown(20)).toBeCloseTo(1 / (1 + Math.exp(-1)), 12);
  });

  it("a table holds its end values beyond its ends", () => {
    const shown = tableFunction({ first: 10, data: [0, 100, 255], bits: 8 });
    expect([shown(-3), shown(11), shown(99)]).toEqual([0, 100 / 255, 1]);
  });
});

async function shownGrey(more: DataSet, values = [0, 50, 100, 200]): Promise<number[]> {
  const file = writeDicom(
    greyPicture(2, 2, values, { "00080060 CS": "OT", "00080016 UI": "1.2.840.10008.5.1.4.1.1.7", ...more }),
  );
  const { pictures } = await toModelPictures(file);
  return [0, 3, 6, 9].map((at) => pictures[0]?.data[at] ?? -1);
}

describe("grey as displayed", () => {
  it("uses the function named by the file", async () => {
    expect(
      await shownGrey({ "00281050 DS": "100", "00281051 DS": "200", "00281056 CS": "LINEAR_EXACT" }),
    ).toEqual([0, 63, 127, 255]);
    expect(
      (await shownGrey({ "00281050 DS": "100", "00281051 DS": "200", "00281056 CS": "SIGMOID" }))[2],
    ).toBe(127);
  });

  it("shows the full range when the window has no width, without the padding", async () => {
    const window = { "00281050 DS": "0", "00281051 DS": "0" };
    expect(await shownGrey(window)).toEqual([0, 63, 127, 255]);
    expect(await shownGrey({ ...window, "00280120 SS": -2000 }, [-2000, 0, 100, 200])).toEqual([
      0, 0, 127, 255,
    ]);
    expect(await shownGrey({ "00280120 SS": -2000, "00280121 SS": -1000 }, [-1500, 0, 100, 200])).toEqual([
      0, 0, 127, 255,
    ]);
  });

  it("inverts once for MONOCHROME1, for a shape of INVERSE, and for both", async () => {
    const inverted = [255, 191, 127, 0];
    expect(await shownGrey({ "00280004 CS": "MONOCHROME1" })).toEqual(inverted);
    expect(await shownGrey({ "20500020 CS": "INVERSE" })).toEqual(inverted);
    expect(await shownGrey({ "00280004 CS": "MONOCHROME1", "20500020 CS": "INVERSE" })).toEqual(inverted);
    expect(await shownGrey({ "20500020 CS": "IDENTITY" })).toEqual([0, 63, 127, 255]);
  });

  it("takes a VOI LUT before a window, and the first of several windows", async () => {
    const lut = { "00283010 SQ": [{ "00283002 US": [4, 0, 8], "00283006 US": [0, 255, 255, 0] }] };
    expect(await shownGrey({ ...lut, "00281050 DS": "1", "00281051 DS": "2" }, [0, 1, 2, 3])).toEqual([
      0, 255, 255, 0,
    ]);
    expect(await shownGrey({ "00281050 DS": "100\\5", "00281051 DS": "201\\5" })).toEqual([0, 64, 128, 255]);
  });

  it("applies a modality LUT sequence before the window", async () => {
    const {
      "00281052 DS": _i,
      "00281053 DS": _s,
      ...plain
    } = greyPicture(2, 2, [0, 1, 2, 3], { "00080060 CS": "OT", "00080016 UI": "1.2.840.10008.5.1.4.1.1.7" });
    const file = writeDicom({
      ...plain,
      "00283000 SQ": [{ "00283002 US": [4, 0, 16], "00283006 US": [1000, 2000, 3000, 4000] }],
      "00281050 DS": "2500",
      "00281051 DS": "3000",
      "00281056 CS": "LINEAR_EXACT",
    });
    const { pictures } = await toModelPictures(file);
    expect([0, 3, 6, 9].map((at) => pictures[0]?.data[at])).toEqual([0, 85, 170, 255]);
  });
});
