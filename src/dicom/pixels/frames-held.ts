import type { Parsed } from "../file/dataset.js";
import { type Limits, tooLarge } from "../file/limits.js";
import { TAG } from "../file/tags.js";

const UNDEFINED_LENGTH = 0xffffffff;
/** Bytes of a fragment without any data: its tag and its length (PS3.5 A.4). */
const LEAST_FRAGMENT = 8;

/**
 * Of the frames that a header declares, those that its file has room for; 1 at least. The number written is anybody's, and
 * each frame costs the readers something: it goes no further than the file does.
 * Throws `image_too_large`.
 */
export function framesHeld({ dataset, size }: Parsed, limits: Limits): number {
  const declared = Math.max(1, Math.trunc(dataset.number(TAG.numberOfFrames) ?? 1));
  if (declared > limits.maxFrames) throw tooLarge("frames", declared, limits.maxFrames);
  const element = dataset.element(TAG.pixelData);
  if (!element) return 1;
  const available = Math.max(0, size - element.dataOffset);
  const fragments = Math.floor(available / LEAST_FRAGMENT);
  const bits = leastFrameBits(dataset);
  const undefinedLength = element.length === UNDEFINED_LENGTH || element.hadUndefinedLength === true;
  const length = undefinedLength ? available : Math.min(available, element.length);
  const native = undefinedLength ? 0 : Math.floor((length * 8) / bits);
  // Too short for one frame as it stands: it may be fragments under a length that says otherwise.
  return Math.max(1, Math.min(declared, native >= 1 ? native : fragments));
}

/** Bits of a frame that is not compressed, no more than there are: 4:2:2 has two samples of three. */
function leastFrameBits(dataset: Parsed["dataset"]): number {
  const [rows = 0, columns = 0, samples = 1, allocated = 1] = [
    TAG.rows,
    TAG.columns,
    TAG.samples,
    TAG.bitsAllocated,
  ].map((tag) => dataset.uint16(tag));
  const halved = (dataset.string(TAG.photometric) ?? "").toUpperCase().includes("_42");
  return Math.max(1, rows * columns * allocated * (halved ? Math.min(2, samples) : samples));
}
