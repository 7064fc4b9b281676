import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { deflateRawSync, gzipSync } from "node:zlib";
import { afterAll, describe, expect, it, vi } from "vitest";
import { MedGemmaError } from "../../../src/base/errors.js";
import { seededRandom } from "../../../src/base/random.js";
import { closeDecoders, inspectPath, readDicom, toModelPictures } from "../../../src/dicom/index.js";
import { HOSTILE_FILES } from "../../support/hostile/index.js";
import { progressiveJpeg } from "../../support/hostile/progressive-jpeg.js";
import { writeTiff } from "../../support/hostile/tiff.js";
import { type DataSet, greyPicture, writeDataSet, writeDicom } from "./support/write-dicom.js";
import { writeNifti } from "./support/write-nifti.js";

const folder = mkdtempSync(path.join(tmpdir(), "medgemma-hostile-"));
afterAll(async () => {
  await closeDecoders();
  rmSync(folder, { recursive: true });
});

function fileOf(name: string, bytes: Uint8Array): string {
  const file = path.join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

const FOUR = [1, 2, 3, 4];
/** Two frames, of which the header says what one likes. */
const declaring = (frames: number, more: DataSet = {}) =>
  writeDicom(greyPicture(2, 2, [...FOUR, ...FOUR], { "00280008 IS": String(frames), ...more }));

describe("frames that a header declares", () => {
  it.each(["CT", "MR", "DX", "US"])("of %s are no more than the file has room for", async (modality) => {
    const bytes = declaring(199_999, { "00080060 CS": modality });
    const { pictures, warnings } = await toModelPictures(bytes);
    expect(pictures.length).toBeLessThanOrEqual(2);
    expect(warnings.join()).toContain("declares 199999 frames but holds 2");
  });

  it("are held to the limit before anything is made of them", async () => {
    const bytes = declaring(200_001);
    for (const read of [readDicom, inspectPath, toModelPictures])
      await expect(read(bytes)).rejects.toMatchObject({
        code: "image_too_large",
        facts: { value: 200_001, limit: 200_000 },
      });
  });

  it("count for all files together", async () => {
    const ct = (z: number) => declaring(2, { "00200032 DS": `0\\0\\${z}` });
    await expect(toModelPictures([ct(1), ct(2)], { limits: { maxFrames: 3 } })).rejects.toMatchObject({
      code: "image_too_large",
    });
    expect((await toModelPictures([ct(1), ct(2)], { limits: { maxFrames: 4 } })).pictures).toHaveLength(4);
  });

  it("have groups of their own only as far as they are there", async () => {
    const groups = Array.from({ length: 50 }, (_, index) => ({
      "00209113 SQ": [{ "00200032 DS": `0\\0\\${index}` }],
      "00209116 SQ": [{ "00200037 DS": "1\\0\\0\\0\\1\\0" }],
    }));
    const { places } = await toModelPictures(declaring(50, { "52009230 SQ": groups }));
    expect(places.map(({ position }) => position)).toEqual([
      [0, 0, 0],
      [0, 0, 1],
    ]);
  });

  it("of a radiograph are as many as the memory holds, and told", async () => {
    const films = declaring(2, { "00080060 CS": "DX" });
    const { pictures, warnings } = await toModelPictures(films, { limits: { maxMemory: 20 } });
    expect(pictures).toHaveLength(1);
    expect(warnings).toContain("1 of 2 frames");
    const all = { frame: "all", limits: { maxMemory: 20 } } as const;
    await expect(toModelPictures(films, all)).rejects.toMatchObject({ code: "image_too_large" });
  });
});

describe("a list", () => {
  const bytes = () => declaring(1, { "00091010 OB": new Uint8Array(10_000) });

  it("of more files than are allowed is refused before one is read", async () => {
    const arrayBuffer = vi.fn(async () => bytes().buffer as ArrayBuffer);
    const list = Array.from({ length: 3 }, () => ({ size: 1, arrayBuffer }));
    await expect(inspectPath(list, { limits: { maxFiles: 2 } })).rejects.toMatchObject({
      code: "image_too_large",
      facts: { value: 3, limit: 2 },
    });
    expect(arrayBuffer).not.toHaveBeenCalled();
  });

  it("that names one thing several times reads it once", async () => {
    const blob = new Blob([bytes()]);
    const arrayBuffer = vi.spyOn(blob, "arrayBuffer");
    expect((await inspectPath([blob, blob, blob])).series[0]).toMatchObject({ files: 3 });
    expect(arrayBuffer).toHaveBeenCalledTimes(1);
  });

  it("holds no more bytes in memory than are allowed", async () => {
    const list = [bytes(), bytes(), bytes()];
    await expect(inspectPath(list, { limits: { maxBytes: 25_000 } })).rejects.toMatchObject({
      code: "image_too_large",
      facts: { what: "bytes in all", limit: 25_000 },
    });
    expect((await inspectPath(list, { limits: { maxBytes: 35_000 } })).series[0]).toMatchObject({ files: 3 });
  });
});

/** A slide that says how large it is, and has one tile of 16 pixels a side. */
const oneTile = (side: number, more: DataSet = {}) =>
  writeDicom(
    greyPicture(16, 16, [], {
      "00080008 CS": "ORIGINAL\\PRIMARY\\VOLUME\\NONE",
      "00080016 UI": "1.2.840.10008.5.1.4.1.1.77.1.6",
      "00080060 CS": "SM",
      "00280002 US": 3,
      "00280004 CS": "RGB",
      "00280100 US": 8,
      "00280101 US": 8,
      "00280102 US": 7,
      "00280103 US": 0,
      "00480006 UL": side,
      "00480007 UL": side,
      "52009229 SQ": [{ "00289110 SQ": [{ "00280030 DS": "0.001\\0.001" }] }],
      "7fe00010 OW": new Uint8Array(16 * 16 * 3).fill(120),
      ...more,
    }),
  );

describe("a slide's size", () => {
  const sparse: DataSet = { "52009230 SQ": [{ "0048021a SQ": [{ "0048021e SL": 17, "0048021f SL": 1 }] }] };

  it("needs tiles", async () => {
    await expect(toModelPictures(oneTile(10_000_000))).rejects.toMatchObject({ code: "dicom_unreadable" });
    expect((await toModelPictures(oneTile(16))).pictures).toHaveLength(1);
  });

  it("is a slide's", async () => {
    await expect(toModelPictures(oneTile(4_294_967_295, sparse))).rejects.toMatchObject({
      code: "image_too_large",
    });
    // What there is of a large one is found.
    const { took, places } = await toModelPictures(oneTile(20_000, sparse));
    expect(took).toContain("484 in all");
    expect(places).toHaveLength(1);
  });

  it("has patches that are no larger than a picture", async () => {
    const fine = { "52009229 SQ": [{ "00289110 SQ": [{ "00280030 DS": "0.000001\\0.000001" }] }] };
    await expect(toModelPictures(oneTile(16, fine))).rejects.toMatchObject({ code: "image_too_large" });
  });

  it("in a TIFF needs tiles too", async () => {
    const page = {
      width: 10_000_000,
      height: 10_000_000,
      tileSide: 256,
      samples: 3,
      stripBytes: new Uint8Array(256 * 256 * 3),
      description: "Aperio |MPP = 1.0|",
    };
    const read = (name: string, more: object) =>
      toModelPictures(fileOf(name, writeTiff([{ ...page, ...more }])));
    await expect(read("few.svs", {})).rejects.toMatchObject({ code: "image_unreadable" });
    await expect(read("said.svs", { parts: 2_000_000_000 })).rejects.toMatchObject({
      code: "image_too_large",
    });
    await expect(read("wide.svs", { tileSide: 65_520 })).rejects.toMatchObject({ code: "image_too_large" });
  });
});

it("a JPEG frame has no more scans than a picture", async () => {
  const scans = (count: number) => {
    const { "7fe00010 OW": _native, ...rest } = greyPicture(16, 16, []);
    const bits = { "00280100 US": 8, "00280101 US": 8, "00280102 US": 7, "00280103 US": 0 };
    const fragments = [progressiveJpeg(16, 16, count)];
    return writeDicom({ ...rest, ...bits, "7fe00010 OB": { fragments } }, "1.2.840.10008.1.2.4.55");
  };
  await expect(readDicom(scans(201))).rejects.toMatchObject({
    code: "dicom_unreadable",
    message: "The compressed frame has more scans than a picture has.",
  });
  expect((await readDicom(scans(200))).values).toHaveLength(256);
});

describe("what is no file", () => {
  const pipe = (name: string) => {
    const file = path.join(mkdtempSync(path.join(folder, "pipe-")), name);
    execFileSync("mkfifo", [file]);
    return file;
  };

  it.each(["pipe.dcm", "pipe.nii", "pipe.nii.gz", "pipe.hdr", "pipe.svs", "pipe.zip", "DICOMDIR"])(
    "is refused at once: %s",
    async (name) => {
      const file = pipe(name);
      for (const read of [readDicom, inspectPath, toModelPictures])
        await expect(read(file)).rejects.toMatchObject({
          code: "file_not_found",
          message: `${name} is a named pipe.`,
        });
      await expect(toModelPictures([file])).rejects.toMatchObject({ code: "file_not_found" });
    },
  );

  it("a device and a folder", async () => {
    await expect(readDicom("/dev/zero")).rejects.toMatchObject({ message: "zero is a device." });
    await expect(toModelPictures("/dev/zero")).rejects.toMatchObject({ code: "file_not_found" });
    await expect(readDicom(folder)).rejects.toMatchObject({ code: "file_not_found" });
  });
});

it("bytes of a large file are the same as its path", async () => {
  const bytes = writeDicom(
    greyPicture(
      1024,
      1024,
      Array.from({ length: 1 << 20 }, (_, index) => index),
    ),
  );
  const [ofBytes, ofPath] = [await toModelPictures(bytes), await toModelPictures(fileOf("large.dcm", bytes))];
  expect(Buffer.compare(ofBytes.pictures[0]?.data ?? bytes, ofPath.pictures[0]?.data ?? bytes)).toBe(0);
  const [values, again] = [await readDicom(bytes), await readDicom(fileOf("large.dcm", bytes))];
  expect(Buffer.from(values.values.buffer).equals(Buffer.from(again.values.buffer))).toBe(true);
});

describe("files made to hurt are read or refused", () => {
  const kinds = Object.keys(HOSTILE_FILES).filter(
    (kind) => HOSTILE_FILES[kind]?.(seededRandom(1)).call === "study",
  );
  it.each(kinds)("%s", async (kind) => {
    const made = HOSTILE_FILES[kind]?.(seededRandom(1));
    if (!made) throw new Error("There is no such kind.");
    const read = toModelPictures(fileOf(made.file, made.bytes));
    const error = await read.then(() => undefined, (thrown: unknown) => thrown); // biome-ignore format: short
    expect(error === undefined || MedGemmaError.isInstance(error)).toBe(true);
  });
});

describe("what unpacks to more than it weighs", () => {
  /** A volume of zeros: times of it follow the first. */
  function volume(sides: readonly [number, number, number], times: number): Uint8Array {
    const one = writeNifti(sides, [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]], () => 7); // biome-ignore format: rows
    const view = new DataView(one.buffer);
    view.setInt16(40, 4, true);
    view.setInt16(48, times, true);
    return new Uint8Array(
      Buffer.concat([one, ...Array<Buffer>(times - 1).fill(Buffer.from(one.subarray(352)))]),
    );
  }

  it("of a NIfTI is its first volume, whatever follows, damaged or not", async () => {
    const packed = gzipSync(volume([8, 8, 4], 3));
    const { pictures, warnings } = await toModelPictures(packed);
    expect(pictures).toHaveLength(4);
    expect(warnings.join()).toContain("holds 3 volumes");
    // Nothing beyond the first is unpacked: a stream that is damaged there is none the worse.
    const noise = Buffer.from(
      Array.from({ length: 3_000_000 }, (_, index) => (index * 2_654_435_761) >>> 13),
    );
    const long = gzipSync(Buffer.concat([volume([8, 8, 4], 1), noise]));
    long.fill(0xff, long.length >> 1);
    expect((await toModelPictures(new Uint8Array(long))).pictures).toHaveLength(4);
  });

  it("is refused by what a header says, before it is unpacked", async () => {
    const header = volume([8, 8, 4], 1);
    const view = new DataView(header.buffer);
    for (const axis of [1, 2, 3]) view.setInt16(40 + axis * 2, 1000, true);
    await expect(toModelPictures(new Uint8Array(gzipSync(header)))).rejects.toMatchObject({
      code: "image_too_large",
      facts: { what: "inflated bytes" },
    });
  });

  it("is refused by a deflated data set's growth", async () => {
    const set = writeDataSet(greyPicture(2, 2, FOUR, { "00420011 OB": new Uint8Array(140 << 20) }));
    const meta = writeDicom({}, "1.2.840.10008.1.2.1.99");
    const bytes = new Uint8Array(Buffer.concat([meta, deflateRawSync(set, { level: 1 })]));
    await expect(readDicom(bytes)).rejects.toMatchObject({ code: "image_too_large" });
  });

  it("of a NIfTI is as many slices as the memory holds", async () => {
    const { pictures, took } = await toModelPictures(volume([8, 8, 4], 1), { limits: { maxMemory: 400 } });
    expect(pictures).toHaveLength(2);
    expect(took).toContain("2 of 4");
  });
});
