import type { ByteArrayParser, DataSet, Element } from "dicom-parser";
import { dicomParser, ElementStream, openUnknown } from "./dicom-parser.js";
import { unreadable } from "./fail.js";
import type { Located } from "./locate.js";
import { TAG, tagName } from "./tags.js";
import type { TransferSyntax } from "./uids.js";

const BINARY_NUMBERS: ReadonlyMap<string, readonly [size: number, read: keyof ByteArrayParser]> = new Map([
  ["FD", [8, "readDouble"]],
  ["FL", [4, "readFloat"]],
  ["US", [2, "readUint16"]],
  ["SS", [2, "readInt16"]],
  ["UL", [4, "readUint32"]],
  ["SL", [4, "readInt32"]],
]);

/** The VR of those that are no text (PS3.6), for data sets that do not write it: implicit VR, and UN. */
const BINARY_TAGS: ReadonlyMap<string, string> = new Map([
  [TAG.effectiveEchoTime, "FD"],
  [TAG.diffusionValue, "FD"],
  [TAG.temporalOffset, "FD"],
  [TAG.cardiacPhase, "FL"],
  [TAG.temporalIndex, "UL"],
  [TAG.frameAcquisitionNumber, "US"],
]);

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * Attribute values. Anything absent, empty or malformed is `undefined`; of what is there and is no number, a note is kept,
 * so that it is never silently taken for absent.
 */
export class Dataset {
  constructor(
    private readonly set: DataSet,
    /** Tags whose values were asked for as numbers and are none; shared with the items. */
    private readonly malformed: Set<string> = new Set(),
  ) {}

  /** What was read so far as a number and is none, in words. */
  get malformedWarnings(): readonly string[] {
    return [...this.malformed].map((tag) => `${tagName(tag)} is present and is no number; it was not used.`);
  }

  get bytes(): Uint8Array {
    return this.set.byteArray;
  }

  element(tag: string): Element | undefined {
    return this.set.elements[tag];
  }

  has(tag: string): boolean {
    const element = this.set.elements[tag];
    return element !== undefined && element.length !== 0;
  }

  /** Text as Latin-1, trimmed; for codes, numbers and UIDs, whose repertoire is ASCII. */
  strings(tag: string): string[] {
    const raw = this.raw(tag);
    if (!raw || raw.length > 65536) return [];
    return Buffer.from(raw)
      .toString("latin1")
      .split("\\")
      .map((part) => part.replace(/\0[\s\S]*$/, "").trim());
  }

  string(tag: string, index = 0): string | undefined {
    return this.strings(tag)[index] || undefined;
  }

  /** DS or IS values; where a writer used a binary VR (functional groups), those. Non-numbers are left out as NaN. */
  numbers(tag: string): number[] {
    const vr = this.set.elements[tag]?.vr ?? "UN";
    const binary = BINARY_NUMBERS.get(vr === "UN" ? (BINARY_TAGS.get(tag) ?? vr) : vr);
    if (binary) return this.binary(tag, ...binary);
    if (this.isMalformed(tag)) this.malformed.add(tag);
    return this.strings(tag).map((text) => (DECIMAL.test(text) ? Number(text) : Number.NaN));
  }

  /** True when something is written that is no number by PS3.5 6.2 (DS, IS): a decimal comma, two points, letters. */
  isMalformed(tag: string): boolean {
    return this.strings(tag).some((text) => text !== "" && !DECIMAL.test(text));
  }

  number(tag: string, index = 0): number | undefined {
    const value = this.numbers(tag)[index];
    return value !== undefined && Number.isFinite(value) ? value : undefined;
  }

  uint16(tag: string, index = 0): number | undefined {
    return this.binary(tag, 2, "readUint16")[index];
  }

  uint16s(tag: string): number[] {
    return this.binary(tag, 2, "readUint16");
  }

  int16(tag: string, index = 0): number | undefined {
    return this.binary(tag, 2, "readInt16")[index];
  }

  uint32(tag: string, index = 0): number | undefined {
    return this.binary(tag, 4, "readUint32")[index];
  }

  int32(tag: string, index = 0): number | undefined {
    return this.binary(tag, 4, "readInt32")[index];
  }

  /** The element's bytes as stored, or undefined when absent or running past the end. */
  raw(tag: string): Uint8Array | undefined {
    const element = this.set.elements[tag];
    if (!element || element.length <= 0 || element.items) return undefined;
    if (element.dataOffset + element.length > this.bytes.length) return undefined;
    return this.bytes.subarray(element.dataOffset, element.dataOffset + element.length);
  }

  items(tag: string): Dataset[] {
    return this.opened(tag).flatMap((item) => (item.dataSet ? [this.below(item.dataSet)] : []));
  }

  /** Items of a sequence. */
  count(tag: string): number {
    return this.opened(tag).length;
  }

  item(tag: string, index = 0): Dataset | undefined {
    const set = this.opened(tag)[index]?.dataSet;
    return set && this.below(set);
  }

  private below(set: DataSet): Dataset {
    return new Dataset(set, this.malformed);
  }

  /** A sequence's items; of one that stands as UN too, which is opened once. */
  private opened(tag: string): NonNullable<Element["items"]> {
    const element = this.set.elements[tag];
    if (element && !element.items && element.vr === "UN")
      element.items = openUnknown(this.set, element) ?? [];
    return element?.items ?? [];
  }

  private binary(tag: string, size: number, read: keyof ByteArrayParser): number[] {
    const raw = this.raw(tag);
    const values: number[] = [];
    if (!raw || raw.length > 1 << 20) return values;
    const base = this.set.elements[tag]?.dataOffset ?? 0;
    for (let at = 0; at + size <= raw.length; at += size)
      values.push(this.set.byteArrayParser[read](this.bytes, base + at));
    return values;
  }
}

export interface Parsed {
  readonly dataset: Dataset;
  /** Of the whole data set, of which a part may have been read; what it can hold is bounded by them. */
  readonly size: number;
  readonly syntax: TransferSyntax;
  readonly bigEndian: boolean;
  /** False when the file ends or breaks before its pixel data. */
  readonly complete: boolean;
  readonly warnings: readonly string[];
}

/**
 * Parses up to Pixel Data (7FE0,0010), which is left to frames.ts: fragments and what follows are not walked.
 * dicom-parser throws strings and plain objects; elements before the break are kept, and `complete` says so.
 */
export function parse(located: Located, size = located.bytes.length): Parsed {
  const parser = located.bigEndian
    ? dicomParser.bigEndianByteArrayParser
    : dicomParser.littleEndianByteArrayParser;
  const set = new dicomParser.DataSet(parser, located.bytes, {});
  let complete = true;
  try {
    const stream = new ElementStream(parser, located.bytes, located.start);
    const run = located.explicit
      ? dicomParser.parseDicomDataSetExplicit
      : dicomParser.parseDicomDataSetImplicit;
    run(set, stream, located.bytes.length, { untilTag: TAG.pixelData });
  } catch {
    complete = false;
  }
  if (Object.keys(set.elements).length === 0) throw unreadable("The data set holds no readable element.");
  return {
    dataset: new Dataset(set),
    size: Math.max(size, located.bytes.length),
    syntax: located.syntax,
    bigEndian: located.bigEndian,
    complete: complete || set.elements[TAG.pixelData] !== undefined,
    warnings: located.warnings,
  };
}
