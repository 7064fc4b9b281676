import { unreadable } from "../file/fail.js";
import { frameBits, isSubsampled, type PixelLayout } from "./layout.js";

/** One array element a sample, colour by pixel, no unused bits. */
export type Samples = Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array;

/** Samples of an uncompressed frame: 1, 8, 16 or 32 bits, either byte order, colour by pixel or by plane, 4:2:2. */
export function unpackNative(
  bytes: Uint8Array,
  bitOffset: number,
  layout: PixelLayout,
  bigEndian: boolean,
): Samples {
  const needed = Math.ceil((bitOffset + frameBits(layout)) / 8);
  if (bytes.length < needed)
    throw unreadable("A frame is cut off.", { expectedBytes: needed, bytes: bytes.length });
  if (layout.bitsAllocated === 1)
    return unpackBits(bytes, bitOffset, layout.rows * layout.columns * layout.samples);
  const count = frameBits(layout) / layout.bitsAllocated;
  const raw = readWords(bytes, count, layout.bitsAllocated, bigEndian);
  if (isSubsampled(layout)) return maskSamples(widen422(raw, layout), layout);
  const pixels = layout.planar && layout.samples > 1 ? byPixel(raw, layout) : raw;
  return maskSamples(pixels, layout);
}

/** One bit a pixel, the first in the lowest bit (PS3.5 8.1.1 and annex D). */
function unpackBits(bytes: Uint8Array, bitOffset: number, count: number): Uint8Array {
  const out = new Uint8Array(count);
  for (let index = 0; index < count; index++) {
    const bit = bitOffset + index;
    out[index] = ((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1;
  }
  return out;
}

type Words = Uint8Array | Uint16Array | Uint32Array;

function readWords(bytes: Uint8Array, count: number, bits: number, bigEndian: boolean): Words {
  if (bits === 8) return bytes.slice(0, count);
  const copy = bytes.slice(0, (count * bits) / 8);
  if (bigEndian) {
    const buffer = Buffer.from(copy.buffer);
    if (bits === 16) buffer.swap16();
    else buffer.swap32();
  }
  return bits === 16 ? new Uint16Array(copy.buffer) : new Uint32Array(copy.buffer);
}

/** Little endian words of a decoder's output. */
export function wordsOf(bytes: Uint8Array, bits: number): Words {
  return readWords(bytes, (bytes.length * 8) / bits, bits, false);
}

/** Planes to pixels (Planar Configuration 1, PS3.3 C.7.6.3.1.3). */
export function byPixel(planes: Words, layout: PixelLayout): Words {
  const pixels = layout.rows * layout.columns;
  const out = planes.slice();
  for (let sample = 0; sample < layout.samples; sample++) {
    for (let index = 0; index < pixels; index++)
      out[index * layout.samples + sample] = planes[sample * pixels + index] ?? 0;
  }
  return out;
}

/** Y1 Y2 Cb Cr to Y Cb Cr, Y Cb Cr: both pixels take the pair's chrominance (PS3.3 C.7.6.3.1.2). */
function widen422(raw: Words, layout: PixelLayout): Words {
  const { rows, columns } = layout;
  const out = new (raw.constructor as new (n: number) => Words)(rows * columns * 3);
  const stride = Math.ceil(columns / 2) * 4;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const pair = row * stride + (column >> 1) * 4;
      const target = (row * columns + column) * 3;
      out[target] = raw[pair + (column & 1)] ?? 0;
      out[target + 1] = raw[pair + 2] ?? 0;
      out[target + 2] = raw[pair + 3] ?? 0;
    }
  }
  return out;
}

/** Shifts by High Bit, drops bits beyond Bits Stored (overlays, rubbish), extends the sign (PS3.5 8.1.1). */
export function maskSamples(words: Words, layout: PixelLayout): Samples {
  const { bitsAllocated, bitsStored, highBit, signed } = layout;
  const down = highBit - bitsStored + 1;
  if (bitsStored < bitsAllocated) {
    const up = 32 - bitsStored;
    for (let index = 0; index < words.length; index++) {
      const value = ((words[index] ?? 0) >>> down) << up;
      words[index] = signed ? value >> up : value >>> up;
    }
  }
  if (!signed) return words;
  if (words instanceof Uint8Array) return new Int8Array(words.buffer, words.byteOffset, words.length);
  if (words instanceof Uint16Array) return new Int16Array(words.buffer, words.byteOffset, words.length);
  return new Int32Array(words.buffer, words.byteOffset, words.length);
}
