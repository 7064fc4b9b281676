/** Sets of characters as ranges of code points, both ends included, in order and apart. */
export type CharSet = readonly (readonly [number, number])[];

const LAST = 0x10ffff;
export const ANY: CharSet = [[0, LAST]];
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
/** What a JSON string holds as it is: no control characters, quotes, backslashes and halves of characters. */
export const PLAIN: CharSet = complement([
  [0x00, 0x1f],
  [0x22, 0x22],
  [0x5c, 0x5c],
  [0x7f, 0x7f],
  [0xd800, 0xdfff],
]);

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

export function intersection(a: CharSet, b: CharSet): CharSet {
  return complement(union(complement(a), complement(b)));
}

export function without(set: CharSet, chars: Iterable<string>): CharSet {
  const gone = [...chars].map((char): [number, number] => [
    char.codePointAt(0) ?? 0,
    char.codePointAt(0) ?? 0,
  ]);
  return intersection(set, complement(union([], gone)));
}

/** The characters themselves; for small sets. */
export function* members(set: CharSet): Generator<number> {
  for (const [from, to] of set) for (let code = from; code <= to; code++) yield code;
}

/** The set in llama.cpp's brackets. */
export function toClass(set: CharSet): string {
  return `[${set.map(([from, to]) => (from === to ? written(from) : `${written(from)}-${written(to)}`)).join("")}]`;
}

function written(point: number): string {
  const char = String.fromCodePoint(point);
  return /[a-zA-Z0-9]/.test(char) ? char : `\\U${point.toString(16).padStart(8, "0")}`;
}
