import { createRequire } from "node:module";
import type { ByteArrayParser, ByteStream, DataSet, Element } from "dicom-parser";
import { unreadable } from "./fail.js";
import type { Located } from "./locate.js";
import { TAG } from "./tags.js";
import type { TransferSyntax } from "./uids.js";

interface DicomParser {
  DataSet: new (parser: ByteArrayParser, bytes: Uint8Array, elements: Record<string, Element>) => DataSet;
  ByteStream: new (parser: ByteArrayParser, bytes: Uint8Array, position: number) => ByteStream;
  littleEndianByteArrayParser: ByteArrayParser;
  bigEndianByteArrayParser: ByteArrayParser;
  parseDicomDataSetExplicit(
    set: DataSet,
    stream: ByteStream,
    end: number,
    options: { untilTag: string },
  ): void;
  parseDicomDataSetImplicit(
    set: DataSet,
    stream: ByteStream,
    end: number,
    options: { untilTag: string },
  ): void;
}

const dicomParser = createRequire(import.meta.url)("dicom-parser") as DicomParser;

/** Attribute values with one way to fail: anything absent, empty or malformed is `undefined`. */
export class Dataset {
  constructor(private readonly set: DataSet) {}

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

  /** DS or IS values; where a writer used FD or FL (functional groups), those. Non-numbers are left out as NaN. */
  numbers(tag: string): number[] {
    const vr = this.set.elements[tag]?.vr;
    if (vr === "FD" || vr === "FL")
      return this.binary(tag, vr === "FD" ? 8 : 4, vr === "FD" ? "readDouble" : "readFloat");
    if (vr === "US" || vr === "SS") return this.binary(tag, 2, vr === "US" ? "readUint16" : "readInt16");
    return this.strings(tag).map((text) =>
      /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN,
    );
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
    const items = this.set.elements[tag]?.items ?? [];
    return items.flatMap((item) => (item.dataSet ? [new Dataset(item.dataSet)] : []));
  }

  item(tag: string, index = 0): Dataset | undefined {
    const set = this.set.elements[tag]?.items?.[index]?.dataSet;
    return set && new Dataset(set);
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
export function parse(located: Located): Parsed {
  const parser = located.bigEndian
    ? dicomParser.bigEndianByteArrayParser
    : dicomParser.littleEndianByteArrayParser;
  const set = new dicomParser.DataSet(parser, located.bytes, {});
  let complete = true;
  try {
    const stream = new dicomParser.ByteStream(parser, located.bytes, located.start);
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
    syntax: located.syntax,
    bigEndian: located.bigEndian,
    complete: complete || set.elements[TAG.pixelData] !== undefined,
    warnings: located.warnings,
  };
}
