import { unreadable } from "../file/fail.js";
import type { PixelLayout } from "./layout.js";

/**
 * RLE Lossless (PS3.5 annex G): a header of 16 little endian words (number of segments, then their offsets), then one
 * PackBits segment for each byte of a sample, most significant first, sample after sample.
 * Returns little endian samples, colour by pixel. Each segment must give exactly one byte a pixel.
 */
export function decodeRle(bytes: Uint8Array, layout: PixelLayout): Uint8Array {
  const sampleBytes = layout.bitsAllocated / 8;
  const segments = sampleBytes * layout.samples;
  const pixels = layout.rows * layout.columns;
  if (!Number.isInteger(sampleBytes) || bytes.length < 64) throw unreadable("The RLE header is cut off.");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== segments) {
    throw unreadable("The number of RLE segments does not fit the picture.", { expected: segments });
  }
  // Two bytes give at most 128: whatever claims more cannot be intact, and is refused before memory is taken.
  if (pixels * segments > bytes.length * 64)
    throw unreadable("The RLE data is shorter than its picture: cut off or damaged.");
  const out = new Uint8Array(pixels * segments);
  for (let segment = 0; segment < segments; segment++) {
    const from = view.getUint32(4 + segment * 4, true);
    const to = segment + 1 < segments ? view.getUint32(8 + segment * 4, true) : bytes.length;
    if (from < 64 || to > bytes.length || from > to)
      throw unreadable("An RLE segment lies outside its frame.");
    const sample = Math.floor(segment / sampleBytes);
    const byte = sampleBytes - 1 - (segment % sampleBytes);
    unpack(bytes, from, to, out, sample * sampleBytes + byte, segments, pixels);
  }
  return out;
}

/** PackBits (PS3.5 G.3.1): 0..127 copies n+1 bytes, -1..-127 repeats the next 1-n times, -128 does nothing. */
function unpack(
  input: Uint8Array,
  from: number,
  to: number,
  out: Uint8Array,
  start: number,
  step: number,
  count: number,
): void {
  let at = from;
  let done = 0;
  let target = start;
  while (done < count) {
    if (at >= to) throw unreadable("An RLE segment is shorter than its picture: cut off or damaged.");
    const control = input[at++] ?? 0;
    if (control === 128) continue;
    const repeat = control > 128;
    let run = repeat ? 257 - control : control + 1;
    if (!repeat && at + run > to)
      throw unreadable("An RLE segment is shorter than its picture: cut off or damaged.");
    if (run > count - done) run = count - done;
    for (let index = 0; index < run; index++, target += step)
      out[target] = input[repeat ? at : at + index] ?? 0;
    at += repeat ? 1 : control + 1;
    done += run;
  }
}
