import { crc32, deflateSync } from "node:zlib";
import { type Hostile, type HostileMakers, magnitude, oneOf } from "./kinds.js";
import { progressiveJpeg } from "./progressive-jpeg.js";
import { writeTiff } from "./tiff.js";

/** Plain pictures that cost their decoder far more time or memory than they weigh. */

function picture(name: string, file: string, bytes: Uint8Array): Hostile {
  return { name, file, bytes, call: "picture" };
}

export const HOSTILE_PICTURES: HostileMakers = {
  /** Each scan visits every block. */
  scans: (random) => {
    const side = magnitude(random, 1000, 10_000);
    const scans = magnitude(random, 200, 20_000);
    return picture(
      `a JPEG of ${scans} scans, ${side} a side`,
      "hostile.jpg",
      progressiveJpeg(side, side, scans),
    );
  },

  /** One pixel high or wide, and as long as can be. */
  strip: (random) => {
    const length = magnitude(random, 100_000, 100_000_000);
    const [width, height] = oneOf(random, [
      [length, 1],
      [1, length],
    ]);
    const row = 1 + Math.ceil(width / 8);
    const bytes = png(
      width,
      height,
      { bits: 1, kind: 0 },
      deflateSync(Buffer.alloc(row * height), { level: 1 }),
    );
    return picture(`a PNG of ${width}x${height}`, "hostile.png", bytes);
  },

  /** The most that fits the default limit, of the kinds of pixel that are widest, all at once where interlaced. */
  wide: (random) => {
    const side = magnitude(random, 3000, 9999);
    const interlaced = random() < 0.5;
    const kind = oneOf(random, [0, 2, 4, 6]);
    const samples = { 0: 1, 2: 3, 4: 2, 6: 4 }[kind] ?? 1;
    // Enough rows for a beginning: a picture that breaks off costs what came before it.
    const rows = Buffer.alloc(Math.min(side, 500) * (1 + side * samples * 2));
    const bytes = png(side, side, { bits: 16, kind, interlaced }, deflateSync(rows, { level: 1 }));
    return picture(`a PNG of ${side} a side, colour type ${kind}, 16 bits`, "hostile.png", bytes);
  },

  /** Notes and profiles that inflate to as much as one likes. */
  notes: (random) => {
    const kind = oneOf(random, ["zTXt", "iCCP", "iTXt"]);
    const count = kind === "iCCP" ? 1 : magnitude(random, 1, 1000);
    const size = magnitude(random, 1_000_000, 60_000_000 / Math.sqrt(count));
    const packed = deflateSync(Buffer.alloc(size), { level: 1 });
    const head = kind === "iTXt" ? "note\0\x01\0\0\0" : "note\0\0";
    const note = chunk(kind, Buffer.concat([Buffer.from(head, "latin1"), packed]));
    const bytes = png(2, 2, { bits: 8, kind: 0 }, deflateSync(Buffer.alloc(6)), Array(count).fill(note));
    return picture(`a PNG with ${count} ${kind} of ${size} bytes`, "hostile.png", bytes);
  },

  /** More rows than the header says. */
  rows: (random) => {
    const size = magnitude(random, 1_000_000, 300_000_000);
    const bytes = png(2, 2, { bits: 8, kind: 0 }, deflateSync(Buffer.alloc(size), { level: 1 }));
    return picture(`a PNG of 2x2 whose rows inflate to ${size} bytes`, "hostile.png", bytes);
  },

  /** Lossless WebP of one colour: no bits a pixel. */
  webp: (random) => {
    const width = magnitude(random, 2000, 16_383);
    const height = magnitude(random, 2000, 16_383);
    return picture(`a WebP of ${width}x${height}`, "hostile.webp", blankWebp(width, height));
  },

  /** Frames by the hundred thousand, or a screen as large as can be. */
  gif: (random) => {
    const frames = magnitude(random, 1, 200_000);
    const side = magnitude(random, 10, 65_535);
    return picture(`a GIF of ${frames} frames, ${side} a side`, "hostile.gif", gif(side, frames));
  },

  /** Pages by the thousand, or one that is its own successor. */
  pages: (random) => {
    const pages = magnitude(random, 100, 60_000);
    const loop = random() < 0.3;
    const bytes = writeTiff(Array(pages).fill({ width: 4, height: 4, stripBytes: new Uint8Array(16) }), {
      loop,
    });
    return picture(`a TIFF of ${pages} pages${loop ? ", in a circle" : ""}`, "hostile.tif", bytes);
  },

  /** Tiles or strips far larger than the picture. */
  tiles: (random) => {
    const side = magnitude(random, 1000, 1_000_000);
    const tile = Math.ceil(side / 16) * 16;
    const page = oneOf(random, [
      { width: 100, height: 100, tileSide: tile, stripBytes: new Uint8Array(100) },
      { width: side, height: side, stripBytes: new Uint8Array(100) },
    ]);
    return picture(`a TIFF of ${page.width} a side, tiles of ${tile}`, "hostile.tif", writeTiff([page]));
  },
};

function chunk(kind: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(kind, "latin1"), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body) >>> 0, 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

interface PngPixels {
  readonly bits: number;
  /** Colour type: 0 grey, 2 RGB, 4 and 6 with alpha. */
  readonly kind: number;
  readonly interlaced?: boolean;
}

function png(
  width: number,
  height: number,
  { bits, kind, interlaced = false }: PngPixels,
  data: Uint8Array,
  notes: readonly Buffer[] = [],
): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([bits, kind, 0, 0, interlaced ? 1 : 0], 8);
  const parts = [chunk("IHDR", header), ...notes, chunk("IDAT", data), chunk("IEND", new Uint8Array())];
  return new Uint8Array(Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...parts]));
}

/** VP8L: sizes, no transform, no cache, one group of five codes of one symbol each. */
function blankWebp(width: number, height: number): Uint8Array {
  let bits = "";
  const put = (value: number, count: number) => {
    for (let bit = 0; bit < count; bit++) bits += (value >> bit) & 1;
  };
  put(width - 1, 14);
  put(height - 1, 14);
  put(0, 1 + 3 + 1 + 1 + 1);
  for (let code = 0; code < 5; code++) {
    put(1, 1);
    put(0, 1);
    put(1, 1);
    put(code === 0 ? 90 : 0, 8);
  }
  const data = [
    0x2f,
    ...(bits.padEnd(Math.ceil(bits.length / 8) * 8, "0").match(/.{8}/g) ?? []).map((byte) =>
      Number.parseInt([...byte].reverse().join(""), 2),
    ),
    0,
    0,
    0,
    0,
  ];
  if (data.length % 2 === 1) data.push(0);
  const out = Buffer.alloc(20 + data.length);
  out.write("RIFF", 0, "latin1");
  out.writeUInt32LE(out.length - 8, 4);
  out.write("WEBPVP8L", 8, "latin1");
  out.writeUInt32LE(data.length, 16);
  out.set(data, 20);
  return new Uint8Array(out);
}

function gif(side: number, frames: number): Uint8Array {
  const head = Buffer.from("GIF89a\0\0\0\0\x80\0\0\0\0\0\xff\xff\xff", "latin1");
  head.writeUInt16LE(side, 6);
  head.writeUInt16LE(side, 8);
  const frame = Buffer.from(",\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0", "latin1");
  return new Uint8Array(Buffer.concat([head, ...Array<Buffer>(frames).fill(frame), Buffer.from(";")]));
}
