import { deflateRawSync } from "node:zlib";
import { type DataSet, greyPicture, writeDataSet, writeDicom } from "../../unit/dicom/support/write-dicom.js";
import { type HostileMakers, magnitude, oneOf } from "./kinds.js";
import { progressiveJpeg } from "./progressive-jpeg.js";

/** DICOM files whose counts and sizes promise what is not there, or cost more than they weigh. */

const MODALITIES = ["CT", "MR", "CR", "DX", "MG", "US", "XA", "SM", "OT"] as const;
const SLIDE = "1.2.840.10008.5.1.4.1.1.77.1.6";
const DEFLATED = "1.2.840.10008.1.2.1.99";
const JPEG = "1.2.840.10008.1.2.4.55";
const JPEG_LS = "1.2.840.10008.1.2.4.80";

const pixels = (rows: number, columns: number) =>
  new Uint16Array(rows * columns).map((_, index) => index * 37);

function study(name: string, set: DataSet, syntax?: string) {
  return { name, file: "hostile.dcm", bytes: writeDicom(set, syntax), call: "study" } as const;
}

export const HOSTILE_DICOM: HostileMakers = {
  /** A few hundred bytes that declare frames by the million. */
  frames: (random) => {
    const frames = magnitude(random, 2000, 2_147_483_647);
    const modality = oneOf(random, MODALITIES);
    const more = { "00080060 CS": modality, "00280008 IS": String(frames), "0020000e UI": "1.2.3" };
    return study(`${frames} frames of ${modality}`, greyPicture(4, 4, pixels(4, 4), more));
  },

  /** Fragments of no bytes: each could be a frame. */
  fragments: (random) => {
    const count = magnitude(random, 1000, 60_000);
    const fragments = Array.from({ length: count }, () => new Uint8Array());
    const { "7fe00010 OW": _, ...rest } = greyPicture(4, 4, []);
    const set = { ...rest, "00280008 IS": String(count), "7fe00010 OB": { fragments } };
    return study(`${count} fragments of no bytes`, set, JPEG_LS);
  },

  /** Functional groups of each frame, each with a place and a direction of its own. */
  groups: (random) => {
    const count = magnitude(random, 1000, 20_000);
    const group = (index: number): DataSet => ({
      "00209113 SQ": [{ "00200032 DS": `0\\0\\${index % 97}` }],
      "00209116 SQ": [
        { "00200037 DS": `${Math.cos(index).toFixed(4)}\\${Math.sin(index).toFixed(4)}\\0\\0\\0\\1` },
      ],
    });
    const set = greyPicture(4, 4, pixels(4, 4), {
      "00080060 CS": oneOf(random, ["CT", "MR"]),
      "00280008 IS": String(oneOf(random, [count, 2_147_483_647])),
      "52009230 SQ": Array.from({ length: count }, (_, index) => group(index)),
    });
    return study(`functional groups of ${count} frames`, set);
  },

  /** The whole of a slide, millions of pixels wide, of which one tile is there. */
  total: (random) => {
    const side = magnitude(random, 30_000, 4_294_967_295);
    const tile = oneOf(random, [1, 2, 16, 256]);
    const spacing = magnitude(random, 1, 100) / 10_000;
    const set = greyPicture(tile, tile, [], {
      "00080008 CS": "ORIGINAL\\PRIMARY\\VOLUME\\NONE",
      "00080016 UI": SLIDE,
      "00080060 CS": "SM",
      "00209311 CS": oneOf(random, ["TILED_FULL", "TILED_SPARSE"]),
      "00280002 US": 3,
      "00280004 CS": "RGB",
      "00280006 US": 0,
      "00280008 IS": String(oneOf(random, [1, 2_147_483_647])),
      "00280100 US": 8,
      "00280101 US": 8,
      "00280102 US": 7,
      "00280103 US": 0,
      "00480006 UL": side,
      "00480007 UL": oneOf(random, [1, side]),
      "52009229 SQ": [{ "00289110 SQ": [{ "00280030 DS": `${spacing}\\${spacing}` }] }],
      "7fe00010 OW": new Uint8Array(tile * tile * 3 + (tile % 2)),
    });
    return study(`a slide of ${side} pixels a side and one tile of ${tile}`, set);
  },

  /** Tiles by their own places: far apart, off the grid, or all on one. */
  places: (random) => {
    const count = magnitude(random, 100, 20_000);
    const side = magnitude(random, 10_000, 1_000_000_000);
    const at = () => 1 + 2 * Math.floor((random() * side) / 2);
    const set = greyPicture(2, 2, [], {
      "00080008 CS": "ORIGINAL\\PRIMARY\\VOLUME\\NONE",
      "00080016 UI": SLIDE,
      "00080060 CS": "SM",
      "00280002 US": 3,
      "00280004 CS": "RGB",
      "00280008 IS": String(count),
      "00280100 US": 8,
      "00280101 US": 8,
      "00280102 US": 7,
      "00280103 US": 0,
      "00480006 UL": side,
      "00480007 UL": side,
      "52009229 SQ": [{ "00289110 SQ": [{ "00280030 DS": "0.001\\0.001" }] }],
      "52009230 SQ": Array.from({ length: count }, () => ({
        "0048021a SQ": [{ "0048021e SL": at(), "0048021f SL": at() }],
      })),
      "7fe00010 OW": new Uint8Array(12 * count),
    });
    return study(`${count} tiles scattered over ${side} pixels a side`, set);
  },

  /** Sequences within sequences. */
  depth: (random) => {
    const depth = magnitude(random, 100, 50_000);
    const start = Buffer.from("0800401153510000ffffffff" + "feff00e0ffffffff", "hex");
    const end = Buffer.from("feff0de000000000" + "feffdde000000000", "hex");
    const nested = Buffer.concat([
      ...Array.from({ length: depth }, () => start),
      ...Array.from({ length: depth }, () => end),
    ]);
    const set = writeDicom({ "00080016 UI": "1.2.840.10008.5.1.4.1.1.2" });
    const rest = writeDataSet(greyPicture(4, 4, pixels(4, 4))).subarray(34);
    const bytes = new Uint8Array(Buffer.concat([set, nested, rest]));
    return { name: `sequences ${depth} deep`, file: "hostile.dcm", bytes, call: "study" };
  },

  /** Elements and items by the hundred thousand. */
  items: (random) => {
    const count = magnitude(random, 1000, 200_000);
    const items = Buffer.alloc(count * 8);
    for (let at = 0; at < items.length; at += 8) items.writeUInt32LE(0xe000fffe, at);
    const head = Buffer.from("08004011" + "53510000" + "00000000", "hex");
    head.writeUInt32LE(items.length, 8);
    const set = writeDicom({ "00080016 UI": "1.2.840.10008.5.1.4.1.1.2" });
    const rest = writeDataSet(greyPicture(4, 4, pixels(4, 4))).subarray(34);
    const bytes = new Uint8Array(Buffer.concat([set, head, items, rest]));
    return { name: `${count} items`, file: "hostile.dcm", bytes, call: "study" };
  },

  /** A few kilobytes that inflate to as much as one likes. */
  deflated: (random) => {
    const size = magnitude(random, 1_000_000, 400_000_000);
    const set = writeDataSet({ ...greyPicture(4, 4, pixels(4, 4)), "7fe00010 OW": new Uint8Array(size) });
    const { length } = writeDicom({}, DEFLATED);
    const head = writeDicom({}, DEFLATED).subarray(0, length);
    const bytes = new Uint8Array(Buffer.concat([head, deflateRawSync(set, { level: 1 })]));
    return { name: `deflated from ${size} bytes`, file: "hostile.dcm", bytes, call: "study" };
  },

  /** A lookup table whose descriptor says more than there is. */
  table: (random) => {
    const entries = oneOf(random, [0, 1, 65_535]);
    const set = greyPicture(4, 4, pixels(4, 4), {
      "00283000 SQ": [
        {
          "00283002 US": [entries, 65_535, oneOf(random, [0, 8, 16, 65_535])],
          "00283006 OW": new Uint8Array(oneOf(random, [0, 1, 2, 512])),
        },
      ],
    });
    return study(`a table of ${entries} entries`, set);
  },

  /** Rows and columns as large as can be written, as a codestream of some bytes. */
  sides: (random) => {
    const rows = magnitude(random, 2000, 65_535);
    const columns = magnitude(random, 2000, 65_535);
    const { "7fe00010 OW": _, ...rest } = greyPicture(rows, columns, []);
    const stream = jpegLsOfNothing(columns, rows);
    const set = { ...rest, "7fe00010 OB": { fragments: [stream] } };
    return study(`${columns}x${rows} pixels in ${stream.length} bytes`, set, JPEG_LS);
  },

  /** A progressive JPEG whose scans are more than its pixels need. */
  frameScans: (random) => {
    const side = magnitude(random, 500, 8000);
    const scans = magnitude(random, 200, 10_000);
    const { "7fe00010 OW": _, ...rest } = greyPicture(side, side, []);
    const bits = { "00280100 US": 8, "00280101 US": 8, "00280102 US": 7, "00280103 US": 0 };
    const fragments = [progressiveJpeg(side, side, scans)];
    return study(`a frame of ${scans} scans`, { ...rest, ...bits, "7fe00010 OB": { fragments } }, JPEG);
  },

  /** A DICOMDIR that names files by the hundred thousand. */
  directory: (random) => {
    const count = magnitude(random, 1000, 50_000);
    const set = {
      "00041220 SQ": Array.from({ length: count }, (_, index) => ({
        "00041430 CS": "IMAGE",
        "00041500 CS": `..\\F${index}`,
      })),
    };
    return { ...study(`a DICOMDIR of ${count} records`, set), file: "DICOMDIR" };
  },
};

/** The headers of a JPEG-LS stream of 16 bits, whose pixels are missing. */
function jpegLsOfNothing(width: number, height: number): Uint8Array {
  const head = Buffer.from("ffd8fff7000b1000000000010111 00ffda0008010100000000".replaceAll(" ", ""), "hex");
  head.writeUInt16BE(height, 7);
  head.writeUInt16BE(width, 9);
  return new Uint8Array(Buffer.concat([head, Buffer.alloc(64), Buffer.from("ffd9", "hex")]));
}
