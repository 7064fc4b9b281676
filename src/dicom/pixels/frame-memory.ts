import { type Limits, tooLarge } from "../file/limits.js";
import type { Codec } from "../file/uids.js";
import type { PixelLayout } from "./layout.js";

/**
 * Of one frame while it is decoded: the decoder's own, its copy here, and what is made of it. Wavelets are decoded in numbers
 * of 32 bits. Throws `image_too_large`.
 */
export function checkFrameMemory(layout: PixelLayout, codec: Codec, { maxMemory }: Limits): void {
  const bytes = frameMemory(layout, codec);
  if (bytes > maxMemory) throw tooLarge("bytes to decode a frame with", bytes, maxMemory);
}

/** What decoding a frame takes. */
export function frameMemory(
  {
    rows,
    columns,
    samples,
    bitsAllocated,
  }: Pick<PixelLayout, "rows" | "columns" | "samples" | "bitsAllocated">,
  codec: Codec,
): number {
  const stored = Math.ceil(bitsAllocated / 8);
  const wavelet = codec === "jpeg2000" || codec === "htj2k" || codec === "jpeg-xl";
  return rows * columns * samples * (wavelet ? 4 + 2 * stored : 2.5 * stored);
}
