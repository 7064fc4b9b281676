import type { FrameOf } from "./instance.js";
import type { PixelLayout } from "./layout.js";
import { type Limits, tooLarge } from "./limits.js";
import { MAX_SLICES } from "./rule-table.js";
import type { Codec } from "./uids.js";

/** What the pictures of one call take, told by the headers: a file of some kilobytes may hold large blank frames by the hundred. */

interface Size {
  readonly rows: number;
  readonly columns: number;
}

/** Bytes of one picture, which is RGB. */
function bytesOf({ rows, columns }: Size): number {
  return Math.max(1, rows * columns * 3);
}

/** How many pictures of this size a prompt and the memory hold; 1 at least, which its own limit is for. */
export function mostPictures(size: Size, { maxMemory }: Limits): number {
  return Math.max(1, Math.min(MAX_SLICES, Math.floor(maxMemory / bytesOf(size))));
}

/**
 * Of one frame while it is decoded: the decoder's own, its copy here, and what is made of it. Wavelets are decoded in numbers
 * of 32 bits. Throws `image_too_large`.
 */
export function checkFrameMemory(layout: PixelLayout, codec: Codec, { maxMemory }: Limits): void {
  const stored = Math.ceil(layout.bitsAllocated / 8);
  const wavelet = codec === "jpeg2000" || codec === "htj2k" || codec === "jpeg-xl";
  const samples = layout.rows * layout.columns * layout.samples;
  const bytes = samples * (wavelet ? 4 + 2 * stored : 2.5 * stored);
  if (bytes > maxMemory) throw tooLarge("bytes to decode a frame with", bytes, maxMemory);
}

/** Of frames that the caller named. Throws `image_too_large`. */
export function checkMemory(
  frames: readonly FrameOf[] | { readonly instance: FrameOf["instance"]; readonly length: number },
  { maxMemory }: Limits,
): void {
  const bytes =
    "instance" in frames
      ? frames.length * bytesOf(frames.instance.header.facts)
      : frames.reduce((sum, { instance }) => sum + bytesOf(instance.header.facts), 0);
  if (bytes > maxMemory) throw tooLarge("bytes of pictures", bytes, maxMemory);
}
