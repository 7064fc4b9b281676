import { table } from "../../base/table.js";
import { unreadable } from "./fail.js";
import { isLongVrAt, isShortVrAt, isVrAt, vrAt } from "./vrs.js";

/**
 * The elements of a data set (PS3.5 7.1), one level at a time. A sequence stays shut: where it lies is noted, and its items
 * are read when they are asked for, one by one. So what a file costs to open is its own elements, not those of a hundred
 * thousand frames that each have a group of some twenty.
 */

/** How elements are written. */
export interface Coding {
  /** With their VRs. */
  readonly explicit: boolean;
  readonly littleEndian: boolean;
}

export interface Element {
  /** Unknown in implicit VR, but of sequences. */
  readonly vr: string | undefined;
  readonly dataOffset: number;
  /** In bytes, what closes a value of undefined length left out. */
  readonly length: number;
  readonly hadUndefinedLength: boolean;
  /** Of a sequence: how its items are written. */
  readonly items: Coding | undefined;
}

export type Elements = Readonly<Record<string, Element>>;

/** How an element's header goes on after its tag (PS3.5 7.1.2 and 7.1.3). */
type HeaderForm = "long" | "short" | "no VR";

const UNDEFINED = 0xffffffff;
const ITEM = 0xfffee000;
const ITEM_END = 0xfffee00d;
const SEQUENCE_END = 0xfffee0dd;

const SHORT_FIRST: readonly HeaderForm[] = ["short", "long", "no VR"];
const LONG_FIRST: readonly HeaderForm[] = ["long", "short", "no VR"];
const NO_VR_FIRST: readonly HeaderForm[] = ["no VR", "short", "long"];

/** What is being passed over: the items of a sequence, or the elements of an item. */
type Level = { readonly of: "items" | "elements"; readonly coding: Coding };

export class ElementReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(
    bytes: Uint8Array,
    public position: number,
  ) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /**
   * Elements up to `end`, without one to an item's own, or to `untilTag`, which is the last; put into `elements` one by one,
   * so that those before a break are there. @throws MedGemmaError `dicom_unreadable` at a break.
   */
  readInto(
    elements: Record<string, Element>,
    coding: Coding,
    end: number | undefined,
    untilTag?: string,
  ): void {
    while (end === undefined || this.position < end) {
      const tag = this.#tag(coding);
      if (tag === ITEM_END) {
        this.position += 4;
        if (end === undefined) return;
        continue;
      }
      const name = `x${tag.toString(16).padStart(8, "0")}`;
      const element = this.#element(tag, coding, name === untilTag);
      elements[name] = element;
      if (name === untilTag) return;
    }
    if (this.position > end) throw broken();
  }

  /** Where the items of a sequence begin. `whole` is false when it breaks off. */
  itemsOf(
    { dataOffset, length }: Element,
    coding: Coding,
  ): { readonly starts: number[]; readonly whole: boolean } {
    const starts: number[] = [];
    this.position = dataOffset;
    const end = dataOffset + length;
    try {
      while (this.position < end) {
        const at = this.position;
        const tag = this.#tag(coding);
        // One of known length that is closed all the same.
        if (tag === SEQUENCE_END) break;
        if (tag !== ITEM) throw broken();
        starts.push(at);
        this.#passItem(coding);
      }
      return { starts, whole: true };
    } catch {
      return { starts, whole: false };
    }
  }

  /** The elements of the item that begins at `start`. `whole` is false when it breaks off. */
  item(start: number, coding: Coding): { readonly elements: Elements; readonly whole: boolean } {
    const elements = table<Element>();
    try {
      this.position = start + 4;
      const length = this.#uint32(coding);
      const end = length === UNDEFINED ? undefined : this.position + length;
      this.readInto(elements, coding, end);
      return { elements, whole: true };
    } catch {
      return { elements, whole: false };
    }
  }

  /** The rest of an element, whose tag was read. The last one's value is left to whoever reads it. */
  #element(tag: number, coding: Coding, isLast: boolean): Element {
    const { vr, length } = this.#header(coding);
    const dataOffset = this.position;
    const hadUndefinedLength = length === UNDEFINED;
    if (isLast) return { vr, dataOffset, length, hadUndefinedLength, items: undefined };
    const items = this.#itemsCoding(tag, vr, hadUndefinedLength, coding);
    const end = hadUndefinedLength ? this.#passUndefined(items, coding) : dataOffset + length;
    if (!hadUndefinedLength) this.position = end;
    return { vr: items ? "SQ" : vr, dataOffset, length: end - dataOffset, hadUndefinedLength, items };
  }

  #header(coding: Coding): { readonly vr: string | undefined; readonly length: number } {
    if (!coding.explicit) return { vr: undefined, length: this.#uint32(coding) };
    const at = this.position;
    const form = this.#formOf(at, coding);
    const isLong = isLongVrAt(this.#bytes, at);
    if (form === "short") {
      this.position += 2;
      return { vr: isLong ? "ST" : vrAt(this.#bytes, at), length: this.#uint16(coding) };
    }
    if (form === "long") this.position += 4;
    const length = this.#uint32(coding);
    const vr = form === "long" && isLong ? vrAt(this.#bytes, at) : "UN";
    return { vr: vr === "UN" && length === UNDEFINED && this.#holdsVrs(at) ? "SQ" : vr, length };
  }

  /**
   * The form that the VR says, unless only another one leads to the header of a further element: writers give VRs a length of
   * the other size, VRs yet to be defined are long (PS3.5 7.1.2), and gateways copy private elements without one.
   */
  #formOf(at: number, coding: Coding): HeaderForm {
    const forms = this.#formsFor(at);
    for (const form of forms) if (this.#leadsOn(this.#endOf(at, form, coding), coding)) return form;
    if (isVrAt(this.#bytes, at)) return forms[0] as HeaderForm;
    return forms.find((form) => this.#endOf(at, form, coding) <= this.#bytes.length) ?? "short";
  }

  /** The likely form first. */
  #formsFor(at: number): readonly HeaderForm[] {
    if (isShortVrAt(this.#bytes, at)) return SHORT_FIRST;
    return isLongVrAt(this.#bytes, at) || /^[A-Z]{2}$/.test(vrAt(this.#bytes, at)) ? LONG_FIRST : NO_VR_FIRST;
  }

  /** A sequence of undefined length as UN is in implicit VR by the standard, and not by every writer: the first element in it tells. */
  #holdsVrs(at: number): boolean {
    return at + 22 <= this.#bytes.length && isVrAt(this.#bytes, at + 20);
  }

  /** Where the element's value ends; an undefined length counts as none. */
  #endOf(at: number, form: HeaderForm, { littleEndian }: Coding): number {
    const header = form === "long" ? 8 : 4;
    if (at + header > this.#bytes.length) return Number.POSITIVE_INFINITY;
    const length =
      form === "short"
        ? this.#view.getUint16(at + 2, littleEndian)
        : this.#view.getUint32(at + header - 4, littleEndian);
    return at + header + (length === UNDEFINED ? 0 : length);
  }

  /** True at the end, at an item or its delimiter, and where a tag with a VR stands. */
  #leadsOn(end: number, { littleEndian }: Coding): boolean {
    if (end + 8 > this.#bytes.length) return end === this.#bytes.length;
    return this.#view.getUint16(end, littleEndian) === 0xfffe || isVrAt(this.#bytes, end + 4);
  }

  /** How the items of an element are written that is a sequence; UN of undefined length is one, in implicit VR (PS3.5 6.2.2). */
  #itemsCoding(tag: number, vr: string | undefined, open: boolean, coding: Coding): Coding | undefined {
    if (vr === "SQ") return coding;
    if (vr === "UN" && open) return { ...coding, explicit: false };
    const isPrivate = (tag >>> 16) % 2 === 1;
    return vr === undefined && (open || !isPrivate) && this.#standsBeforeItems(coding) ? coding : undefined;
  }

  #standsBeforeItems(coding: Coding): boolean {
    if (this.position + 8 > this.#bytes.length) return false;
    const tag = this.#tag(coding);
    this.position -= 4;
    return tag === ITEM || tag === SEQUENCE_END;
  }

  /** Passes a value of undefined length and what closes it. Returns where the value itself ends. */
  #passUndefined(items: Coding | undefined, coding: Coding): number {
    // Fragments of pixels are items too (PS3.5 A.4).
    if (items || this.#standsBeforeItems(coding)) {
      this.#pass({ of: "items", coding: items ?? coding });
      return this.position - 8;
    }
    while (this.#tag(coding) !== ITEM_END) this.position -= 2;
    this.position += 4;
    return this.position - 8;
  }

  /** Passes an item whose tag was read. */
  #passItem(coding: Coding): void {
    const length = this.#uint32(coding);
    if (length === UNDEFINED) this.#pass({ of: "elements", coding });
    else this.position += length;
  }

  /** Passes what has no length, to its end. Not by recursion: it may be as deep as the file is long. */
  #pass(begun: Level): void {
    const outer: Level[] = [];
    let level: Level | undefined = begun;
    while (level) {
      const inner: Level | "end" | undefined =
        level.of === "items" ? this.#nextItem(level) : this.#nextElement(level);
      if (inner === "end") level = outer.pop();
      else if (inner) {
        outer.push(level);
        level = inner;
      }
    }
  }

  /** Passes an item, or tells what of undefined length begins with it, or that the sequence ends. */
  #nextItem({ coding }: Level): Level | "end" | undefined {
    const tag = this.#tag(coding);
    if (tag !== ITEM && tag !== SEQUENCE_END) throw broken();
    const length = this.#uint32(coding);
    if (tag === SEQUENCE_END) return "end";
    if (length === UNDEFINED) return { of: "elements", coding };
    this.position += length;
    return undefined;
  }

  #nextElement({ coding }: Level): Level | "end" | undefined {
    const tag = this.#tag(coding);
    if (tag === ITEM_END) {
      this.position += 4;
      return "end";
    }
    const { vr, length } = this.#header(coding);
    if (length !== UNDEFINED) {
      this.position += length;
      return undefined;
    }
    const items = this.#itemsCoding(tag, vr, true, coding);
    if (items || this.#standsBeforeItems(coding)) return { of: "items", coding: items ?? coding };
    this.#passUndefined(undefined, coding);
    return undefined;
  }

  #tag(coding: Coding): number {
    return this.#uint16(coding) * 0x10000 + this.#uint16(coding);
  }

  #uint16({ littleEndian }: Coding): number {
    this.#need(2);
    const value = this.#view.getUint16(this.position, littleEndian);
    this.position += 2;
    return value;
  }

  #uint32({ littleEndian }: Coding): number {
    this.#need(4);
    const value = this.#view.getUint32(this.position, littleEndian);
    this.position += 4;
    return value;
  }

  #need(bytes: number): void {
    if (this.position + bytes > this.#bytes.length) throw broken();
  }
}

function broken() {
  return unreadable("The data set breaks off.");
}

/**
 * How the items are written of a sequence that stands as UN with its length known, as gateways copy what their dictionary
 * lacks: in implicit VR little endian (PS3.5 6.2.2), in fact also in the data set's own way. Undefined when it is no sequence.
 */
export function unknownItems(bytes: Uint8Array, element: Element, own: boolean): Coding | undefined {
  const at = element.dataOffset;
  if (element.length < 8 || at + element.length > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const littleEndian = [own, true].find(
    (little) => view.getUint16(at, little) === 0xfffe && view.getUint16(at + 2, little) === 0xe000,
  );
  return littleEndian === undefined ? undefined : { littleEndian, explicit: isVrAt(bytes, at + 12) };
}
