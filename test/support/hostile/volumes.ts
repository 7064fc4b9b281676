import { gzipSync } from "node:zlib";
import { type HostileMakers, magnitude, oneOf } from "./kinds.js";
import { writeTiff } from "./tiff.js";

/** NIfTI volumes and slides of TIFF that promise more than is there. */

export const HOSTILE_VOLUMES: HostileMakers = {
  /** Sides whose product no memory holds. */
  dims: (random) => {
    const sides = [0, 1, 2].map(() => magnitude(random, 2, 32_767));
    const bytes = niftiHeader(sides, oneOf(random, [2, 4, 16, 64]));
    return { name: `NIfTI of ${sides.join("x")}`, file: "hostile.nii", bytes, call: "study" };
  },

  /** A few kilobytes that are gigabytes when inflated, and may be what the header says. */
  gzip: (random) => {
    const size = magnitude(random, 1_000_000, 1_000_000_000);
    const side = Math.floor(Math.cbrt(size / 2));
    const honest = random() < 0.5;
    const header = niftiHeader(honest ? [side, side, side] : [2, 2, 2], 4);
    // Members of a gzip file follow each other, so that none has to be made whole.
    const piece = gzipSync(Buffer.alloc(8_000_000), { level: 1 });
    const pieces = Array<Buffer>(Math.ceil(size / 8_000_000)).fill(piece);
    const bytes = new Uint8Array(Buffer.concat([gzipSync(header), ...pieces]));
    const name = `NIfTI of ${honest ? `${side} a side` : "8 voxels"}, inflated ${size} bytes`;
    return { name, file: "hostile.nii.gz", bytes, call: "study" };
  },

  /** Voxels said to begin anywhere. */
  offset: (random) => {
    const offset = oneOf(random, [Number.NaN, -1, 0, 1e30, Number.POSITIVE_INFINITY, 2 ** 31]);
    const bytes = niftiHeader([2, 2, 2], 4, offset);
    return { name: `NIfTI with voxels at ${offset}`, file: "hostile.nii", bytes, call: "study" };
  },

  /** A slide of which one tile is there. */
  slide: (random) => {
    const side = magnitude(random, 10_000, 4_294_967_295);
    const micrometres = magnitude(random, 1, 1_000_000) / 1000;
    const tileSide = oneOf(random, [16, 256, 65_520]);
    const bytes = writeTiff([
      {
        width: side,
        height: oneOf(random, [side, 1000]),
        tileSide,
        samples: 3,
        stripBytes: new Uint8Array(16 * 16 * 3),
        description: `Aperio |MPP = ${micrometres}|`,
      },
    ]);
    return {
      name: `a slide of ${side} pixels, ${micrometres} micrometres`,
      file: "hostile.svs",
      bytes,
      call: "study",
    };
  },

  /** Levels by the thousand, all as large as the first. */
  levels: (random) => {
    const count = magnitude(random, 10, 20_000);
    const page = {
      width: 4000,
      height: 4000,
      tileSide: 256,
      stripBytes: new Uint8Array(256),
      description: "Aperio |MPP = 1|",
    };
    const bytes = writeTiff(Array(count).fill(page), { loop: random() < 0.5 });
    return { name: `a slide of ${count} levels`, file: "hostile.svs", bytes, call: "study" };
  },
};

function niftiHeader(sides: readonly number[], datatype: number, offset = 352): Uint8Array {
  const bytes = Buffer.alloc(352 + 16);
  bytes.writeInt32LE(348, 0);
  [3, ...sides, 1, 1, 1, 1].forEach((side, axis) => {
    bytes.writeInt16LE(side, 40 + axis * 2);
  });
  bytes.writeInt16LE(datatype, 70);
  bytes.writeInt16LE({ 2: 8, 4: 16, 16: 32, 64: 64 }[datatype] ?? 8, 72);
  for (let axis = 0; axis < 4; axis++) bytes.writeFloatLE(1, 76 + axis * 4);
  bytes.writeFloatLE(offset, 108);
  bytes.writeFloatLE(1, 112);
  bytes.write("n+1\0", 344, "latin1");
  return new Uint8Array(bytes);
}
