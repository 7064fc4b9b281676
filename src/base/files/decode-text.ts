import { MedGemmaError } from "../errors.js";

const REMEDY = "Save it as UTF-8";
/** Labels of the Encoding Standard, by the byte order mark. */
const MARKS: readonly { readonly bytes: readonly number[]; readonly label: string }[] = [
  // UTF-32's little-endian mark begins as UTF-16's.
  { bytes: [0xff, 0xfe, 0, 0], label: "utf-32" },
  { bytes: [0, 0, 0xfe, 0xff], label: "utf-32" },
  { bytes: [0xef, 0xbb, 0xbf], label: "utf-8" },
  { bytes: [0xff, 0xfe], label: "utf-16le" },
  { bytes: [0xfe, 0xff], label: "utf-16be" },
];

/**
 * A file's bytes as text: UTF-8, with or without a byte order mark, UTF-16 with one, and XML in the encoding that it
 * declares. All else is refused: bytes of another encoding would become other letters, or none, without a word.
 * @param name Of the file, as errors tell it.
 * @throws MedGemmaError `text_unreadable`, with the line.
 */
export function decodeText(bytes: Uint8Array, name: string): string {
  const label = MARKS.find((mark) => mark.bytes.every((byte, at) => bytes[at] === byte))?.label;
  if (label === "utf-32")
    throw foreign(name, "UTF-32", `${REMEDY}, or with iconv: iconv -f UTF-32 -t UTF-8.`);
  const text = decode(bytes, label ?? "utf-8") ?? (label ? undefined : decodeDeclared(bytes));
  if (text === undefined) throw label ? damaged(bytes, name, label) : unknownEncoding(bytes, name);
  if (text.includes("\0")) throw binaryOr16(bytes, name, label);
  return text;
}

function decode(bytes: Uint8Array, label: string): string | undefined {
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** XML 1.0, section 4.3.3: the declaration names the encoding, and everything in it is ASCII. */
function decodeDeclared(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 200)).toString("latin1");
  const label = /^\s*<\?xml[^>]*?\bencoding\s*=\s*["']([\w.:-]+)["']/.exec(head)?.[1];
  return label === undefined ? undefined : decode(bytes, label);
}

function unknownEncoding(bytes: Uint8Array, name: string): MedGemmaError {
  if (bytes.includes(0)) return binaryOr16(bytes, name, undefined);
  const { line, byte, cutOff } = firstBad(bytes);
  if (cutOff) {
    return new MedGemmaError("text_unreadable", `${name} ends within a character (line ${line}).`, {
      facts: { file: name, line, reason: "cut_off" },
      remedy: "It was cut off: fetch or write it again.",
    });
  }
  // Windows-1252 has letters and quotation marks where Latin-1 has control characters.
  const guess = bytes.some((it) => it >= 0x80 && it < 0xa0) ? "WINDOWS-1252" : "ISO-8859-1";
  const hex = byte.toString(16).toUpperCase();
  return new MedGemmaError(
    "text_unreadable",
    `${name} is not UTF-8: line ${line} has the byte 0x${hex}, as Latin-1 and other old encodings have.`,
    {
      facts: { file: name, line, reason: "not_utf8" },
      remedy: `${REMEDY}, or convert it, if it is Western European: iconv -f ${guess} -t UTF-8 FILE > NEW.`,
    },
  );
}

/** A file of text has no NUL; UTF-16 without its mark has one in every second place of Latin text. */
function binaryOr16(bytes: Uint8Array, name: string, label: string | undefined): MedGemmaError {
  const head = bytes.subarray(0, 4096);
  const zeros = [0, 0];
  for (const [at, byte] of head.entries()) if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (
    label === undefined &&
    Math.max(even, odd) > head.length / 4 &&
    Math.min(even, odd) < head.length / 16
  ) {
    const order = odd > even ? "LE" : "BE";
    return foreign(
      name,
      "UTF-16 without a byte order mark",
      `${REMEDY}, or convert it: iconv -f UTF-16${order} -t UTF-8 FILE > NEW.`,
    );
  }
  return new MedGemmaError("text_unreadable", `${name} is a binary file, and text is needed here.`, {
    facts: { file: name, reason: "binary" },
    remedy: "Pass a file of plain text or JSON.",
  });
}

function damaged(bytes: Uint8Array, name: string, label: string): MedGemmaError {
  const line = label === "utf-8" ? firstBad(bytes).line : undefined;
  return new MedGemmaError(
    "text_unreadable",
    `${name} says that it is ${label.toUpperCase()} and holds something else${line ? ` (line ${line})` : ""}.`,
    { facts: { file: name, reason: "damaged", line }, remedy: `${REMEDY} anew from its source.` },
  );
}

function foreign(name: string, encoding: string, remedy: string): MedGemmaError {
  return new MedGemmaError("text_unreadable", `${name} is in ${encoding}, which is not read.`, {
    facts: { file: name, reason: "encoding" },
    remedy,
  });
}

/** The first byte that UTF-8 does not allow there, its line, and whether the file only ends too early. */
function firstBad(bytes: Uint8Array): { line: number; byte: number; cutOff: boolean } {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  let [from, offset] = [0, 0];
  for (;;) {
    const at = text.indexOf("\ufffd", from);
    offset += Buffer.byteLength(text.slice(from, at));
    // The character itself may stand in the file.
    const stored = bytes[offset] === 0xef && bytes[offset + 1] === 0xbf && bytes[offset + 2] === 0xbd;
    if (!stored) {
      const before = text.slice(0, at);
      const byte = bytes[offset] ?? 0;
      // Of a file without any longer character so far, a last byte rather is a letter of another encoding.
      const begins = byte >= 0xc2 && byte <= 0xf4 && Buffer.byteLength(before) > before.length;
      return { line: before.split("\n").length, byte, cutOff: begins && at === text.length - 1 };
    }
    offset += 3;
    from = at + 1;
  }
}
