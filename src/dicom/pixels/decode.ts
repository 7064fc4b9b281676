import { inflateRawSync } from "node:zlib";
import { countScans, MOST_SCANS } from "../../base/files/jpeg-scans.js";
import { unreadable, unsupported } from "../file/fail.js";
import type { Codec, TransferSyntax } from "../file/uids.js";
import { decodeCodestream } from "./codec.js";
import {
  type CodestreamInfo,
  codecOfStream,
  findJpeg2000,
  jpegLsEndings,
  readJpeg,
  readJpeg2000,
} from "./codestream.js";
import type { StoredFrame } from "./frames.js";
import { frameBits, type Photometric, type PixelLayout } from "./layout.js";
import { decodeRle } from "./rle.js";
import { maskSamples, type Samples, unpackNative, wordsOf } from "./samples.js";

/** Stored values of one frame, and what they are now. */
export interface DecodedFrame {
  readonly values: Samples;
  /** The interpretation after decoding: a JPEG 2000 component transform is undone, a JPEG of YBR is RGB. */
  readonly photometric: Photometric;
  readonly warnings: readonly string[];
}

/** Decodes one frame to stored values; `codecReady` is called when the codec is loaded and its work begins. Throws `dicom_unreadable` or `dicom_unsupported`. */
export async function decodeFrame(
  stored: StoredFrame,
  layout: PixelLayout,
  syntax: TransferSyntax,
  bigEndian: boolean,
  codecReady: () => void = () => undefined,
): Promise<DecodedFrame> {
  const warnings: string[] = [];
  const codec = actualCodec(stored, layout, syntax);
  if (codec !== "native" && syntax.codec === "native")
    warnings.push("The pixels are compressed although the transfer syntax says that they are not.");
  if (codec === "native" || !stored.encapsulated) {
    if (codec !== "native")
      warnings.push("The pixels are not compressed although the transfer syntax says so.");
    const turned = (bigEndian || syntax.bigEndianPixels) && !stored.wordsTurned;
    return {
      values: unpackNative(stored.bytes, stored.bitOffset, layout, turned),
      photometric: full(layout.photometric),
      warnings,
    };
  }
  if (codec === "rle") {
    const words = wordsOf(decodeRle(stored.bytes, layout), layout.bitsAllocated);
    return { values: maskSamples(words, layout), photometric: full(layout.photometric), warnings };
  }
  if (codec === "deflated-frame") {
    const bytes = inflateFrame(stored.bytes, layout);
    return {
      values: unpackNative(bytes, 0, layout, false),
      photometric: full(layout.photometric),
      warnings,
    };
  }
  if (codec === "video") {
    const remedy = "Extract the frames with a video tool (ffmpeg) and pass them as pictures.";
    throw unsupported("The pixels are an MPEG or HEVC video.", {}, remedy);
  }
  if (codec === "unknown") throw unsupported("The transfer syntax is none that is read here.");
  return decodeWithWasm(codec, stored.bytes, layout, warnings, codecReady);
}

/** The syntax's codec; a codestream where uncompressed fragments were declared (PS3.5 A.4.11) is read as what it is. */
function actualCodec(stored: StoredFrame, layout: PixelLayout, { codec }: TransferSyntax): Codec {
  const whole = stored.bytes.length * 8 >= frameBits(layout);
  return codec === "native" && stored.encapsulated && !whole ? (codecOfStream(stored.bytes) ?? codec) : codec;
}

type WasmCodec = Parameters<typeof decodeCodestream>[0];

async function decodeWithWasm(
  codec: WasmCodec,
  bytes: Uint8Array,
  layout: PixelLayout,
  warnings: string[],
  codecReady: () => void,
): Promise<DecodedFrame> {
  if (layout.bitsAllocated === 1) throw unsupported("Compressed pictures of one allocated bit are not read.");
  const wavelet = codec === "jpeg2000" || codec === "htj2k";
  const stream = wavelet ? bytes.subarray(Math.max(0, findJpeg2000(bytes))) : bytes;
  const info = wavelet ? readJpeg2000(stream) : codec === "jpeg-xl" ? undefined : readJpeg(stream);
  if (codec !== "jpeg-xl") checkInfo(info, layout);
  if (info && !info.ended) warnings.push("The codestream has no end marker: it may be cut off.");
  if (codec === "jpeg" && (await countScans(stream, undefined)).scans > MOST_SCANS)
    throw unreadable("The compressed frame has more scans than a picture has.", { limit: MOST_SCANS });
  const colour = colourOf(codec, layout, info);
  if (layout.photometric === "RGB" && info?.jpegColour === "ybr") {
    const followed = colour.toRgb ? "stream" : "header";
    warnings.push(`The header says RGB and the JPEG stream says YBR; the ${followed} was followed.`);
  }
  const coded = codedLayout(layout, info);
  const decoded = await firstThatDecodes(
    codec === "jpeg-ls" ? jpegLsEndings(stream) : [stream],
    (candidate) =>
      decodeCodestream(codec, candidate, coded, {
        toRgb: colour.toRgb,
        planes: codec === "jpeg-ls" && info?.componentScans === true,
        codecReady,
      }),
  );
  return {
    values: withinPrecision(wordsOf(decoded, coded.bitsAllocated), coded, info),
    photometric: colour.after,
    warnings,
  };
}

/** The first candidate's failure is the one to report: the others are guesses. */
async function firstThatDecodes(
  candidates: readonly Uint8Array[],
  decode: (candidate: Uint8Array) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const [first, ...others] = candidates;
  if (!first) throw unreadable("The compressed frame is empty.");
  try {
    return await decode(first);
  } catch (error) {
    for (const other of others) {
      const decoded = await decode(other).catch(() => undefined);
      if (decoded) return decoded;
    }
    throw error;
  }
}

/** The codestream's own size must be the header's (PS3.5 8.2.1, 8.2.4). */
function checkInfo(info: CodestreamInfo | undefined, layout: PixelLayout): void {
  if (!info)
    throw unreadable(
      "The compressed frame has no readable header: it is damaged or of another kind than declared.",
    );
  if (info.width !== layout.columns || info.height !== layout.rows || info.components !== layout.samples) {
    throw unreadable("The compressed frame is of another size than the header says.", {
      width: info.width,
      height: info.height,
      components: info.components,
    });
  }
  if (info.precision > layout.bitsAllocated) {
    throw unreadable("The compressed frame has more bits than are allocated.", { bits: info.precision });
  }
}

/**
 * Values within Bits Stored: writers compress 12 bits with a sign as 16, and the header says where the sign is.
 * The codec's output begins at bit 0 whatever High Bit says. A lossy stream whose samples have the header's sign is taken at
 * its own precision, as the reference does: values may lie just beyond Bits Stored, and cutting their upper bits off would
 * turn white into black.
 */
function withinPrecision(
  words: ReturnType<typeof wordsOf>,
  layout: PixelLayout,
  info: CodestreamInfo | undefined,
): Samples {
  const own = info?.mayOvershoot === true && info.signed === layout.signed ? info.precision : 0;
  const bitsStored = Math.min(layout.bitsAllocated, Math.max(layout.bitsStored, own));
  return maskSamples(words, { ...layout, bitsStored, highBit: bitsStored - 1 });
}

/**
 * Samples as the codec gives them: as wide as the stream's own precision needs, for writers allocate 16 bits and compress
 * 8. The header's sign is that of the narrow samples (as pydicom reads them).
 */
function codedLayout(layout: PixelLayout, info: CodestreamInfo | undefined): PixelLayout {
  const bits = info === undefined ? layout.bitsAllocated : info.precision <= 8 ? 8 : 16;
  if (bits >= layout.bitsAllocated) return layout;
  return { ...layout, bitsAllocated: bits, bitsStored: Math.min(bits, layout.bitsStored) };
}

interface Colour {
  readonly toRgb: boolean;
  readonly after: Photometric;
}

/** Who converts YBR to RGB: the JPEG decoder, the wavelet decoder's component transform, or colour.ts later. */
function colourOf(codec: WasmCodec, layout: PixelLayout, info: CodestreamInfo | undefined): Colour {
  const { photometric } = layout;
  if (layout.samples === 1) return { toRgb: false, after: photometric };
  if (codec === "jpeg") {
    // JFIF has no other colours than YBR, whatever the header says (pydicom and GDCM read it so).
    const toRgb = photometric.startsWith("YBR") || info?.jpegColour === "ybr";
    return { toRgb, after: toRgb ? "RGB" : photometric };
  }
  if (codec === "jpeg2000" || codec === "htj2k") {
    const transformed =
      info?.componentTransform === true || photometric === "YBR_RCT" || photometric === "YBR_ICT";
    return { toRgb: false, after: transformed ? "RGB" : full(photometric) };
  }
  if (codec === "jpeg-xl") return { toRgb: false, after: "RGB" };
  return { toRgb: false, after: full(photometric) };
}

/** After upsampling there is no 4:2:2 left. */
function full(photometric: Photometric): Photometric {
  return photometric === "YBR_FULL_422" ? "YBR_FULL" : photometric;
}

function inflateFrame(bytes: Uint8Array, layout: PixelLayout): Uint8Array {
  try {
    return new Uint8Array(inflateRawSync(bytes, { maxOutputLength: Math.ceil(frameBits(layout) / 8) + 1 }));
  } catch {
    throw unreadable("A deflated frame cannot be inflated to its size: it is damaged.");
  }
}
