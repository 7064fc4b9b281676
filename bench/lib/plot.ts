import { escapeXml } from "../../src/base/escape.js";
import { barOf, ratiosOf } from "./judge.js";
import { short, spread } from "./stats.js";
import type { Outcome } from "./types.js";

const WIDTH = 1000;
const LABELS = 420;
const LINE = 26;
const TOP = 56;

interface Point {
  readonly label: string;
  readonly text: string;
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/**
 * How many times better than its bar each ratio is, on a logarithmic axis: a dot for the median, a line from the least
 * to the most. Rows without a bar stand against 1, which is the peer. Right of the line is better.
 */
export function toSvg(outcomes: readonly Outcome[]): string {
  const points = outcomes.flatMap(pointsOf);
  const logs = points.flatMap(({ low, high }) => [Math.log2(low), Math.log2(high)]).filter(Number.isFinite);
  const [least, most] = [Math.floor(Math.min(-1, ...logs)), Math.ceil(Math.max(1, ...logs))];
  const x = (value: number) =>
    LABELS +
    ((Math.min(most, Math.max(least, Math.log2(value))) - least) / (most - least)) * (WIDTH - LABELS - 90);
  const height = TOP + points.length * LINE + 20;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    '<text x="10" y="20" font-size="15">Times better than the bar (1 is the bar; right is better)</text>',
  ];
  for (let power = least; power <= most; power++) {
    const at = x(2 ** power).toFixed(1);
    const colour = power === 0 ? "#c00" : "#ddd";
    parts.push(`<line x1="${at}" y1="${TOP - 8}" x2="${at}" y2="${height - 12}" stroke="${colour}"/>`);
    parts.push(
      `<text x="${at}" y="${TOP - 14}" text-anchor="middle" fill="#555">${short2(2 ** power)}</text>`,
    );
  }
  for (const [index, { label, text, median, low, high }] of points.entries()) {
    const y = TOP + index * LINE + 10;
    const colour = median >= 1 ? "#1a7f37" : "#c00";
    parts.push(`<text x="10" y="${y + 4}">${escapeXml(label)}</text>`);
    parts.push(
      `<line x1="${x(low).toFixed(1)}" y1="${y}" x2="${x(high).toFixed(1)}" y2="${y}" stroke="${colour}" stroke-width="2"/>`,
    );
    parts.push(`<circle cx="${x(median).toFixed(1)}" cy="${y}" r="5" fill="${colour}"/>`);
    parts.push(`<text x="${(x(high) + 10).toFixed(1)}" y="${y + 4}" fill="#555">${text}</text>`);
  }
  return `${parts.join("\n")}\n</svg>\n`;
}

function pointsOf({ model, rows }: Outcome): Point[] {
  return rows.flatMap((row): Point[] => {
    const bar = barOf(row, model);
    const values = bar?.of === "ours" ? row.ours : ratiosOf(row);
    if (!values || values.length === 0) return [];
    const { at, value } = bar ?? { at: row.bar?.at ?? "least", value: 1 };
    const better = spread(values.map((it) => (at === "least" ? it / value : value / it)));
    if (!Number.isFinite(better.median)) return [];
    const unit = bar?.of === "ours" ? ` ${row.unit}` : "x";
    const against = row.peer ? ` : ${row.peer.name}` : "";
    return [
      {
        label: `${model} ${row.what}${against}`.slice(0, 72),
        text: `${short(spread(values).median)}${unit}`,
        median: better.median,
        low: better.min,
        high: better.max,
      },
    ];
  });
}

const short2 = (value: number): string => (value >= 1 ? String(value) : `1/${1 / value}`);
