import { seededRandom } from "../../base/random.js";

export interface Interval {
  readonly value: number;
  /** Ends of the interval; both the value itself when nothing could be drawn. */
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  /** Draws. Defaults to `1000`. */
  draws?: number | undefined;
  /** The same seed gives the same interval. Defaults to `1`. */
  seed?: number | undefined;
  /** Share of draws inside. Defaults to `0.95`. */
  level?: number | undefined;
}

/**
 * Percentile bootstrap over cases: the figure on cases drawn with replacement. Draws that have no figure (a class is
 * absent) are left out.
 */
export function bootstrap(
  count: number,
  figure: (cases: readonly number[]) => number,
  { draws = 1000, seed = 1, level = 0.95 }: BootstrapOptions = {},
): Interval {
  const all = Array.from({ length: count }, (_, index) => index);
  const value = figure(all);
  const random = seededRandom(seed);
  const figures: number[] = [];
  for (let draw = 0; draw < draws; draw++) {
    const drawn = figure(all.map(() => Math.floor(random() * count)));
    if (Number.isFinite(drawn)) figures.push(drawn);
  }
  if (figures.length === 0) return { value, low: value, high: value };
  figures.sort((a, b) => a - b);
  return { value, low: quantile(figures, (1 - level) / 2), high: quantile(figures, (1 + level) / 2) };
}

/** Of sorted values, straight between neighbours (NumPy's default). */
export function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? below;
  return below + (above - below) * (at - Math.floor(at));
}
