import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { readPicture } from "../../../src/image/read-picture.js";

const pixels = Buffer.from(Array.from({ length: 16 * 16 * 3 }, (_, index) => (index * 7) % 256));
const picture = () => sharp(pixels, { raw: { width: 16, height: 16, channels: 3 } });

describe("what a decoder complains of and reads", () => {
  it("is read and told: a TIFF whose tags are out of order", async () => {
    const file = await picture().tiff({ compression: "none" }).toBuffer();
    // TIFF 6.0 section 2: the entries of a directory, 12 bytes each, ascend by their tags. These do not.
    const directory = file.readUInt32LE(4);
    const first = Buffer.from(file.subarray(directory + 2, directory + 14));
    file.copy(file, directory + 2, directory + 14, directory + 26);
    first.copy(file, directory + 14);
    const { data, origin } = await readPicture(file);
    expect(Buffer.compare(data, pixels)).toBe(0);
    expect(origin.warnings).toEqual(["The picture's decoder complained of the file, and read it."]);
  });

  it("is read and told: a JPEG whose scan says another end", async () => {
    const file = await picture().jpeg().toBuffer();
    const whole = await readPicture(Buffer.from(file));
    // ITU T.81 B.2.3: a sequential scan ends at coefficient 63.
    const scan = file.indexOf(Buffer.from([0xff, 0xda]));
    file[scan + 12] = 62;
    const { data, origin } = await readPicture(file);
    expect(Buffer.compare(data, whole.data)).toBe(0);
    expect(origin.warnings).toHaveLength(1);
    expect(whole.origin.warnings).toBeUndefined();
  });

  it("is still refused where pixels are lost", async () => {
    const file = await picture().jpeg().toBuffer();
    file[file.indexOf(Buffer.from([0xff, 0xda])) + 12] = 62;
    const cut = file.subarray(0, file.length - 30);
    await expect(readPicture(cut)).rejects.toMatchObject({ code: "image_unreadable" });
  });
});

describe("values of 12 bits in 16", () => {
  const dark = Uint16Array.from({ length: 64 }, (_, index) => index * 64);
  it("are told, from a file and raw", async () => {
    const raw = { width: 8, height: 8, channels: 1 } as const;
    const png = await sharp(dark, { raw }).toColourspace("grey16").png().toBuffer();
    for (const input of [png, { data: dark, ...raw }]) {
      const { origin } = await readPicture(input);
      expect(origin.warnings?.join()).toContain("its 16-bit values become 1");
    }
  });

  it("are not told of a picture that uses its 16 bits", async () => {
    const data = dark.map((value) => value * 16);
    const { origin } = await readPicture({ data, width: 8, height: 8, channels: 1 });
    expect(origin.warnings).toBeUndefined();
  });
});
