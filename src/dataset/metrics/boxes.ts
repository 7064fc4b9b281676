/** Two opposite corners, in any order of axes. */
export type Corners = readonly [number, number, number, number];

/** Area of the overlap by area of both together; 0 for boxes without area. */
export function intersectionOverUnion(a: Corners, b: Corners): number {
  const overlap = span(a[0], a[2], b[0], b[2]) * span(a[1], a[3], b[1], b[3]);
  const both = area(a) + area(b) - overlap;
  return both > 0 ? overlap / both : 0;
}

function span(from: number, to: number, otherFrom: number, otherTo: number): number {
  return Math.max(0, Math.min(to, otherTo) - Math.max(from, otherFrom));
}

function area([y0, x0, y1, x1]: Corners): number {
  return Math.max(0, y1 - y0) * Math.max(0, x1 - x0);
}

export interface Labelled {
  readonly label: string;
  readonly box: Corners;
}

/**
 * Pairs boxes of the same label, best overlap first, each once. A drawn box without a partner has an overlap of 0.
 * @returns the overlap of each true box, in order.
 */
export function matchBoxes(truth: readonly Labelled[], found: readonly Labelled[]): number[] {
  const pairs = truth.flatMap((real, at) =>
    found.flatMap((guess, to) =>
      same(real.label, guess.label) ? [{ at, to, overlap: intersectionOverUnion(real.box, guess.box) }] : [],
    ),
  );
  pairs.sort((a, b) => b.overlap - a.overlap);
  const overlaps = truth.map(() => 0);
  const taken = new Set<number>();
  const matched = new Set<number>();
  for (const { at, to, overlap } of pairs) {
    if (taken.has(to) || matched.has(at)) continue;
    taken.add(to);
    matched.add(at);
    overlaps[at] = overlap;
  }
  return overlaps;
}

function same(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}
