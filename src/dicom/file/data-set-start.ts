import { inflateRawSync, inflateSync } from "node:zlib";
import { MedGemmaError } from "../../base/errors.js";
import { unreadable } from "./fail.js";
import { grownTooLarge, isTooMuch, mayGrowTo } from "./growth.js";
import type { Limits } from "./limits.js";
import {
  EXPLICIT_BIG,
  EXPLICIT_LITTLE,
  IMPLICIT_LITTLE,
  type TransferSyntax,
  transferSyntax,
} from "./uids.js";
import { isLongVrAt, isVrAt, vrAt } from "./vrs.js";

/** Where the data set begins and how its elements are written. */
export interface Located {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly syntax: TransferSyntax;
  readonly explicit: boolean;
  readonly bigEndian: boolean;
  readonly warnings: readonly string[];
}

function u16(bytes: Uint8Array, position: number): number {
  return (bytes[position] ?? 0) | ((bytes[position + 1] ?? 0) << 8);
}

function u32(bytes: Uint8Array, position: number): number {
  return (u16(bytes, position) | (u16(bytes, position + 2) << 16)) >>> 0;
}

/** The offset after "DICM", or -1 (PS3.10 7.1). */
function afterMagic(bytes: Uint8Array): number {
  for (const at of [128, 0]) {
    if (vrAt(bytes, at) === "DI" && vrAt(bytes, at + 2) === "CM") return at + 4;
  }
  return -1;
}

/** True when a data set or a meta group seems to begin here, without preamble: group 2 or 8, a short value that fits. */
function plausible(bytes: Uint8Array, at: number): boolean {
  if (bytes.length < at + 16) return false;
  const little = u16(bytes, at);
  const big = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  if (little !== 0x0002 && little !== 0x0008 && big !== 0x0008) return false;
  const element = little === 0x0002 || little === 0x0008 ? u16(bytes, at + 2) : 0;
  if (element > 0x1200) return false;
  return (
    isVrAt(bytes, at + 4) || (big !== 0x0008 && u32(bytes, at + 4) <= 1024 && (u32(bytes, at + 4) & 1) === 0)
  );
}

/** True when the bytes look like DICOM: the magic word, or the first element of a file without preamble. */
export function looksLikeDicom(bytes: Uint8Array): boolean {
  return afterMagic(bytes) >= 0 || plausible(bytes, 0);
}

/** Reads the meta group, always explicit little endian (PS3.10 7.1), as far as it is needed. */
function readMeta(bytes: Uint8Array, start: number): { end: number; uid: string | undefined } {
  let at = start;
  let uid: string | undefined;
  while (at + 8 <= bytes.length && u16(bytes, at) === 0x0002) {
    const explicit = isVrAt(bytes, at + 4);
    const long = explicit && isLongVrAt(bytes, at + 4);
    const length = !explicit ? u32(bytes, at + 4) : long ? u32(bytes, at + 8) : u16(bytes, at + 6);
    const value = at + (long ? 12 : 8);
    if (length > bytes.length - value) throw unreadable("The file ends inside its meta group.");
    if (u16(bytes, at + 2) === 0x0010) {
      uid = Buffer.from(bytes.buffer, bytes.byteOffset + value, Math.min(length, 64))
        .toString("latin1")
        .replace(/[^0-9.].*$/s, "");
    }
    at = value + length;
  }
  return { end: at, uid };
}

function guessUid(bytes: Uint8Array, at: number): string {
  const little = u16(bytes, at);
  const swapped = ((little & 0xff) << 8) | (little >> 8);
  if (!isVrAt(bytes, at + 4)) return IMPLICIT_LITTLE;
  return swapped < little ? EXPLICIT_BIG : EXPLICIT_LITTLE;
}

function inflate(bytes: Uint8Array, limits: Limits): Uint8Array {
  const most = mayGrowTo(bytes.length, limits);
  for (const run of [inflateRawSync, inflateSync]) {
    try {
      // Not a Buffer: its slice() shares memory, and the readers rely on a copy.
      const out = run(bytes, { maxOutputLength: most });
      return new Uint8Array(out.buffer, out.byteOffset, out.byteLength);
    } catch (error) {
      if (isTooMuch(error)) throw grownTooLarge(most);
    }
  }
  throw unreadable("The deflated data set cannot be inflated: it is damaged or cut off.");
}

/** Finds the data set; inflates it where the syntax says so. Throws `not_dicom`, `dicom_unreadable` or `image_too_large`. */
export function locate(bytes: Uint8Array, limits: Limits): Located {
  const warnings: string[] = [];
  const magic = afterMagic(bytes);
  if (magic < 0 && !plausible(bytes, 0)) throw new MedGemmaError("not_dicom");
  if (magic < 0) warnings.push("The file has no DICOM preamble.");
  const meta = readMeta(bytes, Math.max(0, magic));
  let source = bytes;
  let start = meta.end;
  if (start >= bytes.length) throw unreadable("The file ends after its meta group.");
  if (!meta.uid) warnings.push("The transfer syntax is missing and was guessed.");
  const syntax = transferSyntax(meta.uid || guessUid(bytes, start));
  if (syntax.deflated) {
    source = inflate(bytes.subarray(start), limits);
    start = 0;
  }
  // Some writers declare one VR encoding and use the other; the first element tells which.
  const explicit = isVrAt(source, start + 4);
  if (explicit !== syntax.explicit) warnings.push("The data set is not encoded as its transfer syntax says.");
  const group = u16(source, start);
  const bigEndian = syntax.bigEndian
    ? group > 0x00ff || group === 0
    : explicit && group >= 0x0100 && (group & 0xff) === 0;
  return { bytes: source, start, syntax, explicit, bigEndian, warnings };
}
