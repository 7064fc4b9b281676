import { describe, expect, it } from "vitest";
import { toModelPictures } from "../../../src/dicom/index.js";
import { type DataSet, greyPicture, writeDicom } from "./support/write-dicom.js";

/** Grey without a rescale. */
const DX: DataSet = { "00080016 UI": "1.2.840.10008.5.1.4.1.1.1.1", "00080060 CS": "DX", "00280103 US": 0 };
const WINDOW: DataSet = { "00281050 DS": "100", "00281051 DS": "100" };

function film(values: readonly number[], more: DataSet = {}): Uint8Array {
  const { "00281052 DS": _intercept, "00281053 DS": _slope, ...grey } = greyPicture(1, values.length, values);
  return writeDicom({ ...grey, ...DX, ...more });
}

async function shown(file: Uint8Array, options: Parameters<typeof toModelPictures>[1] = {}) {
  const result = await toModelPictures(file, options);
  const greys = result.pictures.map(({ data }) => [...data].filter((_, index) => index % 3 === 0));
  return { ...result, greys };
}

describe("the window of a radiograph", () => {
  it("is not used, whatever it is", async () => {
    const plain = await shown(film([0, 100, 200, 400]));
    const windowed = await shown(film([0, 100, 200, 400], WINDOW));
    expect(windowed.greys).toEqual(plain.greys);
    expect(windowed.greys).toEqual([[0, 64, 127, 255]]);
    expect(windowed.warnings).toEqual([]);
  });

  it("is used when the file's is asked for, and told of when it does not fit", async () => {
    const fits = await shown(film([50, 100, 125, 150], WINDOW), { window: "file" });
    expect(fits.greys).toEqual([[0, 127, 191, 255]]);
    expect(fits.warnings).toEqual([]);
    const { warnings, rule } = await shown(film([0, 100, 200, 400], WINDOW), { window: "file" });
    expect(rule).toBe("radiograph by window");
    expect(warnings.join()).toMatch(/25 % of the picture lies below the window/);
    expect(warnings.join()).toMatch(/50 % of the picture lies above the window/);
  });

  it("too narrow for the reference's rule is said to show nothing by itself", async () => {
    const narrow = await shown(film([0, 100, 200, 400]), { window: { center: 100, width: 1.9 } });
    expect(narrow.greys).toEqual((await shown(film([0, 100, 200, 400]))).greys);
    expect(narrow.warnings.join()).toMatch(/narrower than 2/);
    const wide = await shown(film([0, 100, 200, 400]), { window: { center: 100, width: 2 } });
    expect(wide.rule).toBe("radiograph by window");
    expect(wide.warnings.join()).not.toMatch(/narrower/);
  });

  it("asked for and absent, is said to be absent", async () => {
    const { warnings, greys } = await shown(film([0, 100, 200, 400]), { window: "file" });
    expect(warnings.join()).toMatch(/no window that can be used/);
    expect(greys).toEqual([[0, 64, 127, 255]]);
  });

  it("of a CT makes it grey, and of another word is refused", async () => {
    const ct = writeDicom(greyPicture(1, 4, [0, 100, 200, 400], WINDOW));
    const { rule, greys } = await shown(ct, { window: "file" });
    expect(rule).toBe("ct as displayed");
    expect(greys[0]?.[3]).toBe(255);
    await expect(toModelPictures(ct, { window: "full" as "file" })).rejects.toMatchObject({
      code: "bad_option",
    });
  });
});

describe("a radiograph of several frames", () => {
  const three = film([0, 100, 200, 300, 400, 500], { "00280011 US": 2, "00280008 IS": "3" });

  it("is shown whole", async () => {
    const { pictures, warnings, took } = await shown(three);
    expect(pictures).toHaveLength(3);
    expect(warnings).toEqual([]);
    expect(took).toContain("3 pictures");
  });

  it("of more than 85 says what was left out; other cines show one and say so", async () => {
    const many = film(
      Array.from({ length: 100 }, (_, index) => index),
      {
        "00280011 US": 1,
        "00280008 IS": "100",
      },
    );
    const { pictures, warnings } = await shown(many);
    expect(pictures).toHaveLength(85);
    expect(warnings).toContain("85 of 100 frames");
    const cine = film([0, 1, 2, 3], { "00080060 CS": "US", "00280011 US": 1, "00280008 IS": "4" });
    expect((await shown(cine)).warnings).toContain("1 of 4 frames");
    expect((await shown(cine, { frame: 2 })).warnings).not.toContain("1 of 4 frames");
  });
});

it("a rescale that leaves no difference is told of", async () => {
  const { warnings } = await shown(film([0, 100, 200, 400], { "00281052 DS": "0", "00281053 DS": "0.0001" }));
  expect(warnings.join()).toMatch(/one shade, nothing can be seen/);
});

it("a mammogram is shown as a radiograph, with a word about it", async () => {
  const { warnings, rule } = await shown(film([0, 100, 200, 400], { ...WINDOW, "00080060 CS": "MG" }));
  expect(rule).toBe("radiograph, full range");
  expect(warnings.join()).toMatch(/the reference has no rule/);
});
