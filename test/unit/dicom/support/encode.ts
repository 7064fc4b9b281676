import { createRequire } from "node:module";
import type * as Codecs from "dcmjs-codecs";
import { type DataSet, greyPicture, writeDicom } from "./write-dicom.js";

/** Files of syntaxes that no published test set has, encoded here: HTJ2K, JPEG XL, JPEG lossless, 16 bits. */

const { Context, NativeCodecs } = createRequire(import.meta.url)("dcmjs-codecs") as typeof Codecs;
const J = "1.2.840.10008.1.2.4.";

export const ENCODED_SIDE = 64;

/** A smooth signed picture of 13 bits with some noise. */
export function samplePixels(): Int16Array {
  return Int16Array.from({ length: ENCODED_SIDE ** 2 }, (_, index) => {
    const [x, y] = [index % ENCODED_SIDE, Math.floor(index / ENCODED_SIDE)];
    return Math.round(1500 * Math.sin(x / 9) * Math.cos(y / 7)) + ((x * 31 + y * 17) % 13);
  });
}

function grey(pixels: Int16Array) {
  return new Context({
    width: ENCODED_SIDE,
    height: ENCODED_SIDE,
    bitsAllocated: 16,
    bitsStored: 16,
    samplesPerPixel: 1,
    pixelRepresentation: 1,
    planarConfiguration: 0,
    photometricInterpretation: "MONOCHROME2",
    decodedBuffer: new Uint8Array(pixels.buffer),
  });
}

export interface Encoded {
  readonly name: string;
  readonly file: Uint8Array;
  readonly lossless: boolean;
}

/** The sample in each syntax that the codec can write, as files. */
export async function encodedFiles(): Promise<Encoded[]> {
  await NativeCodecs.initializeAsync();
  const pixels = samplePixels();
  const recipes: readonly (readonly [string, boolean, () => Codecs.Context])[] = [
    [`${J}57`, true, () => NativeCodecs.encodeJpeg(grey(pixels), { lossy: false, predictor: 4 })],
    [`${J}70`, true, () => NativeCodecs.encodeJpeg(grey(pixels), { lossy: false, predictor: 1 })],
    [`${J}80`, true, () => NativeCodecs.encodeJpegLs(grey(pixels), { lossy: false })],
    [`${J}81`, false, () => NativeCodecs.encodeJpegLs(grey(pixels), { lossy: true, allowedLossyError: 3 })],
    [`${J}90`, true, () => NativeCodecs.encodeJpeg2000(grey(pixels), { lossy: false })],
    [`${J}91`, false, () => NativeCodecs.encodeJpeg2000(grey(pixels), { lossy: true, rate: 8 })],
    [`${J}201`, true, () => NativeCodecs.encodeHtJpeg2000(grey(pixels), { lossy: false })],
    [
      `${J}202`,
      true,
      () => NativeCodecs.encodeHtJpeg2000(grey(pixels), { lossy: false, progressionOrder: 2 }),
    ],
    [`${J}203`, false, () => NativeCodecs.encodeHtJpeg2000(grey(pixels), { lossy: true })],
    [`${J}110`, true, () => NativeCodecs.encodeJpegXl(grey(pixels), { lossy: false })],
    ["1.2.840.10008.1.2.5", true, () => NativeCodecs.encodeRle(grey(pixels))],
  ];
  return recipes.map(([syntax, lossless, encode]) => {
    const encoded = encode().getEncodedBuffer() ?? new Uint8Array();
    const more: DataSet = { "7fe00010 OB": { fragments: [encoded] } };
    const { "7fe00010 OW": _native, ...rest } = greyPicture(ENCODED_SIDE, ENCODED_SIDE, []);
    return { name: syntax, lossless, file: writeDicom({ ...rest, ...more }, syntax) };
  });
}
