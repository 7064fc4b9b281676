export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = Number.NaN, high = Number.NaN] =
    sorted.length % 2 === 1 ? [sorted[middle], sorted[middle]] : [sorted[middle - 1], sorted[middle]];
  return { median: (low + high) / 2, min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN };
}

/**
 * `above/below`, round by round where both have as many rounds: what both suffered from other programs falls out.
 * Otherwise each value of the longer side against the median of the other.
 */
export function ratios(above: readonly number[], below: readonly number[]): number[] {
  if (above.length === below.length) return above.map((value, index) => value / (below[index] ?? Number.NaN));
  if (above.length > below.length) return above.map((value) => value / spread(below).median);
  return below.map((value) => spread(above).median / value);
}

/** Three digits that matter, no exponents. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return "?";
  const size = Math.abs(value);
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  return size >= 1 ? value.toFixed(2) : value.toFixed(3);
}

export function shortSpread(values: readonly number[]): string {
  const { median, min, max } = spread(values);
  return values.length > 1 ? `${short(median)} (${short(min)}..${short(max)})` : short(median);
}
