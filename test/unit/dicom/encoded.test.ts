import { beforeAll, describe, expect, it } from "vitest";
import { readDicom } from "../../../src/dicom/index.js";
import { type Encoded, encodedFiles, samplePixels } from "./support/encode.js";

describe("syntaxes that no Debian tool reads, against their source", () => {
  let files: Encoded[] = [];
  beforeAll(async () => {
    files = await encodedFiles();
  });

  it("gives the source's values for every lossless one, and nearly for the others", async () => {
    const source = Array.from(samplePixels());
    for (const { name, file, lossless } of files) {
      const { values } = await readDicom(file);
      const worst = Math.max(...source.map((value, index) => Math.abs(value - (values[index] ?? 0))));
      expect(worst, name).toBeLessThanOrEqual(lossless ? 0 : 200);
    }
    expect(files.length).toBeGreaterThan(9);
  });

  it("still decodes after many damaged codestreams", async () => {
    const wavelet = files.find(({ name }) => name.endsWith(".90"));
    const file = wavelet?.file ?? new Uint8Array();
    for (let index = 0; index < 30; index++) {
      const damaged = file.slice();
      damaged.fill(index * 7, file.length - 900, file.length - 300);
      await readDicom(damaged).catch(() => undefined);
    }
    const { values } = await readDicom(file);
    expect(Array.from(values)).toEqual(Array.from(samplePixels()));
  });

  it("names a codestream of another size than the header", async () => {
    const file = (files.find(({ name }) => name.endsWith(".80"))?.file ?? new Uint8Array()).slice();
    const frame = Buffer.from(file).indexOf(Buffer.from([0xff, 0xf7]));
    file[frame + 6] = 63;
    await expect(readDicom(file)).rejects.toMatchObject({ code: "dicom_unreadable" });
  });
});
