import { describe, expect, it } from "vitest";
import { toModelPictures } from "../../../src/dicom/index.js";
import { expandSegments } from "../../../src/dicom/pixels/palette.js";
import { locateFixture } from "./support/paths.js";
import { type DataSet, writeDicom } from "./support/write-dicom.js";

function picture(more: DataSet): Uint8Array {
  return writeDicom({
    "00080016 UI": "1.2.840.10008.5.1.4.1.1.7",
    "00080060 CS": "OT",
    "00280002 US": 3,
    "00280004 CS": "RGB",
    "00280006 US": 0,
    "00280010 US": 1,
    "00280011 US": 2,
    "00280100 US": 8,
    "00280101 US": 8,
    "00280102 US": 7,
    "00280103 US": 0,
    ...more,
  });
}

async function rgb(more: DataSet): Promise<number[]> {
  const { pictures } = await toModelPictures(picture(more));
  return Array.from(pictures[0]?.data ?? []);
}

describe("colours", () => {
  it("by pixel and by plane", async () => {
    expect(await rgb({ "7fe00010 OB": Uint8Array.of(1, 2, 3, 4, 5, 6) })).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await rgb({ "00280006 US": 1, "7fe00010 OB": Uint8Array.of(1, 4, 2, 5, 3, 6) })).toEqual([
      1, 2, 3, 4, 5, 6,
    ]);
  });

  it("of YBR_FULL, YBR_FULL_422 and YBR_PARTIAL_422", async () => {
    const red = [76, 85, 255];
    expect(
      await rgb({ "00280004 CS": "YBR_FULL", "7fe00010 OB": Uint8Array.of(...red, 128, 128, 128) }),
    ).toEqual([254, 0, 0, 128, 128, 128]);
    expect(
      await rgb({ "00280004 CS": "YBR_FULL_422", "7fe00010 OB": Uint8Array.of(10, 20, 128, 128) }),
    ).toEqual([10, 10, 10, 20, 20, 20]);
    expect(
      await rgb({ "00280004 CS": "YBR_PARTIAL_422", "7fe00010 OB": Uint8Array.of(16, 235, 128, 128) }),
    ).toEqual([0, 0, 0, 255, 255, 255]);
  });

  it("of 16 bits are scaled to 8", async () => {
    const wide = new Uint8Array(Uint16Array.of(0, 65535, 32768, 257, 0, 0).buffer);
    expect(
      await rgb({ "00280100 US": 16, "00280101 US": 16, "00280102 US": 15, "7fe00010 OW": wide }),
    ).toEqual([0, 255, 128, 1, 0, 0]);
  });

  it("of a palette with 16-bit and with segmented entries", async () => {
    const plain = new Uint8Array(Uint16Array.of(0, 0x8000, 0xff00).buffer);
    const pixels = { "00280002 US": 1, "00280004 CS": "PALETTE COLOR", "7fe00010 OB": Uint8Array.of(11, 12) };
    const descriptors = {
      "00281101 US": [3, 10, 16],
      "00281102 US": [3, 10, 16],
      "00281103 US": [3, 10, 16],
    };
    expect(
      await rgb({
        ...pixels,
        ...descriptors,
        "00281201 OW": plain,
        "00281202 OW": plain,
        "00281203 OW": plain,
      }),
    ).toEqual([128, 128, 128, 255, 255, 255]);
    const coded = new Uint8Array(Uint16Array.of(0, 1, 0, 1, 2, 0xff00).buffer);
    expect(
      await rgb({
        ...pixels,
        ...descriptors,
        "00281221 OW": coded,
        "00281222 OW": coded,
        "00281223 OW": coded,
      }),
    ).toEqual([127, 127, 127, 255, 255, 255]);
  });

  it("of a real palette file without preamble", async () => {
    const { pictures, rule, warnings } = await toModelPictures(
      locateFixture("fixtures/pydicom-data/OT-PAL-8-face.dcm"),
    );
    expect(rule).toBe("ot palette colours");
    expect(pictures[0]).toMatchObject({ width: 640, height: 480 });
    expect(warnings.join()).toContain("no DICOM preamble");
  });
});

describe("segmented palettes (PS3.3 C.7.9.2)", () => {
  const words = (...values: number[]) => new Uint8Array(Uint16Array.from(values).buffer);
  it("discrete, linear and indirect", () => {
    expect(Array.from(expandSegments(words(0, 2, 5, 7, 1, 3, 10), 5, 16, false))).toEqual([5, 7, 8, 9, 10]);
    expect(Array.from(expandSegments(words(0, 2, 5, 7, 2, 1, 0, 0), 4, 16, false))).toEqual([5, 7, 5, 7]);
  });
  it("refuse what is cut off or points ahead", () => {
    expect(() => expandSegments(words(0, 9, 5), 4, 16, false)).toThrow(/cut off/);
    expect(() => expandSegments(words(0, 1, 5, 2, 1, 400, 0), 4, 16, false)).toThrow(/ahead/);
    expect(() => expandSegments(words(1, 3, 5), 4, 16, false)).toThrow(/neighbours/);
  });
});
