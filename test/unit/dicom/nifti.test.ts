import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { inspectPath, toModelPictures } from "../../../src/dicom/index.js";
import { sliceGrid } from "../../../src/dicom/nifti/grid.js";
import { axialSlice } from "./support/write-dicom.js";
import { writeNifti } from "./support/write-nifti.js";

// +x is the patient's right in NIfTI when the first column of the affine is positive... RAS: i grows to the right.
const RAS = [
  [1, 0, 0, 0],
  [0, 1, 0, 0],
  [0, 0, 1, 0],
];

describe("a NIfTI volume", () => {
  it("is cut axially, the patient's right on the left edge and the front at the top", async () => {
    // Brightest at the patient's right front: highest i and j.
    const { pictures, parts, facts } = await toModelPictures(
      writeNifti([4, 3, 2], RAS, (i, j) => i * 10 + j * 100),
    );
    expect(pictures).toHaveLength(2);
    expect(pictures[0]).toMatchObject({ width: 4, height: 3 });
    expect(pictures[0]?.data[0]).toBe(255);
    expect(pictures[0]?.data.at(-1)).toBe(0);
    expect(parts[1]).toEqual({ type: "text", text: "SLICE 1" });
    expect(facts).toMatchObject({ modality: "MR", spacing: [1, 1] });
  });

  it("that does not say how it lies, has one value, or holds vectors, says so", async () => {
    const bytes = writeNifti([4, 3, 2], RAS, () => 7);
    const view = new DataView(bytes.buffer);
    view.setInt16(254, 0, true);
    view.setInt16(40, 5, true);
    view.setInt16(50, 3, true);
    const { warnings } = await toModelPictures(bytes);
    expect(warnings).toContain(
      "The file does not say how it lies in the patient: left and right may be exchanged.",
    );
    expect(warnings).toContain("All voxels have the same value: nothing can be seen.");
    expect(warnings).toContain("The file holds 3 volumes; the first was read.");
  });

  it("looks the same whichever way its voxels run", async () => {
    const world = (x: number, y: number, z: number) => x * 7 + y * 31 + z * 101;
    const straight = await toModelPictures(writeNifti([4, 3, 2], RAS, world));
    const flipped = [
      [-1, 0, 0, 3],
      [0, -1, 0, 2],
      [0, 0, 1, 0],
    ];
    const turned = await toModelPictures(
      writeNifti([4, 3, 2], flipped, (i, j, k) => world(3 - i, 2 - j, k), { bigEndian: true }),
    );
    const permuted = [
      [0, 0, 1, 0],
      [1, 0, 0, 0],
      [0, 1, 0, 0],
    ];
    const swapped = await toModelPictures(writeNifti([3, 2, 4], permuted, (i, j, k) => world(k, i, j)));
    expect(turned.pictures.map(({ data }) => data)).toEqual(straight.pictures.map(({ data }) => data));
    expect(swapped.pictures.map(({ data }) => data)).toEqual(straight.pictures.map(({ data }) => data));
  });

  it("of Hounsfield units gets the CT windows, scaled by its slope, also gzipped", async () => {
    const hu = gzipSync(writeNifti([2, 2, 2], RAS, (i) => (i === 0 ? -512 : 20), { slope: 2, intercept: 0 }));
    const { rule, pictures, warnings } = await toModelPictures(new Uint8Array(hu));
    expect(rule).toBe("ct-1.5 three windows");
    expect(Array.from(pictures[0]?.data.subarray(0, 6) ?? [])).toEqual([132, 128, 128, 0, 0, 0]);
    expect(warnings.join()).toContain("taken for CT");
    expect((await toModelPictures(new Uint8Array(hu), { modality: "MR" })).rule).toContain("mr");
  });

  it("is cut across its coarsest axis", () => {
    const sagittal = [
      [0, 0, 5, 0],
      [1, 0, 0, 0],
      [0, 1, 0, 0],
    ];
    expect(sliceGrid(sagittal, [10, 12, 3])).toMatchObject({
      plane: "sagittal",
      slices: 3,
      rows: 12,
      columns: 10,
      thickness: 5,
    });
  });

  it("that is cut off is refused, and can be inspected when it is not", async () => {
    const bytes = writeNifti([4, 3, 2], RAS, () => 5);
    await expect(toModelPictures(bytes.subarray(0, bytes.length - 3))).rejects.toMatchObject({
      code: "nifti_unreadable",
    });
    await expect(toModelPictures(new Uint8Array([0x1f, 0x8b, 1, 2, 3]))).rejects.toMatchObject({
      code: "nifti_unreadable",
    });
    expect((await inspectPath(bytes)).series[0]).toMatchObject({ rule: "mr", pictures: 2 });
  });

  it("of 64-bit integers is read as one of 16", async () => {
    const narrow = writeNifti([4, 3, 2], RAS, (i, j, k) => i * 10 + j * 100 + k);
    const { pictures } = await toModelPictures(narrow);
    for (const [code, put] of [
      [1024, "setBigInt64"],
      [1280, "setBigUint64"],
    ] as const) {
      const wide = new Uint8Array(352 + 24 * 8);
      wide.set(narrow.subarray(0, 352));
      const view = new DataView(wide.buffer);
      view.setInt16(70, code, true);
      view.setInt16(72, 64, true);
      const values = new DataView(narrow.buffer, 352);
      for (let at = 0; at < 24; at++) view[put](352 + at * 8, BigInt(values.getInt16(at * 2, true)), true);
      const read = await toModelPictures(wide);
      expect(read.pictures.map(({ data }) => data)).toEqual(pictures.map(({ data }) => data));
    }
  });

  it("with voxels that are infinite or no number shows the others, and tells", async () => {
    const bytes = new Uint8Array(352 + 8 * 4);
    bytes.set(writeNifti([2, 2, 2], RAS, () => 0).subarray(0, 352));
    const view = new DataView(bytes.buffer);
    view.setInt16(70, 16, true);
    view.setInt16(72, 32, true);
    const values = [0, 100, Number.POSITIVE_INFINITY, Number.NaN, 50, Number.NEGATIVE_INFINITY, 25, 75];
    for (const [at, value] of values.entries()) view.setFloat32(352 + at * 4, value, true);
    const { pictures, warnings } = await toModelPictures(bytes, { modality: "MR" });
    const grey = pictures.flatMap(({ data }) => Array.from(data).filter((_, index) => index % 3 === 0));
    expect(grey.toSorted((a, b) => a - b)).toEqual([0, 0, 0, 64, 128, 191, 255, 255]);
    expect(warnings).toContain(
      "3 voxels are infinite or no number; they are shown as the brightest or the darkest.",
    );
  });

  it.each([
    ["scan.hdr", "scan.img", false],
    ["SCAN.HDR", "SCAN.IMG", false],
    ["scan.hdr.gz", "scan.img.gz", true],
  ])("of two files is read by either name (%s)", async (header, voxels, packed) => {
    const single = writeNifti([4, 3, 2], RAS, (i, j, k) => i + 10 * j + 100 * k);
    const begin = single.slice(0, 348);
    begin.set(Buffer.from("ni1"), 344);
    new DataView(begin.buffer).setFloat32(108, 0, true);
    const pack = (bytes: Uint8Array) => (packed ? gzipSync(bytes) : bytes);
    const folder = await mkdtemp(path.join(tmpdir(), "medgemma-nifti-"));
    await writeFile(path.join(folder, header), pack(begin));
    await writeFile(path.join(folder, voxels), pack(single.subarray(352)));
    const wanted = (await toModelPictures(single)).pictures.map(({ data }) => data);
    for (const name of [header, voxels]) {
      const { pictures } = await toModelPictures(path.join(folder, name));
      expect(pictures.map(({ data }) => data)).toEqual(wanted);
    }
    // Whoever selects the files of a folder names both: one volume.
    const both = [header, voxels].map((name) => path.join(folder, name));
    for (const named of [both, both.toReversed(), [...both, path.relative(process.cwd(), both[0] ?? "")]]) {
      expect((await toModelPictures(named)).pictures.map(({ data }) => data)).toEqual(wanted);
      expect((await inspectPath(named)).series.map((it) => it.pictures)).toEqual([2]);
    }
    await rm(path.join(folder, voxels));
    await expect(toModelPictures(path.join(folder, header))).rejects.toMatchObject({
      code: "file_not_found",
    });
    await rm(folder, { recursive: true });
  });

  it("in a list is one of several, beside DICOM files too", async () => {
    const volume = writeNifti([4, 3, 2], RAS, (i, j, k) => i + 10 * j + 100 * k);
    const slices = [0, 5, 10].map((z, index) => axialSlice(z, index + 1));
    expect((await toModelPictures([volume, volume])).pictures).toHaveLength(4);
    const mixed = await toModelPictures([volume, ...slices]);
    expect(mixed.pictures.map(({ width }) => width)).toEqual([4, 4, 8, 8, 8]);
    const last = await toModelPictures([...slices, volume]);
    expect(last.pictures.map(({ width }) => width)).toEqual([8, 8, 8, 4, 4]);
    expect(last.took).toContain("NIfTI");
  });
});
