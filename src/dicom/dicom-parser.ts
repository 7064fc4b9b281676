import { createRequire } from "node:module";
import type { ByteArrayParser, DataSet, Element } from "dicom-parser";
import { loadDependency } from "../base/package.js";
import { isLongVr, isShortVr, isVr, vrAt } from "./vrs.js";

/** A position in bytes that moves on as it is read. */
interface Stream {
  readonly byteArray: Uint8Array;
  readonly byteArrayParser: ByteArrayParser;
  position: number;
  seek(offset: number): void;
  readFixedString(length: number): string;
}

type ParseDataSet = (set: DataSet, stream: Stream, end: number, options: { untilTag: string }) => void;

/** dicom-parser, as far as it is used here. It throws strings and plain objects. */
interface DicomParser {
  readonly DataSet: new (
    parser: ByteArrayParser,
    bytes: Uint8Array,
    elements: Record<string, Element>,
  ) => DataSet;
  readonly ByteStream: new (parser: ByteArrayParser, bytes: Uint8Array, position: number) => Stream;
  readonly littleEndianByteArrayParser: ByteArrayParser;
  readonly bigEndianByteArrayParser: ByteArrayParser;
  readonly parseDicomDataSetExplicit: ParseDataSet;
  readonly parseDicomDataSetImplicit: ParseDataSet;
  readonly readSequenceItemsExplicit: (stream: Stream, element: Element, warnings: string[]) => void;
  readonly readSequenceItemsImplicit: (stream: Stream, element: Element) => void;
}

export const dicomParser = loadDependency("dicom-parser", () => {
  const require = createRequire(import.meta.url);
  return require("dicom-parser");
}) as DicomParser;

/** How an element's header goes on after its tag (PS3.5 7.1.2 and 7.1.3). */
type HeaderForm = "long" | "short" | "no VR";

/**
 * Reads the headers that dicom-parser stumbles over, nested ones too. It knows ten VRs with a length of 32 bits and takes
 * whatever else stands where a VR belongs for one of 16; so OV, SV and UV, VRs that are yet to be defined (long, PS3.5
 * 7.1.2), and headers without VR in a data set that has them (gateways copy private elements so) end the rest or garble
 * it. Those are handed to it as UN, a long one.
 */
export class ElementStream extends dicomParser.ByteStream {
  /** The parser asks for two characters right after each tag, and for none elsewhere. */
  override readFixedString(): string {
    const at = this.position;
    const vr = vrAt(this.byteArray, at);
    const form = this.formOf(at, vr);
    // UN skips two reserved bytes before its length: without VR the length stands where the VR was looked for.
    this.seek(form === "no VR" ? -2 : 2);
    if (form === "short") return isLongVr(vr) ? "ST" : vr;
    if (vr === "UN" && this.holdsVrs(at)) return "SQ";
    return form === "long" && isLongVr(vr) && !NEWER_LONG_VRS.has(vr) ? vr : "UN";
  }

  /** The form that the VR says, unless only another one leads to the header of a further element. */
  private formOf(at: number, vr: string): HeaderForm {
    const forms = isShortVr(vr) ? SHORT_FIRST : /^[A-Z]{2}$/.test(vr) ? LONG_FIRST : NO_VR_FIRST;
    const whole = forms.find((form) => this.leadsOn(this.endOf(at, form)));
    return (
      whole ?? forms.find((form) => isVr(vr) || this.endOf(at, form) <= this.byteArray.length) ?? "short"
    );
  }

  /** A sequence of undefined length as UN is in implicit VR by the standard, and not by every writer. */
  private holdsVrs(at: number): boolean {
    const { byteArray, byteArrayParser } = this;
    return (
      at + 22 <= byteArray.length &&
      byteArrayParser.readUint32(byteArray, at + 4) === UNDEFINED &&
      isVr(vrAt(byteArray, at + 20))
    );
  }

  /** Where the element's value ends; an undefined length counts as none. */
  private endOf(at: number, form: HeaderForm): number {
    const { byteArray, byteArrayParser } = this;
    const header = form === "long" ? 8 : 4;
    if (at + header > byteArray.length) return Number.POSITIVE_INFINITY;
    const length =
      form === "short"
        ? byteArrayParser.readUint16(byteArray, at + 2)
        : byteArrayParser.readUint32(byteArray, at + header - 4);
    return at + header + (length === UNDEFINED ? 0 : length);
  }

  /** True at the end, at an item or its delimiter, and where a tag with a VR stands. */
  private leadsOn(end: number): boolean {
    const { byteArray, byteArrayParser } = this;
    if (end + 8 > byteArray.length) return end === byteArray.length;
    return byteArrayParser.readUint16(byteArray, end) === 0xfffe || isVr(vrAt(byteArray, end + 4));
  }
}

const UNDEFINED = 0xffffffff;
const SHORT_FIRST: readonly HeaderForm[] = ["short", "long", "no VR"];
const LONG_FIRST: readonly HeaderForm[] = ["long", "short", "no VR"];
const NO_VR_FIRST: readonly HeaderForm[] = ["no VR", "short", "long"];

/** Long VRs that dicom-parser does not know (added to the standard in 2018). */
const NEWER_LONG_VRS: ReadonlySet<string> = new Set(["OV", "SV", "UV"]);

/**
 * The items of a sequence that stands as UN with its length known, as gateways copy what their dictionary lacks: written
 * in implicit VR little endian (PS3.5 6.2.2), in fact also in the data set's own way. Undefined when it is no sequence.
 */
export function openUnknown(set: DataSet, element: Element): Element["items"] {
  const { byteArray } = set;
  const at = element.dataOffset;
  if (element.length < 8 || at + element.length > byteArray.length) return undefined;
  const parser = [set.byteArrayParser, dicomParser.littleEndianByteArrayParser].find(
    ({ readUint16 }) => readUint16(byteArray, at) === 0xfffe && readUint16(byteArray, at + 2) === 0xe000,
  );
  if (!parser) return undefined;
  const opened = { ...element };
  const stream = new ElementStream(parser, byteArray, at);
  try {
    if (isVr(vrAt(byteArray, at + 12))) dicomParser.readSequenceItemsExplicit(stream, opened, []);
    else dicomParser.readSequenceItemsImplicit(stream, opened);
  } catch {
    return undefined;
  }
  return opened.items;
}
