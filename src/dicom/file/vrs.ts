/** Value representations (PS3.5 6.2) and how the header of an element says its length (PS3.5 7.1.2). */

/** Followed by two reserved bytes and a length of 32 bits. */
const LONG_VRS: ReadonlySet<string> = new Set("OB OD OF OL OV OW SQ SV UC UN UR UT UV".split(" "));
const SHORT_VRS: ReadonlySet<string> = new Set(
  "AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split(" "),
);

/** How long the length is that follows the two characters: a file has them by the million. */
const KINDS = new Uint8Array(0x10000);
const NONE = 0;
const SHORT = 1;
const LONG = 2;
for (const vr of SHORT_VRS) KINDS[codeOf(vr.charCodeAt(0), vr.charCodeAt(1))] = SHORT;
for (const vr of LONG_VRS) KINDS[codeOf(vr.charCodeAt(0), vr.charCodeAt(1))] = LONG;

function codeOf(first: number, second: number): number {
  return (first << 8) | second;
}

function kindAt(bytes: Uint8Array, position: number): number {
  return KINDS[codeOf(bytes[position] ?? 0, bytes[position + 1] ?? 0)] as number;
}

export function isVrAt(bytes: Uint8Array, position: number): boolean {
  return kindAt(bytes, position) !== NONE;
}

export function isLongVrAt(bytes: Uint8Array, position: number): boolean {
  return kindAt(bytes, position) === LONG;
}

export function isShortVrAt(bytes: Uint8Array, position: number): boolean {
  return kindAt(bytes, position) === SHORT;
}

export function vrAt(bytes: Uint8Array, position: number): string {
  return String.fromCharCode(bytes[position] ?? 0, bytes[position + 1] ?? 0);
}
