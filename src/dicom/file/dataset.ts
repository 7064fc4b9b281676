import { table } from "../../base/table.js";
import type { Located } from "./data-set-start.js";
import { type Coding, type Element, ElementReader, type Elements, unknownItems } from "./elements.js";
import { unreadable } from "./fail.js";
import { TAG, tagName } from "./tags.js";
import type { TransferSyntax } from "./uids.js";

type Binary = readonly [
  size: number,
  read: "getFloat64" | "getFloat32" | "getUint16" | "getInt16" | "getUint32" | "getInt32",
];

const UINT16: Binary = [2, "getUint16"];
const INT16: Binary = [2, "getInt16"];
const UINT32: Binary = [4, "getUint32"];
const INT32: Binary = [4, "getInt32"];
const BINARY_NUMBERS: ReadonlyMap<string, Binary> = new Map([
  ["FD", [8, "getFloat64"]],
  ["FL", [4, "getFloat32"]],
  ["US", UINT16],
  ["SS", INT16],
  ["UL", UINT32],
  ["SL", INT32],
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

/** Where a data set's elements lie, and how they are written. */
interface Written {
  readonly bytes: Uint8Array;
  /** The same, for reading text from: made once, for there are values by the million. */
  readonly text: Buffer;
  readonly coding: Coding;
  readonly elements: Elements;
}

/**
 * Attribute values. Anything absent, empty or malformed is `undefined`; of what is there and is no number, a note is kept,
 * so that it is never silently taken for absent.
 */
export class Dataset {
  readonly #sequences = new Map<string, Sequence>();

  constructor(
    private readonly set: Written,
    /** What was asked for and is damaged, in words; shared with the items. */
    private readonly notes: Set<string> = new Set(),
  ) {}

  /** What was read so far as a number and is none, and sequences that are damaged, in words. */
  get damageWarnings(): readonly string[] {
    return [...this.notes];
  }

  get bytes(): Uint8Array {
    return this.set.bytes;
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
    const at = this.valueAt(tag);
    if (!at || at.length > 65536) return [];
    return this.set.text
      .toString("latin1", at.dataOffset, at.dataOffset + at.length)
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
    if (binary) return this.binary(tag, binary);
    if (this.isMalformed(tag))
      this.notes.add(`${tagName(tag)} is present and is no number; it was not used.`);
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
    return this.binary(tag, UINT16)[index];
  }

  uint16s(tag: string): number[] {
    return this.binary(tag, UINT16);
  }

  int16(tag: string, index = 0): number | undefined {
    return this.binary(tag, INT16)[index];
  }

  uint32(tag: string, index = 0): number | undefined {
    return this.binary(tag, UINT32)[index];
  }

  int32(tag: string, index = 0): number | undefined {
    return this.binary(tag, INT32)[index];
  }

  /** The element's bytes as stored, or undefined when absent or running past the end. */
  raw(tag: string): Uint8Array | undefined {
    const at = this.valueAt(tag);
    return at && this.bytes.subarray(at.dataOffset, at.dataOffset + at.length);
  }

  private valueAt(tag: string): Element | undefined {
    const element = this.set.elements[tag];
    if (!element || element.length <= 0 || element.items) return undefined;
    return element.dataOffset + element.length > this.bytes.length ? undefined : element;
  }

  /** The items of a sequence, each read when its turn comes. */
  *items(tag: string): Generator<Dataset> {
    for (let index = 0; index < this.count(tag); index++) {
      const item = this.item(tag, index);
      if (item) yield item;
    }
  }

  /** Items of a sequence. */
  count(tag: string): number {
    return this.sequence(tag)?.starts.length ?? 0;
  }

  /** The last one asked for is kept, and none of the others: they may be a hundred thousand. */
  item(tag: string, index = 0): Dataset | undefined {
    const sequence = this.sequence(tag);
    const start = sequence?.starts[index];
    if (sequence === undefined || start === undefined) return undefined;
    if (sequence.opened?.start === start) return sequence.opened.dataset;
    const { reader, coding } = sequence;
    const { elements, whole } = reader.item(start, coding);
    if (!whole) this.notes.add(`${tagName(tag)} has a damaged item, of which the beginning was used.`);
    const dataset = new Dataset({ ...this.set, coding, elements }, this.notes);
    sequence.opened = { start, dataset };
    return dataset;
  }

  /** A sequence; one that stands as UN too. */
  private sequence(tag: string): Sequence | undefined {
    const known = this.#sequences.get(tag);
    if (known) return known;
    const element = this.set.elements[tag];
    const { littleEndian } = this.set.coding;
    const unknown = element?.vr === "UN" ? unknownItems(this.bytes, element, littleEndian) : undefined;
    const coding = element?.items ?? unknown;
    if (!element || !coding) return undefined;
    const reader = new ElementReader(this.bytes, element.dataOffset);
    const { starts, whole } = reader.itemsOf(element, coding);
    if (!whole) this.notes.add(`${tagName(tag)} is damaged; the items before that were used.`);
    const sequence = { coding, reader, starts, opened: undefined };
    this.#sequences.set(tag, sequence);
    return sequence;
  }

  private binary(tag: string, [size, read]: Binary): number[] {
    const raw = this.raw(tag);
    const values: number[] = [];
    if (!raw || raw.length > 1 << 20) return values;
    const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
    for (let at = 0; at + size <= raw.length; at += size)
      values.push(view[read](at, this.set.coding.littleEndian));
    return values;
  }
}

interface Sequence {
  readonly coding: Coding;
  readonly reader: ElementReader;
  readonly starts: readonly number[];
  opened: { readonly start: number; readonly dataset: Dataset } | undefined;
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

function textOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * Parses up to Pixel Data (7FE0,0010), which is left to frames.ts: fragments and what follows are not walked. Elements before
 * a break are kept, and `complete` says so.
 */
export function parse(located: Located, size = located.bytes.length): Parsed {
  const { bytes, explicit, bigEndian } = located;
  const coding = { explicit, littleEndian: !bigEndian };
  const elements = table<Element>();
  let complete = true;
  try {
    new ElementReader(bytes, located.start).readInto(elements, coding, bytes.length, TAG.pixelData);
  } catch {
    complete = false;
  }
  if (Object.keys(elements).length === 0) throw unreadable("The data set holds no readable element.");
  return {
    dataset: new Dataset({ bytes, text: textOf(bytes), coding, elements }),
    size: Math.max(size, bytes.length),
    syntax: located.syntax,
    bigEndian,
    complete: complete || elements[TAG.pixelData] !== undefined,
    warnings: located.warnings,
  };
}
