import { beforeAll, describe, expect, it } from "vitest";
import { readDicom } from "../../../src/dicom/index.js";
import { type Encoded, encodedFiles, samplePixels } from "./support/encode.js";
import { locateFixture } from "./support/paths.js";

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

  it("reads JPEG-LS with a zero byte before its end marker, as NEMA's MR1_JLSL has one", async () => {
    const file = Buffer.from(files.find(({ name }) => name.endsWith(".80"))?.file ?? []);
    const end = file.lastIndexOf(Buffer.from([0xff, 0xd9])) + 2;
    // The item was padded to an even length: two bytes keep it so, one of them is after the marker.
    const delimiter = file.lastIndexOf(Buffer.from([0xfe, 0xff, 0xdd, 0xe0]));
    const padded = Buffer.concat([
      file.subarray(0, end - 2),
      Buffer.from([0, 0xff, 0xd9]),
      Buffer.alloc((delimiter - end + 1) % 2 === 0 ? 0 : 1, 0),
      file.subarray(end, delimiter),
      file.subarray(delimiter),
    ]);
    const item = file.lastIndexOf(Buffer.from([0xfe, 0xff, 0x00, 0xe0]), end - 4);
    padded.writeUInt32LE(file.readUInt32LE(item + 4) + padded.length - file.length, item + 4);
    const { values } = await readDicom(new Uint8Array(padded));
    expect(Array.from(values)).toEqual(Array.from(samplePixels()));
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

describe("big endian words (dcmconv +tb)", () => {
  it("are turned round over the whole of the pixel data, where frames have an odd length", async () => {
    const file = locateFixture("fixtures/encoded/d-odd-frames-big-endian.dcm");
    for (const frame of [0, 1, 2]) {
      const { values } = await readDicom(file, { frame });
      expect(Array.from(values)).toEqual(Array.from({ length: 25 }, (_, index) => frame * 25 + index));
    }
  });
});
