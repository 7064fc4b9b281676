import path from "node:path";
import { badOption, MedGemmaError } from "../../base/errors.js";
import { JSON_LINE, parseBounded } from "../../base/files/bounded-json.js";
import { folderOf } from "../../base/files/descriptor.js";
import { readTextFile } from "../../base/files/read-text.js";
import type { ImageInput } from "../../image/input.js";
import type { SquareBox } from "../../image/square.js";
import type { TriageCase } from "../../medgemma/tasks/triage/case.js";

export const EVALUATE_TASKS = [
  "ask",
  "classify",
  "report",
  "locate",
  "compare",
  "explain",
  "extract",
  "triage",
] as const;
export type EvaluateTask = (typeof EVALUATE_TASKS)[number];

export interface TrueBox {
  readonly label: string;
  /** `[y0, x0, y1, x1]` on 0..1000 of the picture padded to a square. */
  readonly box: SquareBox;
}

/** One case with its truth. Which fields it needs follows from the task. */
export interface EvaluateCase {
  /** The pictures. Of `compare`: the prior one, then the current one. */
  readonly images?: ImageInput | readonly ImageInput[] | undefined;
  /**
   * `ask`, `report`, `compare`, `explain`: the reference text. `classify`: the true label, with `multiLabel` a list of
   * all that are true. `locate`: boxes. `extract`: the value expected. `triage`: the level, 1 for the most urgent.
   */
  readonly truth: string | number | boolean | null | readonly string[] | readonly TrueBox[] | object;
  /** Of `ask`. */
  readonly question?: string | undefined;
  /** Of `explain`. */
  readonly sentence?: string | undefined;
  /** Of `classify`, when they differ from case to case. */
  readonly labels?: readonly string[] | undefined;
  /** Of `locate`. Defaults to the option `labels`, or to the labels of all true boxes of all cases. */
  readonly targets?: readonly string[] | undefined;
  /** Of `extract`: the record in words, beside pictures or instead of them. */
  readonly text?: string | undefined;
  /** Of `extract`, when it differs from case to case. */
  readonly schema?: object | undefined;
  /** Of `triage`: complaint, vital signs and so on. */
  readonly case?: TriageCase | undefined;
}

/**
 * Cases from a file of one JSON object a line: the fields of {@link EvaluateCase}. Paths of pictures are relative to the
 * file. @throws MedGemmaError `file_not_found`, `text_unreadable`, `bad_option` with the line's number.
 */
export async function readCases(file: string): Promise<EvaluateCase[]> {
  const text = await readTextFile(file);
  return text
    .split("\n")
    .flatMap((line, index) => (line.trim() === "" ? [] : [readLine(line, index + 1, folderOf(file))]));
}

function readLine(line: string, number: number, folder: string): EvaluateCase {
  let value: unknown;
  try {
    value = parseBounded(line, JSON_LINE);
  } catch {
    throw badLine(number, "is no JSON");
  }
  if (typeof value !== "object" || value === null || !("truth" in value))
    throw badLine(number, "has no truth");
  const { images, image, ...rest } = value as EvaluateCase & { image?: string };
  const named = [images ?? image ?? []].flat();
  if (!named.every((name) => typeof name === "string"))
    throw badLine(number, "names pictures by something else than paths");
  return { ...rest, images: named.map((name) => path.resolve(folder, name as string)) };
}

function badLine(number: number, trouble: string): MedGemmaError {
  return new MedGemmaError("bad_option", `Line ${number} of the cases ${trouble}.`, {
    facts: { option: "cases", line: number },
    remedy:
      'Cases are JSONL, not CSV: write one JSON object a line, e.g. {"images": ["a.png"], "truth": ["nodule"]}.',
  });
}

/** Characters: the words of the truth are compared with each word of the answer. No report is so long. */
const LONGEST_TRUTH = 50_000;

export function textTruth({ truth }: EvaluateCase): string {
  if (typeof truth !== "string" || truth.length > LONGEST_TRUTH)
    throw badOption("truth", `a text of at most ${LONGEST_TRUTH} characters`, truth);
  return truth;
}

/** Each value of an expected one is a figure of its own, with an interval. */
const MOST_VALUES = 5000;
const DEEPEST_TRUTH = 100;

/** What `extract` is to give. @throws MedGemmaError `bad_option`. */
export function valueTruth({ truth }: EvaluateCase): unknown {
  let left = MOST_VALUES;
  const fits = (value: unknown, depth: number): boolean => {
    if (--left < 0 || depth > DEEPEST_TRUTH) return false;
    if (typeof value === "string") return value.length <= LONGEST_TRUTH;
    if (typeof value !== "object" || value === null) return true;
    return Object.values(value).every((part) => fits(part, depth + 1));
  };
  if (truth === undefined || !fits(truth, 0))
    throw badOption("truth", `the value expected, of at most ${MOST_VALUES} values`, truth);
  return truth;
}

/** The true labels. */
export function labelTruth(
  { truth }: EvaluateCase,
  labels: readonly string[],
  multiLabel: boolean,
): readonly string[] {
  const list = typeof truth === "string" ? [truth] : (truth as readonly unknown[]);
  const known = list.every((label): label is string => typeof label === "string" && labels.includes(label));
  if (!known || (!multiLabel && list.length !== 1))
    throw badOption("truth", multiLabel ? "labels that are asked for" : "one of the labels", truth);
  return list;
}

export function levelTruth({ truth }: EvaluateCase, levels: number): number {
  if (!Number.isInteger(truth) || Number(truth) < 1 || Number(truth) > levels)
    throw badOption("truth", `a level from 1 to ${levels}`, truth);
  return truth as number;
}

/** @param number Of the case, counted from 1. @throws MedGemmaError `bad_option` naming case and box. */
export function boxTruth({ truth }: EvaluateCase, number: number): TrueBox[] {
  if (!Array.isArray(truth)) throw badOption("truth", "a list of boxes", truth);
  return truth.map((each: (Partial<TrueBox> & { box_2d?: SquareBox }) | null, index) => {
    const box = each?.box ?? each?.box_2d;
    const trouble =
      typeof each?.label !== "string"
        ? "has no label"
        : box?.length !== 4 || !box.every(Number.isFinite)
          ? "is no list of four numbers"
          : troubleOf(box);
    if (trouble !== undefined) throw badBox(number, index + 1, trouble);
    return { label: each?.label as string, box: box as SquareBox };
  });
}

function troubleOf([y0, x0, y1, x1]: SquareBox): string | undefined {
  if ([y0, x0, y1, x1].some((side) => side < 0 || side > 1000))
    return "reaches beyond 0..1000 (are these pixels?)";
  if (y0 >= y1) return `has its top (${y0}) not above its bottom (${y1})`;
  if (x0 >= x1) return `has its left side (${x0}) not left of its right side (${x1})`;
  return undefined;
}

function badBox(number: number, box: number, trouble: string): MedGemmaError {
  return new MedGemmaError("bad_option", `Case ${number}: true box ${box} ${trouble}.`, {
    facts: { option: "truth", case: number, box },
    remedy:
      "Give [y0, x0, y1, x1] on 0..1000 of the picture padded to a square, y0 below y1 and x0 below x1.",
  });
}
