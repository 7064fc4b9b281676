import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { ImageInput } from "../../../src/image/input.js";
import { readPicture } from "../../../src/image/read-picture.js";
import { errorOf, fixture, greyPng } from "./support.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "medgemma-image-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const odd = (value: unknown) => errorOf(readPicture(value as ImageInput));

describe("cut off anywhere, a file is refused or whole", () => {
  test.each([
    "rgb.png",
    "bit.png",
    "16-rgb.png",
    "420.jpg",
    "progressive.jpg",
    "lossy.webp",
    "lossless.webp",
    "animated.gif",
    "first.tif",
    "rgb.avif",
  ])("%s", async (name) => {
    const whole = await readFile(fixture(name));
    const { data } = await readPicture(whole);
    let refused = 0;
    for (let length = 0; length < whole.length; length += 1 + Math.floor(whole.length / 97)) {
      const outcome = await readPicture(whole.subarray(0, length)).catch((error) => error);
      // Whole: all pixels were there, and only an end mark or a later frame is missing.
      if ("data" in outcome) expect(Buffer.compare(outcome.data, data)).toBe(0);
      else expect(outcome.code).toBe("image_unreadable");
      if (!("data" in outcome)) refused++;
    }
    expect(refused).toBeGreaterThan(40);
  });

  test("a large JPEG without its last tenth", async () => {
    const jpeg = await sharp({
      create: { width: 1500, height: 1500, channels: 3, background: "red", noise: { type: "gaussian", mean: 128, sigma: 30 } },
    }).jpeg().toBuffer(); // biome-ignore format: one chain
    const error = await odd(jpeg.subarray(0, Math.floor(jpeg.length * 0.9)));
    expect(error.code).toBe("image_unreadable");
    expect(error.cause).toBeInstanceOf(Error);
  });

  test("a PNG with a wrong byte in its pixels", async () => {
    const png = await readFile(fixture("rgb.png"));
    const at = png.indexOf("IDAT") + 300;
    png.writeUInt8(png.readUInt8(at) ^ 1, at);
    expect((await odd(png)).code).toBe("image_unreadable");
  });
});

describe("what is no picture", () => {
  const dicom = Buffer.concat([Buffer.alloc(128), Buffer.from("DICM"), Buffer.alloc(50)]);
  const tiffInFront = Buffer.from(dicom);
  tiffInFront.write("II*\0", "latin1");

  test.each<[string, Uint8Array, RegExp]>([
    ["nothing", new Uint8Array(0), /supported/],
    ["text", Buffer.from("Patient: not for the message"), /supported/],
    ["zeros", Buffer.alloc(1000), /supported/],
    ["a DICOM file", dicom, /DICOM/],
    ["a DICOM file with a TIFF header in front", tiffInFront, /DICOM/],
    ["SVG", Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'), /markup/],
    ["SVG behind an XML declaration", Buffer.from('\ufeff <?xml version="1.0"?><svg/>'), /markup/],
    ["PDF", Buffer.from("%PDF-1.7\n"), /PDF/],
    ["gzip", Buffer.from([0x1f, 0x8b, 8, 0, 0, 0]), /ecompress/],
    ["ZIP", Buffer.from("PK\x03\x04aaaa"), /Unpack/],
    ["BMP", Buffer.from("BM000000000000000000000"), /Convert/],
    ["JPEG 2000", Buffer.from("\0\0\0\x0cjP  \r\n\x87\n", "latin1"), /Convert/],
    ["the head of a PNG and nothing else", Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), /supported/],
    ["an MP4 film", Buffer.from("\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "latin1"), /supported/],
  ])("%s", async (_, bytes, remedy) => {
    const error = await odd(bytes);
    expect(error.code).toBe("image_unreadable");
    expect(error.remedy).toMatch(remedy);
    expect(error.message).not.toContain("Patient");
  });

  test("floating point has no black and white", async () => {
    const error = await odd(fixture("float.tif"));
    expect(error.code).toBe("image_unreadable");
    expect(error.facts.depth).toBe("float");
  });

  test("SVG by way of sharp", async () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
    expect((await odd(sharp(svg))).code).toBe("image_unreadable");
  });
});

describe("limits", () => {
  test("a decompression bomb is refused on its header", async () => {
    const rows = Buffer.alloc(12_000 * (1 + 12_000 / 8));
    const real = greyPng(12_000, 12_000, 1, rows);
    expect(real.length).toBeLessThan(50_000);
    const claimed = greyPng(60_000, 60_000, 1, Buffer.alloc(10));
    const before = process.memoryUsage().rss;
    expect((await odd(real)).facts).toEqual({ width: 12_000, height: 12_000, pixels: 144e6, limit: 100e6 });
    expect((await odd(claimed)).code).toBe("image_too_large");
    // One byte a pixel would be 144 MB; what else this process does meanwhile is less.
    expect(process.memoryUsage().rss - before).toBeLessThan(120e6);
  });

  test.each<[string, () => ImageInput]>([
    ["a file", () => fixture("rgb.png")],
    ["a sharp instance", () => sharp(fixture("rgb.png"))],
    ["raw pixels", () => ({ data: new Uint8Array(384), width: 24, height: 16, channels: 1 })],
    [
      "an RgbImage",
      () => ({
        data: new Uint8Array(1152),
        width: 24,
        height: 16,
        origin: { format: "x", storedWidth: 24, storedHeight: 16, steps: [] },
      }),
    ],
  ])("pixels of %s", async (_, input) => {
    await readPicture(input(), { limits: { maxPixels: 384 } });
    const error = await errorOf(readPicture(input(), { limits: { maxPixels: 383 } }));
    expect(error.code).toBe("image_too_large");
    expect(error.facts).toMatchObject({ pixels: 384, limit: 383 });
  });

  test("a sharp pipeline that enlarges", async () => {
    const large = sharp(fixture("rgb.png")).resize(1000, 1000);
    expect((await errorOf(readPicture(large, { limits: { maxPixels: 10_000 } }))).code).toBe(
      "image_too_large",
    );
  });

  test("bytes, before they are read", async () => {
    const bytes = await readFile(fixture("rgb.png"));
    const inputs = [
      fixture("rgb.png"),
      bytes,
      new Blob([new Uint8Array(bytes)]),
      `data:;base64,${bytes.toString("base64")}`,
    ];
    for (const input of inputs) {
      await readPicture(input, { limits: { maxBytes: bytes.length } });
      const error = await errorOf(readPicture(input, { limits: { maxBytes: bytes.length - 10 } }));
      expect(error.code).toBe("image_too_large");
      expect(error.facts.limit).toBe(bytes.length - 10);
    }
  });

  test.each([
    { maxPixels: 0 },
    { maxPixels: 1.5 },
    { maxBytes: Number.NaN },
    { maxPixels: "9" },
    { maxPixel: 9 },
    null,
  ])("%j are no limits", async (limits) => {
    const call = readPicture(fixture("rgb.png"), { limits: limits as never });
    expect((await errorOf(call)).code).toBe("bad_option");
  });
});

describe("files", () => {
  test("missing, a folder, a path with a NUL", async () => {
    const missing = await odd(join(folder, "nobody", "missing.png"));
    expect(missing.code).toBe("file_not_found");
    expect(missing.facts).toEqual({ file: "missing.png", reason: "ENOENT" });
    expect(`${missing.message} ${missing.cause}`).not.toContain("nobody");
    expect((await odd(folder)).code).toBe("file_not_found");
    expect((await odd("a\0b.png")).code).toBe("bad_option");
    expect((await odd("")).code).toBe("bad_option");
  });

  test.skipIf(process.platform === "win32")("a pipe is not waited for", async () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    expect((await odd(pipe)).message).toContain("a named pipe");
  });

  test("a name that looks like a scheme is still a file", async () => {
    const name = join(folder, "a:b.png");
    writeFileSync(name, await readFile(fixture("rgb.png")));
    expect((await readPicture(name)).width).toBe(24);
  });
});

describe("arguments", () => {
  test.each([
    "http://a.example/x.png",
    "HTTPS://a.example/x.png",
    "s3://bucket/x",
    "ftp://a/x",
    "blob:nodedata:1",
    "file://host/x.png",
    "data:image/png,abc",
    "data:image/png;base64",
  ])("%s", async (input) => {
    const error = await odd(input);
    expect(error.code).toBe("bad_option");
    expect(error.message).not.toContain("example");
  });
  test("an http URL object says what to do", async () => {
    expect((await odd(new URL("https://a.example/x.png"))).remedy).toContain("fetch it yourself");
  });
  test("base64 that is none", async () => {
    expect((await odd("data:image/png;base64,a%b*c")).code).toBe("image_unreadable");
  });
  test.each([
    undefined,
    null,
    5,
    {},
    [],
    new Uint16Array(4),
    new DataView(new ArrayBuffer(4)),
    () => 1,
    { width: 1, height: 1 },
  ])("input %#", async (input) => {
    expect((await odd(input)).code).toBe("bad_option");
  });
  test.each([
    { data: new Uint8Array(5), width: 2, height: 1, channels: 3 },
    { data: new Uint8Array(7), width: 2, height: 1, channels: 3 },
    { data: new Uint8Array(0), width: 0, height: 1, channels: 3 },
    { data: new Uint8Array(3), width: Number.NaN, height: 1, channels: 3 },
    { data: new Uint8Array(3), width: 1, height: -1, channels: 3 },
    { data: new Uint8Array(3), width: 0.5, height: 2, channels: 3 },
    { data: new Uint8Array(3), width: Number.POSITIVE_INFINITY, height: 1, channels: 3 },
    { data: new Uint8Array(5), width: 1, height: 1, channels: 5 },
    { data: new Uint8Array(4), width: 1, height: 1 },
    { data: new Float32Array(3), width: 1, height: 1, channels: 3 },
    { data: [1, 2, 3], width: 1, height: 1, channels: 3 },
    { data: new Uint8Array(4), width: 1, height: 1, origin: { steps: [] } },
  ])("raw pixels %#", async (pixels) => {
    expect((await odd(pixels)).code).toBe("bad_option");
  });
  test("background", async () => {
    const call = readPicture(fixture("rgb.png"), { background: "toString" as never });
    expect((await errorOf(call)).code).toBe("bad_option");
  });
});

describe("signal", () => {
  const bytes = fixture("rgb.png");
  test("fired before", async () => {
    const error = await errorOf(readPicture(bytes, { signal: AbortSignal.abort(new Error("why")) }));
    expect(error.code).toBe("aborted");
    expect(error.cause).toEqual(new Error("why"));
  });

  test("fired while decoding, for each kind of input", async () => {
    const inputs: ImageInput[] = [
      bytes,
      await readFile(bytes),
      new Blob([new Uint8Array(await readFile(bytes))]),
      `data:;base64,${(await readFile(bytes)).toString("base64")}`,
      sharp(bytes),
      { data: new Uint8Array(3), width: 1, height: 1, channels: 3 },
    ];
    for (const input of inputs) {
      const controller = new AbortController();
      const call = readPicture(input, { signal: controller.signal });
      controller.abort();
      expect((await errorOf(call)).code).toBe("aborted");
    }
  });

  test("a sharp instance that never gets its bytes", async () => {
    const controller = new AbortController();
    const call = readPicture(sharp(), { signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    expect((await errorOf(call)).code).toBe("aborted");
  });

  test("no listener stays on it", async () => {
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, "addEventListener");
    const removed = vi.spyOn(signal, "removeEventListener");
    await readPicture(await readFile(bytes), { signal });
    expect(added.mock.calls.length).toBeGreaterThan(0);
    expect(removed.mock.calls.length).toBe(added.mock.calls.length);
  });
});
