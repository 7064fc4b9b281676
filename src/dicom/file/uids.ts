/** Transfer syntaxes (PS3.5 section 10, PS3.6 annex A) and SOP classes, as frozen named constants. */

export type Codec =
  | "native"
  | "rle"
  | "jpeg"
  | "jpeg-lossless"
  | "jpeg-ls"
  | "jpeg2000"
  | "htj2k"
  | "jpeg-xl"
  | "deflated-frame"
  | "video"
  | "unknown";

export interface TransferSyntax {
  readonly uid: string;
  readonly name: string;
  readonly codec: Codec;
  readonly explicit: boolean;
  readonly bigEndian: boolean;
  /** The whole data set after the meta group is a raw deflate stream (PS3.5 A.5). */
  readonly deflated: boolean;
  /** Pixel words are big endian although the data set is little endian (a retired private GE syntax). */
  readonly bigEndianPixels: boolean;
}

function syntax(uid: string, name: string, codec: Codec, more: Partial<TransferSyntax> = {}): TransferSyntax {
  return {
    uid,
    name,
    codec,
    explicit: true,
    bigEndian: false,
    deflated: false,
    bigEndianPixels: false,
    ...more,
  };
}

export const IMPLICIT_LITTLE = "1.2.840.10008.1.2";
export const EXPLICIT_LITTLE = "1.2.840.10008.1.2.1";
export const EXPLICIT_BIG = "1.2.840.10008.1.2.2";
const J = "1.2.840.10008.1.2.4.";

const LIST: readonly TransferSyntax[] = [
  syntax(IMPLICIT_LITTLE, "Implicit VR Little Endian", "native", { explicit: false }),
  syntax(EXPLICIT_LITTLE, "Explicit VR Little Endian", "native"),
  syntax("1.2.840.10008.1.2.1.98", "Encapsulated Uncompressed Explicit VR Little Endian", "native"),
  syntax("1.2.840.10008.1.2.1.99", "Deflated Explicit VR Little Endian", "native", { deflated: true }),
  syntax(EXPLICIT_BIG, "Explicit VR Big Endian", "native", { bigEndian: true }),
  syntax("1.2.840.10008.1.20", "Papyrus 3 Implicit VR Little Endian", "native", { explicit: false }),
  syntax("1.2.840.113619.5.2", "Implicit VR Little Endian with Big Endian Pixels (GE)", "native", {
    explicit: false,
    bigEndianPixels: true,
  }),
  syntax("1.2.840.10008.1.2.5", "RLE Lossless", "rle"),
  syntax("1.2.840.10008.1.2.8.1", "Deflated Image Frame Compression", "deflated-frame"),
  syntax(`${J}50`, "JPEG Baseline", "jpeg"),
  syntax(`${J}51`, "JPEG Extended", "jpeg"),
  syntax(`${J}53`, "JPEG Spectral Selection", "jpeg"),
  syntax(`${J}55`, "JPEG Full Progression", "jpeg"),
  syntax(`${J}57`, "JPEG Lossless", "jpeg-lossless"),
  syntax(`${J}70`, "JPEG Lossless SV1", "jpeg-lossless"),
  syntax(`${J}80`, "JPEG-LS Lossless", "jpeg-ls"),
  syntax(`${J}81`, "JPEG-LS Near-Lossless", "jpeg-ls"),
  syntax(`${J}90`, "JPEG 2000 Lossless", "jpeg2000"),
  syntax(`${J}91`, "JPEG 2000", "jpeg2000"),
  syntax(`${J}92`, "JPEG 2000 Part 2 Lossless", "jpeg2000"),
  syntax(`${J}93`, "JPEG 2000 Part 2", "jpeg2000"),
  syntax(`${J}201`, "HTJ2K Lossless", "htj2k"),
  syntax(`${J}202`, "HTJ2K Lossless RPCL", "htj2k"),
  syntax(`${J}203`, "HTJ2K", "htj2k"),
  syntax(`${J}110`, "JPEG XL Lossless", "jpeg-xl"),
  syntax(`${J}111`, "JPEG XL JPEG Recompression", "jpeg-xl"),
  syntax(`${J}112`, "JPEG XL", "jpeg-xl"),
  ...[
    "100",
    "100.1",
    "101",
    "101.1",
    "102",
    "102.1",
    "103",
    "103.1",
    "104",
    "104.1",
    "105",
    "105.1",
    "106",
    "106.1",
  ].map((n) => syntax(J + n, "MPEG video", "video")),
  syntax(`${J}107`, "HEVC video", "video"),
  syntax(`${J}108`, "HEVC video", "video"),
];

export const TRANSFER_SYNTAXES: ReadonlyMap<string, TransferSyntax> = new Map(LIST.map((s) => [s.uid, s]));

/** The table's entry, or an entry of codec `unknown`: such a data set is explicit little endian (PS3.5 A.4). */
export function transferSyntax(uid: string): TransferSyntax {
  return TRANSFER_SYNTAXES.get(uid) ?? syntax(uid, "unknown transfer syntax", "unknown");
}

const SOP = "1.2.840.10008.5.1.4.1.1.";
export const SOP_CLASS = Object.freeze({
  wholeSlide: `${SOP}77.1.6`,
  dicomdir: "1.2.840.10008.1.3.10",
  /** Digital X-ray, mammography, intra-oral and breast projection "for processing". */
  forProcessing: ["1.1.1.1", "1.2.1.1", "1.3.1.1", "13.1.5"].map((n) => SOP + n) as readonly string[],
  secondaryCapture: [`${SOP}7`, `${SOP}7.1`, `${SOP}7.2`, `${SOP}7.3`, `${SOP}7.4`] as readonly string[],
});

/** Modality by SOP class, for files whose Modality (0008,0060) is empty; the classes that the reference infers, and photographs. */
export const MODALITY_OF_SOP_CLASS: ReadonlyMap<string, string> = new Map([
  [`${SOP}2`, "CT"],
  [`${SOP}2.1`, "CT"],
  [`${SOP}2.2`, "CT"],
  [`${SOP}4`, "MR"],
  [`${SOP}4.1`, "MR"],
  [`${SOP}4.3`, "MR"],
  [`${SOP}4.4`, "MR"],
  [`${SOP}1`, "CR"],
  [`${SOP}1.1`, "DX"],
  [`${SOP}1.1.1`, "DX"],
  [`${SOP}1.1.1.1`, "DX"],
  [`${SOP}1.2`, "MG"],
  [`${SOP}1.2.1`, "MG"],
  [`${SOP}1.3`, "IO"],
  [`${SOP}1.3.1`, "IO"],
  [`${SOP}6.1`, "US"],
  [`${SOP}3.1`, "US"],
  [`${SOP}6`, "US"],
  [`${SOP}3`, "US"],
  [`${SOP}77.1.1`, "ES"],
  [`${SOP}77.1.2`, "GM"],
  [`${SOP}77.1.3`, "SM"],
  [`${SOP}77.1.4`, "XC"],
  [`${SOP}77.1.5.1`, "OP"],
  [`${SOP}77.1.5.2`, "OP"],
  [`${SOP}77.1.6`, "SM"],
  ...["7", "7.1", "7.2", "7.3", "7.4"].map((n) => [SOP + n, "OT"] as const),
]);
