import { describe, expect, it } from "vitest";
import { readDicom, toModelPictures } from "../../../src/dicom/index.js";
import { locateFixture, readJson, sha256 } from "./support/paths.js";
import { greyPicture, writeDicom } from "./support/write-dicom.js";

const fixture = (name: string) => locateFixture(`fixtures/kinds/${name}`);
const PYDICOM = readJson<Record<string, { sha256: string; heights?: number[] }>>("kinds/pydicom.json");

describe("forms that readers stumble over have pydicom's values", () => {
  it.each(Object.keys(PYDICOM))("%s", async (name) => {
    const first = await readDicom(fixture(name));
    const frames: Buffer[] = [];
    for (let frame = 0; frame < first.frames; frame++) {
      const { values } = await readDicom(fixture(name), { frame });
      frames.push(Buffer.from(Int32Array.from(values).buffer));
    }
    expect(sha256(Buffer.concat(frames))).toBe(PYDICOM[name]?.sha256);
  });

  it("functional groups that stand as UN give HU and the places of the slices", async () => {
    const { places, pictures } = await toModelPictures(fixture("functional-groups-as-un.dcm"));
    const heights = PYDICOM["functional-groups-as-un.dcm"]?.heights ?? [];
    expect(places.map(({ position }) => position?.[2])).toEqual(heights.toSorted((a, b) => a - b));
    expect(pictures[0]?.origin.steps).toContain("modality lut: slope 1, intercept -1024");
  });

  it("what was not followed is said", async () => {
    const warnings = async (name: string) => (await readDicom(fixture(name))).warnings.join();
    expect(await warnings("compressed-under-native-syntax.dcm")).toContain("compressed although");
    expect(await warnings("compressed-under-native-syntax.dcm")).not.toContain("cut off");
    expect(await warnings("rgb-label-over-jfif.dcm")).toContain("the stream was followed");
  });
});

describe("numbers that are written and cannot be read", () => {
  it("are refused where the values' meaning hangs on them", async () => {
    await expect(toModelPictures(fixture("rescale-with-comma.dcm"))).rejects.toMatchObject({
      code: "dicom_unreadable",
      message: expect.stringContaining("Rescale Slope is present and is no number"),
    });
  });

  it("are refused of a CT, and told of a radiograph, where the slope is 0", async () => {
    const file = (modality: string) =>
      writeDicom(
        greyPicture(2, 2, [1, 2, 3, 4], {
          "00080060 CS": modality,
          "00281052 DS": "-1024",
          "00281053 DS": "0",
        }),
      );
    await expect(toModelPictures(file("CT"))).rejects.toMatchObject({
      code: "dicom_unreadable",
      message: expect.stringContaining("Rescale Slope is 0"),
    });
    const { warnings } = await toModelPictures(file("CR"));
    expect(warnings).toContain("The file's Rescale Slope is 0; it was not applied.");
  });

  it("are told elsewhere, and are not called absent", async () => {
    const file = writeDicom(
      greyPicture(2, 2, [1, 2, 3, 4], {
        "00080060 CS": "OT",
        "00200013 IS": "two",
        "00280030 DS": "0,5\\0,5",
        "00281050 DS": "1200,5",
        "00281051 DS": "800,0",
      }),
    );
    const { warnings } = await toModelPictures(file);
    expect(warnings).toContain("Window Center is present and is no number; it was not used.");
    expect(warnings).toContain("Window Width is present and is no number; it was not used.");
    expect(warnings).toContain("Pixel Spacing is present and is no number; it was not used.");
    expect(warnings).toContain("Instance Number is present and is no number; it was not used.");
    expect(warnings.join()).not.toContain("no width");
  });
});

describe("a rescale that leaves nothing to see", () => {
  const values = Array.from({ length: 400 }, (_, index) => index);
  it.each(["DX", "OT"])("is told (%s)", async (modality) => {
    const tiny = {
      "00080060 CS": modality,
      "00281053 DS": "0.0001",
      "00281050 DS": "2000",
      "00281051 DS": "400",
    };
    const { warnings } = await toModelPictures(writeDicom(greyPicture(20, 20, values, tiny)));
    expect(warnings.join()).toContain("although its stored values are many");
    const plain = { "00080060 CS": modality };
    const usual = await toModelPictures(writeDicom(greyPicture(20, 20, values, plain)));
    expect(usual.warnings.join()).not.toContain("stored values are many");
  });
});

describe("frames beyond those declared", () => {
  const three = new Uint8Array(24);
  it("are told, uncompressed", async () => {
    const { warnings, frames } = await readDicom(
      writeDicom({ ...greyPicture(2, 2, []), "7fe00010 OW": three }),
    );
    expect(frames).toBe(1);
    expect(warnings).toContain("The file declares 1 frame but holds 3; those beyond are not read.");
  });

  it("are told, in fragments", async () => {
    // RLE (PS3.5 annex G): two segments of one literal run each.
    const rle = new Uint8Array(64 + 2 * 6);
    rle.set([2, 0, 0, 0, 64, 0, 0, 0, 70]);
    for (const at of [64, 70]) rle.set([3, 0, 0, 0, 1], at);
    const { "7fe00010 OW": _native, ...rest } = greyPicture(2, 2, []);
    const file = writeDicom(
      { ...rest, "7fe00010 OB": { fragments: [rle, rle, rle] } },
      "1.2.840.10008.1.2.5",
    );
    const { warnings } = await readDicom(file);
    expect(warnings).toContain("The file declares 1 frame but holds 3; those beyond are not read.");
  });
});

describe("facts", () => {
  const age = async (born: string, studied: string) => {
    const { facts } = await readDicom(
      writeDicom(greyPicture(2, 2, [1, 2, 3, 4], { "00100030 DA": born, "00080020 DA": studied })),
    );
    return [facts.ageYears, facts.ageMonths];
  };

  it("count birthdays, and infants in months", async () => {
    expect(await age("20010301", "20190301")).toEqual([18, undefined]);
    expect(await age("20010301", "20190228")).toEqual([17, undefined]);
    expect(await age("20160229", "20190301")).toEqual([3, undefined]);
    expect(await age("20120704", "20190704")).toEqual([7, undefined]);
    expect(await age("20180801", "20190301")).toEqual([0.6, 7]);
    expect(await age("20190215", "20190301")).toEqual([0, 0]);
    expect(await age("20190301", "20180301")).toEqual([undefined, undefined]);
  });

  it("say that values are the detector's", async () => {
    const radiograph = { "00080060 CS": "DX", "00080068 CS": "FOR PROCESSING" };
    const { warnings } = await toModelPictures(writeDicom(greyPicture(2, 2, [1, 2, 3, 4], radiograph)));
    expect(warnings.join()).toContain("FOR PROCESSING");
  });
});
