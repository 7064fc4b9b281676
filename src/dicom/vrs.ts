/** Value representations (PS3.5 6.2) and how the header of an element says its length (PS3.5 7.1.2). */

/** Followed by two reserved bytes and a length of 32 bits. */
const LONG_VRS: ReadonlySet<string> = new Set("OB OD OF OL OV OW SQ SV UC UN UR UT UV".split(" "));
const SHORT_VRS: ReadonlySet<string> = new Set(
  "AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split(" "),
);

export function isLongVr(vr: string): boolean {
  return LONG_VRS.has(vr);
}

export function isShortVr(vr: string): boolean {
  return SHORT_VRS.has(vr);
}

export function isVr(vr: string): boolean {
  return isLongVr(vr) || isShortVr(vr);
}

export function vrAt(bytes: Uint8Array, position: number): string {
  return String.fromCharCode(bytes[position] ?? 0, bytes[position + 1] ?? 0);
}
