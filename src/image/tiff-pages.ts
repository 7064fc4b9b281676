import { MedGemmaError } from "../base/errors.js";

/** Pages that are counted by libtiff a tenth of a millisecond each, three times over; of none but the first is anything read. */
const MOST_PAGES = 5000;

/**
 * Refuses a TIFF with more pages than that, or whose pages follow each other in a circle: counting them cannot be ended.
 * @throws MedGemmaError `image_unreadable`.
 */
export function checkPages(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 16) return;
  const little = bytes[0] === 0x49;
  const big = view.getUint16(2, little) === 43;
  const offsetAt = (at: number) => (big ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little));
  const [countSize, entrySize, offsetSize] = big ? [8, 20, 8] : [2, 12, 4];
  let offset = offsetAt(big ? 8 : 4);
  for (let pages = 0; offset > 0 && offset + countSize <= bytes.length; pages++) {
    if (pages === MOST_PAGES) {
      throw new MedGemmaError("image_unreadable", `The TIFF holds more than ${MOST_PAGES} pictures.`, {
        facts: { format: "tiff" },
        remedy: "Only the first would be read: pass it in a file of its own.",
      });
    }
    const entries = big ? offsetAt(offset) : view.getUint16(offset, little);
    const next = offset + countSize + entries * entrySize;
    // What is cut off or damaged is the decoder's to say.
    if (next + offsetSize > bytes.length) return;
    offset = offsetAt(next);
  }
}
