import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { MedGemmaError } from "../../../src/base/errors.js";
import { seededRandom } from "../../../src/base/random.js";
import { DEFAULT_LIMITS } from "../../../src/dicom/file/limits.js";
import { closeDecoders, isDicom, readDicom, toModelPictures } from "../../../src/dicom/index.js";
import { DecodePool } from "../../../src/dicom/worker/pool.js";
import { mutate } from "./support/mutate.js";
import { locateFixture } from "./support/paths.js";
import { type DataSet, greyPicture, writeDicom } from "./support/write-dicom.js";

afterAll(() => closeDecoders());

const FOUR = [1, 2, 3, 4];

describe("limits", () => {
  const bytes = writeDicom(greyPicture(2, 2, FOUR));
  it.each([
    [{ maxBytes: 100 }, "image_too_large"],
    [{ maxPixels: 3 }, "image_too_large"],
    [{ maxBytes: 0 }, "bad_option"],
  ])("%o", async (limits, code) => {
    await expect(readDicom(bytes, { limits })).rejects.toMatchObject({ code });
  });

  it("on frames, and on what a deflated file becomes", async () => {
    const many = writeDicom(greyPicture(2, 2, FOUR, { "00280008 IS": "5000" }));
    await expect(readDicom(many, { limits: { maxFrames: 4999 } })).rejects.toMatchObject({
      code: "image_too_large",
    });
    const deflated = locateFixture("fixtures/pydicom/image_dfl.dcm");
    await expect(readDicom(deflated, { limits: { maxBytes: 100_000 } })).rejects.toMatchObject({
      code: "image_too_large",
    });
  });

  it("on time end the worker, and the next job gets a new one", async () => {
    const pool = new DecodePool(1);
    const source = { path: locateFixture("fixtures/pydicom-data/RG1_J2KI.dcm") };
    const job = { kind: "stored", source, limits: DEFAULT_LIMITS, frame: 0, identity: false } as const;
    await expect(pool.run<"stored">(job, { timeout: 60 })).rejects.toMatchObject({ code: "dicom_timeout" });
    const small = { ...job, source: { path: locateFixture("fixtures/pydicom/CT_small.dcm") } };
    expect((await pool.run<"stored">(small, { timeout: 300_000 })).layout.rows).toBe(128);
    await pool.close();
  });
});

describe("a call", () => {
  it("is aborted before and while it runs", async () => {
    const file = locateFixture("fixtures/pydicom-data/RG1_J2KI.dcm");
    await expect(readDicom(file, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "aborted" });
    const stop = new AbortController();
    const pictures = toModelPictures(file, { signal: stop.signal });
    setImmediate(() => stop.abort());
    await expect(pictures).rejects.toMatchObject({ code: "aborted" });
  });

  it("names what the file is not", async () => {
    expect(await isDicom(locateFixture("fixtures/ORIGIN.md"))).toBe(false);
    expect(await isDicom(locateFixture("fixtures/pydicom-data/OT-PAL-8-face.dcm"))).toBe(true);
    await expect(readDicom(locateFixture("fixtures/ORIGIN.md"))).rejects.toMatchObject({ code: "not_dicom" });
    await expect(readDicom(locateFixture("fixtures/nothing"))).rejects.toMatchObject({
      code: "file_not_found",
    });
    await expect(readDicom(locateFixture("fixtures/pydicom/test-SR.dcm"))).rejects.toMatchObject({
      code: "dicom_no_picture",
    });
    await expect(readDicom(locateFixture("fixtures/pydicom/rtplan.dcm"))).rejects.toMatchObject({
      code: "dicom_no_picture",
    });
    await expect(readDicom(new Uint8Array(0))).rejects.toMatchObject({ code: "not_dicom" });
  });

  it("leaves the process free to end", async () => {
    await readDicom(locateFixture("fixtures/pydicom/CT_small.dcm"));
    expect(process.getActiveResourcesInfo().filter((name) => name === "Worker")).toEqual([]);
  });
});

describe("a file that contradicts itself", () => {
  const cases: readonly (readonly [string, DataSet, string])[] = [
    ["pixels shorter than the frame", { "00280010 US": 3 }, "dicom_unreadable"],
    ["no rows", { "00280010 US": 0 }, "dicom_unreadable"],
    ["bits stored beyond allocated", { "00280101 US": 17 }, "dicom_unreadable"],
    ["a colour interpretation of one sample", { "00280004 CS": "RGB" }, "dicom_unreadable"],
    ["an interpretation of its own", { "00280004 CS": "CIELAB" }, "dicom_unsupported"],
    ["twelve bits allocated", { "00280100 US": 12 }, "dicom_unsupported"],
    ["two samples", { "00280002 US": 2 }, "dicom_unsupported"],
  ];
  it.each(cases)("%s", async (_name, more, code) => {
    await expect(readDicom(writeDicom(greyPicture(2, 2, FOUR, more)))).rejects.toMatchObject({ code });
  });

  it("is read where a frame is whole, with a warning", async () => {
    const { frames, warnings } = await readDicom(writeDicom(greyPicture(2, 2, FOUR, { "00280008 IS": "3" })));
    expect(frames).toBe(1);
    expect(warnings.join()).toContain("declares 3 frames but holds 1");
  });

  it("of a CT with half a rescale is refused", async () => {
    const { "00281053 DS": _slope, ...half } = greyPicture(2, 2, FOUR);
    await expect(toModelPictures(writeDicom(half))).rejects.toMatchObject({ code: "dicom_unreadable" });
  });

  it("declares a syntax that is video, or none that is known", async () => {
    const { "7fe00010 OW": _pixels, ...rest } = greyPicture(2, 2, FOUR);
    const coded = (syntax: string) =>
      writeDicom({ ...rest, "7fe00010 OB": { fragments: [Uint8Array.of(1, 2)] } }, syntax);
    await expect(readDicom(coded("1.2.840.10008.1.2.4.102"))).rejects.toMatchObject({
      code: "dicom_unsupported",
    });
    await expect(readDicom(coded("1.2.3.4"))).rejects.toMatchObject({ code: "dicom_unsupported" });
  });
});

it("300 damaged files end in pixels or a typed error", { timeout: 120_000 }, async () => {
  const folder = locateFixture("fixtures/pydicom");
  const names = readdirSync(folder).filter((name) => name.endsWith(".dcm"));
  const random = seededRandom(20_261_124);
  for (let index = 0; index < 300; index++) {
    const name = names[Math.floor(random() * names.length)] ?? "";
    const bytes = mutate(new Uint8Array(readFileSync(path.join(folder, name))), random);
    try {
      await (index % 2 === 0 ? readDicom(bytes) : toModelPictures(bytes));
    } catch (error) {
      expect(MedGemmaError.isInstance(error), `${index} ${name}: ${String(error)}`).toBe(true);
    }
  }
});
