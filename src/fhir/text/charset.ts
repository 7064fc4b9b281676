/** Bytes as characters. */
export interface DecodedText {
  readonly text: string;
  /** Nothing told the character set, or wrongly. */
  readonly guessed: boolean;
}

/** Where a document may say its own character set: XML 1.0, section 4.3.3, and HTML's `meta`. */
const OWN_WORD =
  /^\s*<\?xml[^>]{0,200}\sencoding\s*=\s*["']([\w.:-]+)|<meta\s[^>]{0,200}charset\s*=\s*["']?([\w.:-]+)/i;
const HEAD = 2048;
/** One byte a character: what is valid UTF-8 with more than ASCII in it is hardly one of these. */
const SINGLE_BYTE = /^(?:windows-125\d|iso-8859-|macintosh|x-mac-cyrillic|windows-874|koi8-|ibm866)/;

/**
 * The characters of a text. A byte order mark counts most (RFC 2781, Unicode section 23.8), then what was declared, then
 * what the document says of itself; without any, UTF-8 where it is valid and else windows-1252.
 */
export function decodeText(bytes: Uint8Array, charset: string | undefined): DecodedText {
  const marked = markOf(bytes);
  if (marked !== undefined) return { text: decode(bytes, marked), guessed: false };
  const stated = decoderOf(charset) ?? decoderOf(ownWord(bytes));
  if (stated !== undefined && !/^utf-8$/.test(stated) && !SINGLE_BYTE.test(stated)) {
    return { text: decode(bytes, stated), guessed: false };
  }
  const wide = stated === undefined ? wideWithoutMark(bytes) : undefined;
  if (wide !== undefined) return { text: decode(bytes, wide), guessed: false };
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), guessed: false };
  } catch {
    const single = stated === undefined || stated === "utf-8" ? "windows-1252" : stated;
    return { text: decode(bytes, single), guessed: single !== stated };
  }
}

/** Bytes of one code page, as RTF numbers them. */
export function decodeCodePage(bytes: Uint8Array, page: number): string {
  return decode(bytes, decoderOf(CODE_PAGES[page] ?? `windows-${page}`) ?? "windows-1252");
}

const CODE_PAGES: Readonly<Record<number, string>> = {
  866: "ibm866",
  932: "shift_jis",
  936: "gb18030",
  949: "euc-kr",
  950: "big5",
  1361: "euc-kr",
  10000: "macintosh",
  10007: "x-mac-cyrillic",
  20127: "windows-1252",
  28591: "windows-1252",
  28592: "iso-8859-2",
  54936: "gb18030",
  65001: "utf-8",
};

function decode(bytes: Uint8Array, name: string): string {
  return new TextDecoder(name).decode(bytes);
}

/** The name by which the platform decodes it. */
function decoderOf(charset: string | undefined): string | undefined {
  if (charset === undefined) return undefined;
  const plain = charset.toLowerCase().replace(/^cp-?(125\d|874)$/, "windows-$1");
  try {
    return new TextDecoder(plain).encoding;
  } catch {
    return undefined;
  }
}

function markOf(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return "utf-8";
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  return bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : undefined;
}

/** UTF-16 of a western language has a zero in nearly every second byte. */
function wideWithoutMark(bytes: Uint8Array): string | undefined {
  const head = bytes.subarray(0, HEAD);
  if (head.length < 4) return undefined;
  const zeros = [0, 0];
  for (const [at, byte] of head.entries()) if (byte === 0) zeros[at % 2] = (zeros[at % 2] as number) + 1;
  const [even, odd] = zeros as [number, number];
  if (odd > head.length * 0.35 && even < head.length * 0.05) return "utf-16le";
  return even > head.length * 0.35 && odd < head.length * 0.05 ? "utf-16be" : undefined;
}

function ownWord(bytes: Uint8Array): string | undefined {
  const found = OWN_WORD.exec(Buffer.from(bytes.subarray(0, HEAD)).toString("latin1"));
  return found?.[1] ?? found?.[2];
}
