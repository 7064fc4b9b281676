import { escapeXml } from "../../base/escape.js";
import type { ConfusionMatrix } from "./classes.js";
import type { RocPoint } from "./roc.js";

const FONT = 'font-family="sans-serif" font-size="12"';
const COLOURS = ["#1f6feb", "#d1242f", "#1a7f37", "#9a6700", "#8250df", "#0550ae", "#bf3989", "#57606a"];

/** A table of counts, darker the larger the share of the row. */
export function confusionSvg({ labels, counts }: ConfusionMatrix): string {
  const margin = 8 * Math.max(6, ...labels.map((label) => label.length)) + 20;
  const cell = 56;
  const side = cell * labels.length;
  const parts: string[] = [];
  for (const [row, values] of counts.entries()) {
    const total = values.reduce((sum, value) => sum + value, 0);
    parts.push(text(margin - 8, margin + row * cell + cell / 2 + 4, labels[row] ?? "", "end"));
    for (const [column, value] of values.entries()) {
      const [x, y] = [margin + column * cell, margin + row * cell];
      const share = total > 0 ? value / total : 0;
      parts.push(
        `<rect x="${x}" y="${y}" width="${cell}" height="${cell}" fill="#1f6feb" fill-opacity="${share.toFixed(3)}" stroke="#8c959f"/>`,
        text(x + cell / 2, y + cell / 2 + 4, String(value), "middle", share > 0.5 ? "#ffffff" : "#1f2328"),
      );
    }
  }
  for (const [column, label] of labels.entries()) {
    const [x, y] = [margin + column * cell + cell / 2 + 4, margin - 8];
    parts.push(`<g transform="translate(${x} ${y}) rotate(-90)">${text(0, 0, label, "start")}</g>`);
  }
  parts.push(
    text(margin + side / 2, margin + side + 18, "said", "middle"),
    text(8, margin + side / 2, "true", "start"),
  );
  return svg(margin + side + 20, margin + side + 30, parts);
}

export interface RocSeries {
  readonly name: string;
  readonly area: number;
  readonly points: readonly RocPoint[];
}

/** Curves over the diagonal of chance, with their areas. */
export function rocSvg(series: readonly RocSeries[]): string {
  const [left, top, side] = [50, 20, 360];
  const at = (x: number, y: number) => `${(left + x * side).toFixed(1)},${(top + (1 - y) * side).toFixed(1)}`;
  const parts = [
    `<rect x="${left}" y="${top}" width="${side}" height="${side}" fill="none" stroke="#8c959f"/>`,
    `<polyline points="${at(0, 0)} ${at(1, 1)}" fill="none" stroke="#8c959f" stroke-dasharray="4 4"/>`,
    text(left + side / 2, top + side + 32, "false positive rate", "middle"),
    `<g transform="translate(16 ${top + side / 2}) rotate(-90)">${text(0, 0, "true positive rate", "middle")}</g>`,
  ];
  for (const tick of [0, 0.5, 1]) {
    parts.push(text(left + tick * side, top + side + 16, String(tick), "middle"));
    parts.push(text(left - 6, top + (1 - tick) * side + 4, String(tick), "end"));
  }
  for (const [index, { name, area, points }] of series.entries()) {
    const colour = COLOURS[index % COLOURS.length] ?? "#000000";
    const line = points.map((point) => at(point.falsePositiveRate, point.truePositiveRate)).join(" ");
    const y = top + 20 + index * 18;
    parts.push(
      `<polyline points="${line}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      text(left + side + 16, y, `${name} (${area.toFixed(3)})`, "start", colour),
    );
  }
  const widest = Math.max(10, ...series.map(({ name }) => name.length + 8));
  return svg(
    left + side + 24 + widest * 7.5,
    Math.max(top + side + 44, top + 30 + series.length * 18),
    parts,
  );
}

function text(x: number, y: number, words: string, anchor: string, colour = "#1f2328"): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="${colour}">${escapeXml(words)}</text>`;
}

function svg(width: number, height: number, parts: readonly string[]): string {
  const size = `width="${Math.ceil(width)}" height="${Math.ceil(height)}"`;
  const ground = `<rect width="100%" height="100%" fill="#ffffff"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${FONT}>\n${[ground, ...parts].join("\n")}\n</svg>\n`;
}
