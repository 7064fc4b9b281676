/**
 * Text in DICOM's character sets: PS3.3 C.12.1.1.2, ISO_IR 203 included, with code extension by escape
 * sequences (PS3.5 6.1.2.5). The bytes themselves are read by the platform's decoders.
 */
import { table } from "../../base/table.js";

/** How the bytes of one set are read, and by which escape sequence it is called. */
interface CodedSet {
  readonly escape: string;
  /** Read in bytes below 0x80 (G0), or in those from 0x80 on (G1). */
  readonly lower?: boolean | undefined;
  /** Bytes of one character. */
  readonly width: 1 | 2;
  readonly read: (bytes: Buffer) => string;
}

const by = (label: string) => {
  const decoder = new TextDecoder(label);
  return (bytes: Buffer) => decoder.decode(bytes);
};
const latin1 = (bytes: Buffer) => bytes.toString("latin1");
const single = (final: string, label: string): CodedSet => ({
  escape: `-${final}`,
  width: 1,
  read: by(label),
});

/** Bytes below 0x80, in every set but those of kanji; JIS X 0201 has its yen sign where the delimiter stands. */
const ASCII: CodedSet = { escape: "(B", lower: true, width: 1, read: latin1 };
const LATIN1: CodedSet = { escape: "-A", width: 1, read: latin1 };

/** By ISO's registration number, tables C.12-2 to C.12-4. */
const SETS: Readonly<Record<number, CodedSet>> = {
  6: ASCII,
  100: LATIN1,
  101: single("B", "iso-8859-2"),
  109: single("C", "iso-8859-3"),
  110: single("D", "iso-8859-4"),
  126: single("F", "iso-8859-7"),
  127: single("G", "iso-8859-6"),
  138: single("H", "iso-8859-8"),
  144: single("L", "iso-8859-5"),
  148: single("M", "iso-8859-9"),
  166: single("T", "iso-8859-11"),
  203: single("b", "iso-8859-15"),
  13: { escape: ")I", width: 1, read: katakana },
  87: { escape: "$B", lower: true, width: 2, read: kanji },
  159: { escape: "$(D", lower: true, width: 2, read: supplementaryKanji },
  149: { escape: "$)C", width: 2, read: by("euc-kr") },
  58: { escape: "$)A", width: 2, read: by("gbk") },
};
/** By their escape sequences; JIS X 0201 and the first edition of JIS X 0208 have one more. */
const CALLED: ReadonlyMap<string, CodedSet> = new Map([
  ...Object.values(SETS).map((set) => [set.escape, set] as const),
  ["(J", ASCII] as const,
  ["$@", { ...(SETS[87] as CodedSet), escape: "$@" }] as const,
]);
/** Sets without code extension, table C.12-5. */
const WHOLE = table({
  "192": "utf-8",
  utf8: "utf-8",
  gb18030: "gb18030",
  gbk: "gbk",
});

const ESCAPE = 0x1b;
/** Behind these what the first value of Specific Character Set names is in force again (PS3.5 6.1.2.5.3). */
const DELIMITERS = new Set([..."\\^=\t\n\f\r"].map((sign) => sign.charCodeAt(0)));

/** @param values Specific Character Set; none for text that says nothing of its set. */
export function decodeCharacters(raw: Uint8Array, values: readonly string[]): string {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.length);
  const terms = values.map(termOf);
  const whole = WHOLE[terms[0] ?? ""];
  if (whole !== undefined) return new TextDecoder(whole).decode(bytes);
  const sets = terms.flatMap((term) => SETS[Number(term)] ?? []);
  return sets.every((set) => set === ASCII)
    ? undeclared(bytes)
    : extended(bytes, SETS[Number(terms[0])], sets);
}

/** The number of "ISO_IR 100", "ISO 2022 IR 100" and what writers make of them. */
function termOf(value: string): string {
  const plain = value.toLowerCase().replace(/[\s_-]/g, "");
  return /^iso(?:2022)?ir(\d+)$/.exec(plain)?.[1] ?? plain;
}

/** ASCII by the standard; what is more is mostly UTF-8, which nothing else is by chance. */
function undeclared(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return latin1(bytes);
  }
}

function extended(bytes: Buffer, first: CodedSet | undefined, sets: readonly CodedSet[]): string {
  const own = first?.lower ? undefined : first;
  // Writers leave out the escape sequence where but one set can be meant.
  const upper = own ?? sets.find(({ lower }) => !lower) ?? LATIN1;
  let [g0, g1] = [ASCII, upper];
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at] ?? 0;
    if (byte === ESCAPE) {
      const { set, end } = sequenceAt(bytes, at);
      if (set?.lower) g0 = set;
      else if (set) g1 = set;
      at = end;
    } else if (g0.width === 1 && DELIMITERS.has(byte)) {
      text += String.fromCharCode(byte);
      // Without a set of its own the last one called can only be meant on.
      if (own) g1 = own;
      at++;
    } else {
      const low = byte < 0x80;
      const set = low ? g0 : g1;
      const end = endOfRun(bytes, at, low, set.width);
      text += set.read(bytes.subarray(at, end));
      at = end;
    }
  }
  return text;
}

/** ESC, bytes 20 to 2F, and one more. */
function sequenceAt(bytes: Buffer, at: number): { set: CodedSet | undefined; end: number } {
  let end = at + 1;
  while (end < bytes.length && (bytes[end] ?? 0) >= 0x20 && (bytes[end] ?? 0) <= 0x2f) end++;
  return { set: CALLED.get(bytes.toString("latin1", at + 1, end + 1)), end: Math.min(end + 1, bytes.length) };
}

/** Bytes of one half up to an escape sequence or a delimiter, which in kanji are bytes like others. */
function endOfRun(bytes: Buffer, from: number, low: boolean, width: 1 | 2): number {
  let end = from;
  while (end < bytes.length) {
    const byte = bytes[end] ?? 0;
    if (byte === ESCAPE || byte < 0x80 !== low || (low && width === 1 && DELIMITERS.has(byte))) break;
    end++;
  }
  return end;
}

/** JIS X 0201's half-width katakana are single bytes of Shift JIS. */
function katakana(bytes: Buffer): string {
  const decoder = new TextDecoder("shift_jis");
  return Array.from(bytes, (byte) => decoder.decode(Uint8Array.of(byte))).join("");
}

/** JIS X 0208: EUC-JP's bytes without their upper bit. */
function kanji(bytes: Buffer): string {
  return new TextDecoder("euc-jp").decode(bytes.map((byte) => (byte > 0x20 ? byte | 0x80 : byte)));
}

/** JIS X 0212: in EUC-JP each pair after a byte 8F. */
function supplementaryKanji(bytes: Buffer): string {
  const pairs: number[] = [];
  for (let at = 0; at + 1 < bytes.length; at += 2)
    pairs.push(0x8f, (bytes[at] ?? 0) | 0x80, (bytes[at + 1] ?? 0) | 0x80);
  return new TextDecoder("euc-jp").decode(Uint8Array.from(pairs));
}
