import type { Dataset } from "../file/dataset.js";
import { unreadable } from "../file/fail.js";
import { TAG } from "../file/tags.js";
import { readEntries } from "./lut.js";
import type { Samples } from "./samples.js";

/** One colour's palette (PS3.3 C.7.6.3.1.5): stored value `first + i` shows as `data[i]`, 0..255. */
interface Palette {
  readonly first: number;
  readonly data: Uint8Array;
}

const CHANNELS = [
  [TAG.redDescriptor, TAG.redData, TAG.redSegmented],
  [TAG.greenDescriptor, TAG.greenData, TAG.greenSegmented],
  [TAG.blueDescriptor, TAG.blueData, TAG.blueSegmented],
] as const;

/** RGB bytes of a palette picture. Throws `dicom_unreadable` when a palette is missing or too short. */
export function applyPalette(
  values: Samples,
  dataset: Dataset,
  signed: boolean,
  bigEndian: boolean,
): Uint8Array {
  const palettes = CHANNELS.map((tags) => readPalette(dataset, tags, signed, bigEndian));
  const out = new Uint8Array(values.length * 3);
  palettes.forEach((palette, channel) => {
    const last = palette.data.length - 1;
    for (let index = 0; index < values.length; index++) {
      const entry = Math.min(last, Math.max(0, (values[index] ?? 0) - palette.first));
      out[index * 3 + channel] = palette.data[entry] ?? 0;
    }
  });
  return out;
}

function readPalette(
  dataset: Dataset,
  tags: readonly [string, string, string],
  signed: boolean,
  bigEndian: boolean,
): Palette {
  const [descriptor, plain, segmented] = tags;
  const [entries, , bits] = dataset.uint16s(descriptor);
  const first = signed ? dataset.int16(descriptor, 1) : dataset.uint16(descriptor, 1);
  if (entries === undefined || first === undefined)
    throw unreadable("A palette's descriptor is missing or damaged.");
  const count = entries === 0 ? 65536 : entries;
  const raw = dataset.raw(plain);
  const coded = dataset.raw(segmented);
  const data = raw
    ? readEntries(raw, count, bigEndian)
    : coded &&
      expandSegments(coded, count, bits === 8 && coded.length % 2 === 1 ? 8 : bits === 8 ? 8 : 16, bigEndian);
  if (!data) throw unreadable("A palette is missing or shorter than its descriptor says.");
  return { first, data: toBytes(data, bits ?? 16) };
}

/** 16-bit entries give their high byte, as viewers do; entries of 8 bits stored in words stay. */
function toBytes(data: Uint8Array | Uint16Array, bits: number): Uint8Array {
  if (data instanceof Uint8Array) return data;
  const wide = bits > 8 && data.some((value) => value > 255);
  return Uint8Array.from(data, (value) => (wide ? value >> 8 : value & 0xff));
}

const LONGEST = 65_536 * 3 * 2;

/** Segmented palettes (PS3.3 C.7.9.2): 0 discrete, 1 linear to a value, 2 indirect (repeat earlier segments). */
export function expandSegments(
  raw: Uint8Array,
  count: number,
  bits: 8 | 16,
  bigEndian: boolean,
): Uint8Array | Uint16Array {
  // Each of the 65536 entries that there may be as a segment of its own has three words.
  if (raw.length > LONGEST) throw unreadable("A segmented palette is longer than any palette.");
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const size = bits / 8;
  const words = Array.from({ length: Math.floor(raw.length / size) }, (_, index) =>
    bits === 8 ? view.getUint8(index) : view.getUint16(index * 2, !bigEndian),
  );
  const out: number[] = [];
  runSegments(words, 0, words.length, Number.POSITIVE_INFINITY, out, count, size, 0);
  if (out.length < count) throw unreadable("A segmented palette is shorter than its descriptor says.");
  return bits === 8 ? Uint8Array.from(out.slice(0, count)) : Uint16Array.from(out.slice(0, count));
}

function runSegments(
  words: readonly number[],
  start: number,
  end: number,
  segments: number,
  out: number[],
  count: number,
  size: number,
  depth: number,
): void {
  let at = start;
  for (let done = 0; done < segments && at + 2 <= end && out.length < count; done++) {
    const kind = words[at] ?? 0;
    const length = words[at + 1] ?? 0;
    at += 2;
    if (kind === 0) {
      if (at + length > end) throw unreadable("A segment of a palette is cut off.");
      for (let index = 0; index < length && out.length < count; index++) out.push(words[at + index] ?? 0);
      at += length;
    } else if (kind === 1) {
      const from = out.at(-1);
      const to = words[at++];
      if (from === undefined || to === undefined)
        throw unreadable("A linear segment of a palette has no neighbours.");
      for (let step = 1; step <= length && out.length < count; step++) {
        out.push(Math.trunc(from + ((to - from) * step) / length));
      }
    } else if (kind === 2 && depth === 0) {
      // The offset is in bytes from the start of the data, in two words (two or four bytes for 8-bit entries).
      const parts = size === 1 ? words.slice(at, at + 4) : words.slice(at, at + 2);
      const offset = parts.reduceRight((sum, part) => sum * (size === 1 ? 256 : 65536) + part, 0);
      at += parts.length;
      const target = Math.floor(offset / size);
      if (target >= at) throw unreadable("An indirect segment of a palette points ahead.");
      runSegments(words, target, end, length, out, count, size, 1);
    } else throw unreadable("A segmented palette holds a segment of unknown kind.");
  }
}
