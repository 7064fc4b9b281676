/** Sets of characters as ranges of code points, both ends included, in order and apart. */
export type CharSet = readonly (readonly [number, number])[];

const LAST = 0x10ffff;
export const DIGITS: CharSet = [[0x30, 0x39]];
export const WORD: CharSet = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
export const SPACES: CharSet = union(
  [],
  [0x20, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff]
    .map((code): [number, number] => [code, code])
    .concat([
      [0x09, 0x0d],
      [0x2000, 0x200a],
    ]),
);
export const DOT: CharSet = complement([
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
]);
/** What a JSON string cannot hold as it is, and halves of characters. */
const UNPRINTED: CharSet = [
  [0x00, 0x1f],
  [0x22, 0x22],
  [0x5c, 0x5c],
  [0x7f, 0x7f],
  [0xd800, 0xdfff],
];

export function union(a: CharSet, b: CharSet): CharSet {
  const ranges: [number, number][] = [];
  for (const [from, to] of [...a, ...b].sort((x, y) => x[0] - y[0])) {
    const last = ranges.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else ranges.push([from, to]);
  }
  return ranges;
}

export function complement(set: CharSet): CharSet {
  const ranges: [number, number][] = [];
  let next = 0;
  for (const [from, to] of set) {
    if (from > next) ranges.push([next, from - 1]);
    next = to + 1;
  }
  if (next <= LAST) ranges.push([next, LAST]);
  return ranges;
}

/** The set in llama.cpp's grammar, without characters that JSON writes with a backslash; undefined when none is left. */
export function toClass(set: CharSet): string | undefined {
  const printed = complement(union(complement(set), UNPRINTED));
  if (printed.length === 0) return undefined;
  return `[${printed.map(([from, to]) => (from === to ? code(from) : `${code(from)}-${code(to)}`)).join("")}]`;
}

function code(point: number): string {
  return `\\U${point.toString(16).padStart(8, "0")}`;
}
