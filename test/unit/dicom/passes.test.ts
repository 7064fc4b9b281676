import { describe, expect, it } from "vitest";
import { toModelPictures } from "../../../src/dicom/index.js";
import { axialSlice, type DataSet } from "./support/write-dicom.js";

const HEIGHTS = [0, 5, 10, 15, 20];

/** One slice for each height, numbered from 1 each time, with what the pass is known by. */
function pass(
  more: (index: number) => DataSet,
  heights: readonly number[] = HEIGHTS,
  first = 1,
): Uint8Array[] {
  return heights.map((z, index) => axialSlice(z, first + index, more(index)));
}

/** Files as a folder has them: in no order. */
function shuffled(files: readonly Uint8Array[]): Uint8Array[] {
  return files
    .map((file, index) => ({ file, at: (index * 7) % files.length }))
    .sort((a, b) => a.at - b.at)
    .map(({ file }) => file);
}

async function shown(files: readonly Uint8Array[]) {
  const { places, warnings, pictures } = await toModelPictures(shuffled(files));
  return { heights: places.map(({ position }) => position?.[2]), warnings: warnings.join("\n"), pictures };
}

const PASSES: readonly (readonly [name: string, of: (number: number) => DataSet])[] = [
  ["frames of reference", (n) => ({ "00200052 UI": `1.2.3.${n}` })],
  ["acquisitions", (n) => ({ "00200012 IS": String(n) })],
  ["phases", (n) => ({ "00200100 IS": String(n) })],
  ["echoes", (n) => ({ "00180086 IS": String(n) })],
  ["echo times", (n) => ({ "00180081 DS": String(n * 2.3) })],
  ["inversion times", (n) => ({ "00180082 DS": String(n * 100) })],
  ["diffusion weightings", (n) => ({ "00189087 FD": n * 500 })],
  ["diffusion weightings", (n) => ({ "00189087 UN": new Uint8Array(new Float64Array([n * 500]).buffer) })],
  ["tube voltages", (n) => ({ "00180060 DS": String(n * 40) })],
  ["kinds of image", (n) => ({ "00080008 CS": `ORIGINAL\\PRIMARY\\${n}` })],
  ["trigger times", (n) => ({ "00181060 DS": String(n * 30) })],
  ["phases of the heart", (n) => ({ "00209241 FL": n * 35 })],
  ["times of a dynamic series", (n) => ({ "0020930d FD": n * 30 })],
  ["flip angles", (n) => ({ "00181314 DS": String(n * 5) })],
  ["sequences", (n) => ({ "00180024 SH": `*ep_b${n}000` })],
  ["kernels", (n) => ({ "00181210 SH": `B${n}0f` })],
  ["states of contrast", (n) => (n === 1 ? {} : { "00180010 LO": "yes" })],
  ["slice thicknesses", (n) => ({ "00180050 DS": String(n) })],
  ["acquisition times", (n) => ({ "0008002a DT": `202001011010${n}0` })],
  ["acquisition times", (n) => ({ "00080032 TM": `1010${n}0` })],
];

describe("a series that shows its places twice, with numbers that begin anew", () => {
  it.each(PASSES)("is one of its %s, whole and the first", async (name, of) => {
    // The rescale tells in the pictures which pass a slice is from.
    const second = pass(() => ({ ...of(2), "00281052 DS": "500" }));
    const { heights, warnings, pictures } = await shown([...second, ...pass(() => of(1))]);
    expect(heights).toEqual(HEIGHTS);
    expect(new Set(pictures.map(({ origin }) => origin.steps[1])).size).toBe(1);
    expect(pictures[0]?.origin.steps[1]).toContain("intercept 0");
    expect(warnings).toContain(`2 ${name} of the same positions`);
    expect(warnings).toContain("5 of 10 images dropped");
  });

  it("is one of two echoes of one of two phases", async () => {
    const files = [1, 2].flatMap((phase) =>
      [1, 2].flatMap((echo) => pass(() => ({ "00200100 IS": String(phase), "00180086 IS": String(echo) }))),
    );
    const { heights, warnings } = await shown(files);
    expect(heights).toEqual(HEIGHTS);
    expect(warnings).toContain("2 phases");
    expect(warnings).toContain("2 echoes");
  });

  it("may hold copies of its own images, which are no second pass", async () => {
    const files = pass((index) => ({ "00080018 UI": `1.2.3.9.${index}` }));
    const { heights, warnings } = await shown([...files, ...files.slice(1, 3)]);
    expect(heights).toEqual(HEIGHTS);
    expect(warnings).toBe("2 copies of images left out");
  });

  it("is told apart by times that differ for each slice", async () => {
    const timed = (minute: number, intercept: string) =>
      pass((index) => ({ "00080032 TM": `10${minute}${index}0.5`, "00281052 DS": intercept }));
    const { heights, warnings, pictures } = await shown([...timed(12, "500"), ...timed(11, "0")]);
    expect(heights).toEqual(HEIGHTS);
    expect(pictures.every(({ origin }) => origin.steps[1]?.includes("intercept 0"))).toBe(true);
    expect(warnings).toContain("5 images at repeated positions dropped");
  });
});

describe("two frames of reference", () => {
  const of = (n: number): DataSet => ({ "00200052 UI": `1.2.3.${n}` });

  it("whose positions run through each other are not woven, nor continued: they are not comparable", async () => {
    const first = pass(() => of(1), [0, 5, 10, 15], 1);
    const second = pass(() => of(2), [2.5, 7.5, 12.5, 17.5, 22.5], 1);
    const { heights, warnings } = await shown([...first, ...second]);
    expect(heights).toEqual([2.5, 7.5, 12.5, 17.5, 22.5]);
    expect(warnings).toContain("2 frames of reference of the same positions");
    expect(warnings).toContain("4 of 9 images dropped");
  });

  it("one after the other, or one for each slice, stay", async () => {
    const first = pass(() => of(1), [0, 5, 10], 1);
    const second = pass(() => of(2), [15, 20, 25], 4);
    expect((await shown([...first, ...second])).heights).toEqual([0, 5, 10, 15, 20, 25]);
    expect((await shown(pass((index) => of(index)))).heights).toEqual(HEIGHTS);
  });
});

describe("images of one position", () => {
  const at = (more: (index: number) => DataSet) => pass(more, [7, 7, 7, 7]);

  it("which only their numbers tell apart are shown by these, and that is said", async () => {
    const { heights, warnings } = await shown(at(() => ({})));
    expect(heights).toEqual([7, 7, 7, 7]);
    expect(warnings).toBe(
      "4 images of one position, which only their numbers tell apart: shown in the order of these",
    );
  });

  it("of several times are a time series", async () => {
    expect((await shown(at((index) => ({ "00080032 TM": `10100${index}` })))).warnings).toBe("");
  });

  it("may be one file twice", async () => {
    const twice = at(() => ({ "00080018 UI": "1.2.3.9.1", "00200013 IS": "1" }));
    expect((await shown(twice)).warnings).toBe("3 copies of images left out");
  });
});

describe("acquisitions that overlap", () => {
  it("are not woven into each other: the second goes on where the first ends", async () => {
    const first = pass(() => ({ "00200012 IS": "1" }), [0, 5, 10, 15, 20, 25], 1);
    const second = pass(() => ({ "00200012 IS": "2" }), [22.5, 27.5, 32.5, 37.5, 42.5], 7);
    const { heights, warnings } = await shown([...first, ...second]);
    expect(heights).toEqual([0, 5, 10, 15, 20, 25, 27.5, 32.5, 37.5, 42.5]);
    expect(warnings).toContain("1 of 11 images dropped");
  });

  it("in full are one of them", async () => {
    const first = pass(() => ({ "00200012 IS": "1" }), [0, 5, 10, 15], 1);
    const second = pass(() => ({ "00200012 IS": "2" }), [2.5, 7.5, 12.5, 17.5], 5);
    expect((await shown([...first, ...second])).heights).toEqual([0, 5, 10, 15]);
  });

  it("stay together where they were interleaved on purpose", async () => {
    const odd = [0, 10, 20].map((z) => axialSlice(z, 1 + z / 5, { "00200012 IS": "1" }));
    const even = [5, 15, 25].map((z) => axialSlice(z, 1 + z / 5, { "00200012 IS": "2" }));
    const { heights, warnings } = await shown([...odd, ...even]);
    expect(heights).toEqual([0, 5, 10, 15, 20, 25]);
    expect(warnings).toBe("");
  });
});
