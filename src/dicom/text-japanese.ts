/**
 * Text in JIS X 0201 (ISO_IR 13: half-width katakana), with kanji by escape sequences
 * (PS3.5 6.1.2.5 and annex H). The library for the other sets runs into endless recursion on it.
 */

/** Escape sequences (PS3.3 C.12.1.1.2, tables C.12-3 and C.12-4) and how the bytes after them are read. */
const ESCAPES: readonly (readonly [sequence: string, read: (bytes: Uint8Array) => string])[] = [
  ["\x1b$B", kanji],
  ["\x1b$(D", supplementaryKanji],
  ["\x1b(J", halfWidth],
  ["\x1b)I", halfWidth],
  ["\x1b(B", halfWidth],
];

export function isJapanese(sets: string): boolean {
  return /(^|\\)ISO(_IR| 2022 IR) 13(\\|$)/.test(sets);
}

export function decodeJapanese(raw: Uint8Array): string {
  const bytes = Buffer.from(raw);
  let read = halfWidth;
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const found = ESCAPES.find(
      ([sequence]) => bytes.toString("latin1", at, at + sequence.length) === sequence,
    );
    if (found) {
      read = found[1];
      at += found[0].length;
    }
    const next = bytes.indexOf(0x1b, found ? at : at + 1);
    const end = next < 0 ? bytes.length : next;
    text += read(bytes.subarray(at, end));
    at = end;
  }
  return text;
}

/** JIS X 0201 is the single bytes of Shift JIS. */
function halfWidth(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => new TextDecoder("shift_jis").decode(Uint8Array.of(byte))).join("");
}

/** JIS X 0208: EUC-JP's bytes without their upper bit. Delimiters stand in ASCII (PS3.5 6.1.2.5.3). */
function kanji(bytes: Uint8Array): string {
  return new TextDecoder("euc-jp").decode(bytes.map((byte) => (byte > 0x20 ? byte | 0x80 : byte)));
}

/** JIS X 0212: in EUC-JP each pair after a byte 8F. */
function supplementaryKanji(bytes: Uint8Array): string {
  const pairs: number[] = [];
  for (let at = 0; at + 1 < bytes.length; at += 2)
    pairs.push(0x8f, (bytes[at] ?? 0) | 0x80, (bytes[at + 1] ?? 0) | 0x80);
  return new TextDecoder("euc-jp").decode(Uint8Array.from(pairs));
}
