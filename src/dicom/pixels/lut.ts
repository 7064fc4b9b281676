import type { Dataset } from "../file/dataset.js";
import { TAG } from "../file/tags.js";

/** A lookup table (PS3.3 C.11.1.1.1, C.11.2.1.1): input `first + i` gives `data[i]`; beyond the ends, the end's value. */
export interface LookupTable {
  readonly first: number;
  readonly data: ArrayLike<number>;
  /** Bits of an entry: the output's range is 0..2^bits-1. */
  readonly bits: number;
}

/**
 * Reads LUT Descriptor and LUT Data of a Modality or VOI LUT item.
 * The descriptor's second value is signed when the pixels are (PS3.3 C.11.1.1); 0 entries mean 65536.
 */
export function readLut(item: Dataset, signedInput: boolean, bigEndian: boolean): LookupTable | undefined {
  const [entries, , declared] = item.uint16s(TAG.lutDescriptor);
  const first = signedInput ? item.int16(TAG.lutDescriptor, 1) : item.uint16(TAG.lutDescriptor, 1);
  const raw = item.raw(TAG.lutData);
  if (entries === undefined || first === undefined || !raw) return undefined;
  const count = entries === 0 ? 65536 : entries;
  const data = readEntries(raw, count, bigEndian);
  if (!data) return undefined;
  let bits = declared !== undefined && declared >= 1 && declared <= 16 ? declared : 16;
  // Some writers say fewer bits than their entries have; the range must hold them all.
  for (const value of data) while (value >= 2 ** bits && bits < 16) bits++;
  return { first, data, bits };
}

/** Entries of 16 bits, or of 8 when that is all the bytes there are. */
export function readEntries(
  raw: Uint8Array,
  count: number,
  bigEndian: boolean,
): Uint8Array | Uint16Array | undefined {
  if (raw.length >= count * 2) {
    const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
    return Uint16Array.from({ length: count }, (_, index) => view.getUint16(index * 2, !bigEndian));
  }
  if (raw.length >= count) return raw.slice(0, count);
  return undefined;
}

export function lookUp(table: LookupTable, value: number): number {
  const index = Math.min(table.data.length - 1, Math.max(0, Math.trunc(value) - table.first));
  return table.data[index] ?? 0;
}
