import { type BootstrapOptions, bootstrap, type Interval } from "../metrics/bootstrap.js";

export type Metric<T> = (cases: readonly T[]) => number;

/** Each figure with its interval over cases; those that these cases do not have are left out. */
export function intervals<T>(
  cases: readonly T[],
  metrics: Readonly<Record<string, Metric<T>>>,
  options: BootstrapOptions,
): Record<string, Interval> {
  const all = Object.entries(metrics).map(([name, metric]) => {
    const figure = (drawn: readonly number[]) => metric(drawn.map((index) => cases[index] as T));
    return [name, bootstrap(cases.length, figure, options)] as const;
  });
  return Object.fromEntries(all.filter(([, { value }]) => Number.isFinite(value)));
}
