import { answerJson } from "./json.js";

/**
 * Reads the boxes of a localisation answer: a JSON list of `{"box_2d": [y0, x0, y1, x1], "label": ...}` on 0..1000 of
 * the padded square (Google-Health/medgemma cxr_anatomy_localization_with_hugging_face.ipynb).
 *
 * Takes lists in fences or bare, single objects, lists inside an object, numbers as strings, and the complete objects
 * of a list that was cut off. What it leaves out is told in `dropped`; it repairs only two things:
 * - coordinates outside 0..1000 by at most {@link OVERSHOOT} are clamped; further out, the box is dropped, for the
 *   model then counted in something else (pixels, as a rule), and a clamped box would be a wrong one.
 * - four coordinates within 0..1 are taken as fractions (the MedGemma 1.5 report speaks of [0,1]): a box of a
 *   thousandth of the picture is none.
 */
export interface BoxesResult {
  readonly boxes: readonly LabelledBox[];
  readonly dropped: readonly DroppedBox[];
}

export interface LabelledBox {
  /** As written by the model; empty when it gave none. */
  readonly label: string;
  /** y0, x0, y1, x1 on 0..1000 of the square; y0 < y1 and x0 < x1. */
  readonly box: readonly [number, number, number, number];
}

/**
 * - `not_four_numbers`: the box is no list of four finite numbers.
 * - `out_of_range`: further outside 0..1000 than {@link OVERSHOOT}.
 * - `inverted`: y0 > y1 or x0 > x1.
 * - `empty`: no area.
 * - `repeated`: the same label and box as an earlier one.
 * - `incomplete`: the text ended inside the list or object.
 */
export type DropReason =
  | "not_four_numbers"
  | "out_of_range"
  | "inverted"
  | "empty"
  | "repeated"
  | "incomplete";

export interface DroppedBox {
  readonly reason: DropReason;
  readonly label: string;
}

/** Thousandths that a coordinate may lie outside the picture and be clamped. */
export const OVERSHOOT = 20;

const KEYS = ["box_2d", "box2d", "bbox_2d", "bounding_box", "bbox", "box"];
const MAX_DEPTH = 4;

/** Boxes of an answer (without its thought). After a last "Final Answer:" with JSON behind it, only that is read. */
export function parseBoxes(answer: string): BoxesResult {
  const boxes: LabelledBox[] = [];
  const dropped: DroppedBox[] = [];
  const seen = new Set<string>();
  for (const finding of answerJson(answer)) {
    for (const found of boxObjects(finding.value, 0)) {
      if (finding.cut.has(found)) continue;
      const label = labelOf(found);
      const box = readBox(boxOf(found));
      const key = JSON.stringify([label, box]);
      const reason = typeof box === "string" ? box : seen.has(key) ? "repeated" : undefined;
      seen.add(key);
      if (reason !== undefined) dropped.push({ reason, label });
      else boxes.push({ label, box: box as LabelledBox["box"] });
    }
    const source = answer.slice(finding.start, finding.end);
    if (!finding.complete && source.includes("box")) dropped.push({ reason: "incomplete", label: "" });
  }
  return { boxes, dropped };
}

type JsonObject = Readonly<Record<string, unknown>>;

/** Objects that hold a box, wherever they stand in the value. */
function boxObjects(value: unknown, depth: number): JsonObject[] {
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return [];
  if (!Array.isArray(value) && boxOf(value as JsonObject) !== undefined) return [value as JsonObject];
  return Object.values(value).flatMap((it) => boxObjects(it, depth + 1));
}

function boxOf(value: JsonObject): unknown {
  const key = KEYS.find((it) => Object.hasOwn(value, it));
  return key === undefined ? undefined : value[key];
}

function labelOf(value: JsonObject): string {
  const label = value.label ?? value.name ?? "";
  return typeof label === "string" ? label.trim() : typeof label === "number" ? String(label) : "";
}

function readBox(value: unknown): LabelledBox["box"] | DropReason {
  const list = typeof value === "string" ? value.replace(/^\s*\[|\]\s*$/g, "").split(",") : value;
  if (!Array.isArray(list) || list.length !== 4) return "not_four_numbers";
  const read = list.map(toNumber);
  if (!read.every(Number.isFinite)) return "not_four_numbers";
  const scale = read.every((it) => it >= 0 && it <= 1) ? 1000 : 1;
  const scaled = read.map((it) => it * scale);
  if (scaled.some((it) => it < -OVERSHOOT || it > 1000 + OVERSHOOT)) return "out_of_range";
  const [y0, x0, y1, x1] = scaled.map((it) => Math.min(1000, Math.max(0, it))) as [
    number,
    number,
    number,
    number,
  ];
  if (y0 > y1 || x0 > x1) return "inverted";
  if (y0 === y1 || x0 === x1) return "empty";
  return [y0, x0, y1, x1];
}

function toNumber(value: unknown): number {
  if (typeof value === "number") return value;
  return typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
}
