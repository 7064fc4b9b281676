import { cp, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inspectPath, toModelPictures } from "../../../src/dicom/index.js";
import { DirectoryNames } from "../../../src/dicom/study/dicomdir.js";
import { locateFixture } from "./support/paths.js";
import { axialSlice, type DataSet, greyPicture, writeDicom } from "./support/write-dicom.js";

let root = "";
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), "medgemma-folders-"));
});
afterAll(() => rm(root, { recursive: true }));

async function folderOf(name: string, files: Readonly<Record<string, Uint8Array>>): Promise<string> {
  const folder = path.join(root, name);
  await mkdir(folder, { recursive: true });
  for (const [file, bytes] of Object.entries(files)) await writeFile(path.join(folder, file), bytes);
  return folder;
}

const heights = (places: readonly { position?: readonly number[] | undefined }[]) =>
  places.map(({ position }) => position?.[2]);

/** A CT slice without position and number; the rescale tells in the picture which it is. */
function unplaced(order: number, more: DataSet = {}): Uint8Array {
  return writeDicom(
    greyPicture(2, 2, [1, 2, 3, 4], {
      "0020000d UI": "1.2",
      "0020000e UI": "1.2.1",
      "00281052 DS": String(order),
      ...more,
    }),
  );
}

async function orderIn(input: string | Uint8Array[]) {
  const { pictures, warnings } = await toModelPictures(input);
  const order = pictures.map(({ origin }) => Number(/intercept (\d+)/.exec(origin.steps[1] ?? "")?.[1]));
  return { order, warnings: warnings.join("\n") };
}

describe("slices without positions", () => {
  it("are in the order of Slice Location", async () => {
    const files = Object.fromEntries(
      [3, 1, 2, 10].map((at, index) => [`f${index}`, unplaced(at, { "00201041 DS": String(at * 2.5) })]),
    );
    expect((await orderIn(await folderOf("location", files))).order).toEqual([1, 2, 3, 10]);
  });

  it("and numbers are in the natural order of the files' names, and that is told", async () => {
    const files = Object.fromEntries([1, 2, 3, 10, 11].map((at) => [`IM${at}.dcm`, unplaced(at)]));
    const { order, warnings } = await orderIn(await folderOf("natural", files));
    expect(order).toEqual([1, 2, 3, 10, 11]);
    expect(warnings).toContain("by the names of their files, it may be wrong");
  });

  it("numbers and names are as given, and that is told", async () => {
    const { order, warnings } = await orderIn([2, 1, 3].map((at) => unplaced(at)));
    expect(order).toEqual([2, 1, 3]);
    expect(warnings).toContain("as given, it may be wrong");
  });
});

describe("a folder with a file that cannot be read", () => {
  it.each(["CT", "MR"])("shows the other slices and names it (%s)", async (modality) => {
    const slices = [0, 5, 10, 15].map((z) => axialSlice(z, z, { "00080060 CS": modality }));
    const files: Record<string, Uint8Array> = {};
    for (const [index, bytes] of slices.entries()) files[`IM${index}.dcm`] = bytes;
    files["IM2.dcm"] = (slices[2] as Uint8Array).subarray(0, -20);
    files["IM9.dcm"] = (slices[3] as Uint8Array).subarray(0, 250);
    const folder = await folderOf(`damaged-${modality}`, files);
    const { places, warnings, took } = await toModelPictures(folder);
    expect(heights(places)).toEqual([0, 5, 15]);
    expect(warnings.join("\n")).toContain("Left out: IM2.dcm: The pixel data is shorter than one frame");
    expect(warnings.join("\n")).toContain("Left out: IM9.dcm:");
    expect(warnings.join("\n")).not.toContain(root);
    expect(took).toContain("1 files unreadable left out");
    const named = toModelPictures(Object.keys(files).map((name) => path.join(folder, name)));
    await expect(named).rejects.toMatchObject({ code: "dicom_unreadable", facts: { file: "IM9.dcm" } });
  });

  it("of which none can be read is refused by the first", async () => {
    const folder = await folderOf("all-damaged", {
      a: axialSlice(0, 1).subarray(0, -20),
      b: axialSlice(5, 2).subarray(0, -20),
    });
    await expect(toModelPictures(folder)).rejects.toMatchObject({ facts: { file: "a" } });
  });
});

describe("a folder of links", () => {
  it("is read; other links are told", async () => {
    const store = await folderOf("store", { a: axialSlice(0, 1), b: axialSlice(5, 2), c: axialSlice(10, 3) });
    const folder = await folderOf("links", { own: axialSlice(15, 4) });
    for (const name of ["a", "b", "c"]) await symlink(path.join(store, name), path.join(folder, `IM${name}`));
    await symlink(path.join(folder, "own"), path.join(folder, "again"));
    await symlink(folder, path.join(folder, "circle"));
    await symlink(path.join(root, "nowhere"), path.join(folder, "lost"));
    const { places, warnings } = await toModelPictures(folder);
    expect(heights(places)).toEqual([0, 5, 10, 15]);
    expect(warnings).toEqual(["1 links to folders are not followed", "1 links lead nowhere"]);
  });
});

describe("names", () => {
  it("that are no UTF-8 are opened", async () => {
    const folder = Buffer.from(await folderOf("names", {}));
    const inner = Buffer.concat([folder, Buffer.from("/M\xfcller", "latin1")]);
    await mkdir(inner);
    for (const z of [0, 5])
      await writeFile(Buffer.concat([inner, Buffer.from(`/\xe9${z}`, "latin1")]), axialSlice(z, z));
    expect(heights((await toModelPictures(folder.toString())).places)).toEqual([0, 5]);
  });

  it("in a DICOMDIR may be separated by slashes", async () => {
    const copy = path.join(root, "slashes");
    await cp(locateFixture("fixtures/pydicom/directory"), copy, { recursive: true });
    const index = path.join(copy, "DICOMDIR");
    const slashed = (await readFile(index)).toString("latin1").replace(/(\d{8})\\(\w+)\\(\d+)/g, "$1/$2/$3");
    expect(slashed).toMatch(/98892001\/CT5N\/2062/);
    await writeFile(index, Buffer.from(slashed, "latin1"));
    const inspection = await inspectPath(index);
    expect(inspection.series.reduce((sum, { files }) => sum + files, 0)).toBe(31);
  });

  it("in a DICOMDIR may have lost capitals and gained an extension", async () => {
    const copy = path.join(root, "disc");
    await cp(locateFixture("fixtures/pydicom/directory"), copy, { recursive: true });
    await rename(path.join(copy, "DICOMDIR"), path.join(copy, "dicomdir.dcm"));
    await rename(path.join(copy, "98892001/CT5N"), path.join(copy, "98892001/ct5n"));
    await rename(path.join(copy, "98892001/ct5n/2062"), path.join(copy, "98892001/ct5n/2062.dcm"));
    await rename(path.join(copy, "98892001/ct5n/2392"), path.join(copy, "98892001/ct5n/2392.;1"));
    await rm(path.join(copy, "98892001/ct5n/2693"));
    const inspection = await inspectPath(path.join(copy, "dicomdir.dcm"));
    expect(inspection.series.reduce((sum, { files }) => sum + files, 0)).toBe(30);
    expect(inspection.warnings).toContain("1 of the files that the DICOMDIR names are not there");
    await rm(path.join(copy, "98892001"), { recursive: true });
    await rm(path.join(copy, "98892003"), { recursive: true });
    await rm(path.join(copy, "77654033"), { recursive: true });
    await expect(inspectPath(path.join(copy, "dicomdir.dcm"))).rejects.toMatchObject({
      code: "file_not_found",
    });
  });
});

describe("files named one by one", () => {
  const uids = (series: string): DataSet => ({ "0020000d UI": "1.2.3", "0020000e UI": series });
  const shot = writeDicom(
    greyPicture(4, 4, [...Array(16).keys()], { ...uids("1.2.3.9"), "00080060 CS": "DX" }),
  );

  it("of several series are all shown, in their order", async () => {
    const { pictures, places, parts, rule } = await toModelPictures([
      shot,
      axialSlice(5, 2),
      axialSlice(0, 1),
      axialSlice(7, 1, uids("1.2.3.2")),
    ]);
    expect(pictures.map(({ width }) => width)).toEqual([4, 8, 8, 8]);
    expect(heights(places)).toEqual([undefined, 0, 5, 7]);
    expect(parts.map((part) => (part.type === "text" ? part.text : ""))).toEqual([
      "",
      "",
      "SLICE 1",
      "",
      "SLICE 2",
      "",
    ]);
    expect(rule).toContain("ct-1.5");
  });

  it("are refused when one has no rule, no pixels or is no DICOM file", async () => {
    const other = writeDicom(greyPicture(2, 2, [1, 2, 3, 4], { ...uids("1.2.3.8"), "00080060 CS": "XA" }));
    await expect(toModelPictures([shot, other])).rejects.toMatchObject({ code: "dicom_modality" });
    const report = writeDicom({ ...uids("1.2.3.7"), "00080060 CS": "SR" });
    await expect(toModelPictures([shot, report])).rejects.toMatchObject({
      code: "dicom_no_picture",
      facts: { file: "file 2" },
    });
    await expect(toModelPictures([shot, new Uint8Array(500)])).rejects.toMatchObject({ code: "not_dicom" });
  });
});

it("of names that are alike but for their ending, a record names its own or none", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "medgemma-names-"));
  for (const name of ["img.0001", "img.0002", "other.dcm"]) await writeFile(path.join(folder, name), "");
  const names = new DirectoryNames(folder);
  expect(await names.find(["img.0001"])).toBe(path.join(folder, "img.0001"));
  expect(await names.find(["IMG.0002;1"])).toBe(path.join(folder, "img.0002"));
  expect(await names.find(["IMG.0009"])).toBeUndefined();
  expect(await names.find(["OTHER"])).toBe(path.join(folder, "other.dcm"));
  await rm(folder, { recursive: true });
});
