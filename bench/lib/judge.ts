import { ratios, spread } from "./stats.js";
import type { Bar, ModelName, Row } from "./types.js";

/** The ratios of a row, one a round; undefined when it has none. */
export function ratiosOf({ ours, peer, ratio }: Row): number[] | undefined {
  if (ratio === undefined || !peer || peer.values.length === 0 || ours.length === 0) return undefined;
  return ratio === "ours/peer" ? ratios(ours, peer.values) : ratios(peer.values, ours);
}

/** Whether the median reaches the bar; undefined when there is no bar or nothing to hold against it. */
export function met(row: Row): boolean | undefined {
  const { bar } = row;
  const values = bar?.of === "ours" ? row.ours : ratiosOf(row);
  if (!bar || !values || values.length === 0) return undefined;
  const { median } = spread(values);
  if (Number.isNaN(median)) return undefined;
  return bar.at === "least" ? median >= bar.value : median <= bar.value;
}

/** The bars are the 4B's; on the phantom only those count that are not about a ratio of speeds. */
export function barOf({ bar }: Row, model: ModelName): Bar | undefined {
  return bar && (model === "4b" || bar.of === "ours") ? bar : undefined;
}
