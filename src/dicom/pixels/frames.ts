import type { Dataset } from "../file/dataset.js";
import { noPicture, unreadable } from "../file/fail.js";
import { TAG } from "../file/tags.js";
import { codecOfStream } from "./codestream.js";
import { frameBits, type PixelLayout } from "./layout.js";

/** Bytes of one frame as stored. */
export interface StoredFrame {
  readonly bytes: Uint8Array;
  /** Bits to skip in the first byte: frames of 1-bit pictures need not begin on a byte (PS3.5 8.1.1). */
  readonly bitOffset: number;
  /** True when the bytes came in fragments (PS3.5 A.4): a codestream, or encapsulated uncompressed data. */
  readonly encapsulated: boolean;
  /** True when big endian words were turned round already. */
  readonly wordsTurned: boolean;
}

const UNDEFINED_LENGTH = 0xffffffff;

export interface PixelSource {
  /** Frames that are there; may differ from the number declared. */
  readonly count: number;
  readonly warnings: readonly string[];
  frame(index: number): StoredFrame;
}

/**
 * Finds the frames in Pixel Data, counting them itself. Big endian data of VR OW is turned round in words of 16 bits
 * whatever the samples' size (PS3.5 6.2, and what GDCM and dcmtk do): pairs of 8-bit samples change places, and 32-bit
 * ones keep their low word first. Throws `dicom_no_picture` or `dicom_unreadable`.
 */
export function pixelSource(dataset: Dataset, layout: PixelLayout, bigEndian: boolean): PixelSource {
  const element = dataset.element(TAG.pixelData);
  if (!element || element.length === 0) {
    if (dataset.has(TAG.floatPixels) || dataset.has(TAG.doublePixels)) {
      throw noPicture("The file holds floating point pixels (a parametric map), not a picture.");
    }
    throw noPicture("The file holds no pixel data, or ends before it.");
  }
  const from = element.dataOffset;
  if (element.length === UNDEFINED_LENGTH || element.hadUndefinedLength === true)
    return encapsulatedSource(dataset, layout, from, undefined);
  const to = Math.min(from + element.length, dataset.bytes.length);
  if ((to - from) * 8 < frameBits(layout)) {
    // Too short for uncompressed pixels: compressed ones, in fragments or bare, under a length that says otherwise.
    if (isItem(dataset.bytes, from)) return encapsulatedSource(dataset, layout, from, to);
    if (codecOfStream(dataset.bytes, from)) return bareSource(dataset, from, to);
  }
  return nativeSource(dataset, layout, { from, to }, bigEndian && element.vr === "OW");
}

/** A codestream without fragments around it. */
function bareSource(dataset: Dataset, from: number, to: number): PixelSource {
  const frame = (index: number): StoredFrame => {
    checkIndex(index, 1);
    return { bytes: dataset.bytes.subarray(from, to), bitOffset: 0, encapsulated: true, wordsTurned: false };
  };
  return { count: 1, warnings: ["The compressed pixels are not in fragments."], frame };
}

function isItem(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0xfe && bytes[at + 1] === 0xff && bytes[at + 2] === 0x00 && bytes[at + 3] === 0xe0;
}

function frameCountWarnings(declared: number, held: number): string[] {
  if (held === declared) return [];
  const frames = `${declared} frame${declared === 1 ? "" : "s"}`;
  const rest = held > declared ? "; those beyond are not read" : "";
  return [`The file declares ${frames} but holds ${held}${rest}.`];
}

function checkIndex(index: number, count: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= count) {
    throw unreadable(`The file holds ${count} frames; frame ${index} is not among them.`, {
      frames: count,
      frame: index,
    });
  }
}

function nativeSource(
  dataset: Dataset,
  layout: PixelLayout,
  { from: offset, to: end }: { readonly from: number; readonly to: number },
  turnWords: boolean,
): PixelSource {
  const warnings: string[] = [];
  const bits = frameBits(layout);
  const available = end - offset;
  const held = Math.floor((available * 8) / bits);
  const count = Math.min(layout.frames, held);
  if (count < 1) {
    throw unreadable("The pixel data is shorter than one frame: the file is damaged or cut off.", {
      expectedBytes: Math.ceil(bits / 8),
      bytes: available,
    });
  }
  warnings.push(...frameCountWarnings(layout.frames, held));
  const frame = (index: number): StoredFrame => {
    checkIndex(index, count);
    const firstBit = index * bits;
    const from = offset + Math.floor(firstBit / 8);
    const to = offset + Math.ceil((firstBit + bits) / 8);
    const bytes = turnWords
      ? turnedBytes(dataset.bytes.subarray(offset, offset + available), from - offset, to - offset)
      : dataset.bytes.subarray(from, to);
    return { bytes, bitOffset: firstBit % 8, encapsulated: false, wordsTurned: turnWords };
  };
  return { count, warnings, frame };
}

/** Bytes `from` to `to` of data whose bytes change places in pairs: a frame of odd length begins or ends inside a pair. */
function turnedBytes(data: Uint8Array, from: number, to: number): Uint8Array {
  const start = from - (from % 2);
  const pairs = new Uint8Array(Math.ceil((to - start) / 2) * 2);
  pairs.set(data.subarray(start, start + pairs.length));
  // Data that should have been padded to an even length: the last byte has no other to change places with.
  if (start + pairs.length > data.length) pairs[pairs.length - 1] = data[data.length - 1] ?? 0;
  Buffer.from(pairs.buffer).swap16();
  return pairs.subarray(from - start, to - start);
}

/** Fragments by where their bytes begin and end: two numbers each, for there may be as many as are allowed. */
interface Fragments {
  readonly table: readonly number[];
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly warnings: string[];
}

/** A fragment of a frame is a kilobyte and more; a million that are none fill the memory by what is noted of each. */
const MOST_FRAGMENTS = 1_000_000;

/** Walks the items of encapsulated pixel data (PS3.5 A.4): offset table first, then fragments to the delimiter or `end`. */
function walkFragments(bytes: Uint8Array, offset: number, end: number | undefined): Fragments {
  const last = end ?? bytes.length;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const starts: number[] = [];
  const ends: number[] = [];
  const table: number[] = [];
  const warnings: string[] = [];
  let at = offset;
  let tableRead = false;
  let ended = false;
  while (at + 8 <= last) {
    const group = view.getUint16(at, true);
    const element = view.getUint16(at + 2, true);
    const length = view.getUint32(at + 4, true);
    if (group !== 0xfffe || (element !== 0xe000 && element !== 0xe0dd)) break;
    if (element === 0xe0dd) {
      ended = true;
      break;
    }
    const from = at + 8;
    if (length > last - from) {
      warnings.push("The last fragment is cut off.");
      break;
    }
    if (!tableRead) {
      const entries = Math.min(MOST_FRAGMENTS, Math.floor(length / 4));
      for (let entry = 0; entry < entries; entry++) table.push(view.getUint32(from + entry * 4, true));
      tableRead = true;
    } else {
      if (starts.length === MOST_FRAGMENTS)
        throw unreadable("The pixel data has more fragments than pictures have.", { limit: MOST_FRAGMENTS });
      starts.push(from);
      ends.push(from + length);
    }
    at = from + length;
  }
  if (!ended && (end === undefined || at < end))
    warnings.push("The pixel data has no end: the file is damaged or cut off.");
  return { table, from: starts, to: ends, warnings };
}

function encapsulatedSource(
  dataset: Dataset,
  layout: PixelLayout,
  offset: number,
  end: number | undefined,
): PixelSource {
  const bytes = dataset.bytes;
  const fragments = walkFragments(bytes, offset, end);
  const { table, from, warnings } = fragments;
  if (from.length === 0)
    throw unreadable("The pixel data holds no complete fragment: the file is damaged or cut off.");
  const extended = readExtendedOffsets(dataset);
  const firsts = firstFragments(bytes, layout.frames, extended.length > 0 ? extended : table, fragments);
  const begun = from.reduce((count, at) => count + (beginsFrame(bytes, at) ? 1 : 0), 0);
  warnings.push(...frameCountWarnings(layout.frames, Math.max(firsts.length, begun)));
  const frame = (index: number): StoredFrame => {
    checkIndex(index, firsts.length);
    const joined = join(bytes, fragments, firsts[index] ?? 0, firsts[index + 1] ?? from.length);
    return { bytes: joined, bitOffset: 0, encapsulated: true, wordsTurned: false };
  };
  return { count: firsts.length, warnings, frame };
}

/** Extended Offset Table (7FE0,0001): 64-bit offsets (PS3.3 C.7.6.3.1.8). */
function readExtendedOffsets(dataset: Dataset): number[] {
  const raw = dataset.raw(TAG.extendedOffsets);
  if (!raw) return [];
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const offsets: number[] = [];
  const end = Math.min(raw.length, 8 * MOST_FRAGMENTS);
  for (let at = 0; at + 8 <= end; at += 8) offsets.push(Number(view.getBigUint64(at, true)));
  return offsets;
}

/** True where a frame's data begins: a codestream, or an RLE header (PS3.5 G.5). */
function beginsFrame(bytes: Uint8Array, at: number): boolean {
  if (codecOfStream(bytes, at)) return true;
  const [segments = 0, ...zeros] = bytes.subarray(at, at + 4);
  return segments >= 1 && segments <= 15 && zeros.every((byte) => byte === 0) && bytes[at + 4] === 64;
}

/** The first fragment of each frame; found in several ways, each only when it accounts for every declared frame. */
function firstFragments(
  bytes: Uint8Array,
  frames: number,
  table: readonly number[],
  { from }: Fragments,
): readonly number[] {
  if (frames === 1) return [0];
  const [origin = 0] = from;
  const starts = new Set(table);
  const byTable = () => firstsWhere(from, (at) => starts.has(at - origin));
  const byMarker = () => firstsWhere(from, (at) => codecOfStream(bytes, at) !== undefined);
  const ways = [...(table.length === frames ? [byTable] : []), byMarker];
  if (from.length !== frames)
    for (const way of ways) {
      const firsts = way();
      if (firsts.length === frames) return firsts;
    }
  if (from.length <= frames) return [...from.keys()];
  throw unreadable("The fragments of the pixel data do not divide into the frames declared.", {
    frames,
    fragments: from.length,
  });
}

/** The first of all, and those where `starts` holds. */
function firstsWhere(from: readonly number[], starts: (at: number) => boolean): number[] {
  return [...from.keys()].filter((index) => index === 0 || starts(from[index] ?? 0));
}

/** The bytes of fragments `first` to `end`, one after another. */
function join(bytes: Uint8Array, { from, to }: Fragments, first: number, end: number): Uint8Array {
  if (end === first + 1) return bytes.subarray(from[first], to[first]);
  let length = 0;
  for (let index = first; index < end; index++) length += (to[index] ?? 0) - (from[index] ?? 0);
  const joined = new Uint8Array(length);
  let filled = 0;
  for (let index = first; index < end; index++) {
    const piece = bytes.subarray(from[index], to[index]);
    joined.set(piece, filled);
    filled += piece.length;
  }
  return joined;
}
