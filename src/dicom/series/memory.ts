import { type Limits, tooLarge } from "../file/limits.js";
import { MAX_SLICES } from "../show/rule-table.js";
import type { FrameOf, Instance } from "./instance.js";

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

/** What a job takes that looks at a file's frames one by one, and makes so many pictures of them; what is in memory is shared. */
export function jobMemory({ source, header }: Instance, pictures: number): number {
  const own = "path" in source ? header.bytes : 0;
  return own + header.frameMemory + pictures * bytesOf(header.facts);
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
