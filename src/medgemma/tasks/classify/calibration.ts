import { badOption, MedGemmaError } from "../../../base/errors.js";
import { readJsonFile } from "../../../base/files/read-text.js";
import { checkObjects, plain, readOnce } from "../../../base/options.js";
import { share } from "../../run/share.js";
import { fitIsotonic, fitTemperature, interpolate, logit, sigmoid } from "./calibration-fit.js";
import type { LabelProbability } from "./labels.js";

/** Corrects probabilities by what labelled cases have shown. Plain JSON: keep it in a file. */
export type Calibration = {
  readonly schema: "medgemma.calibration";
  readonly version: 1;
  /** Of yes/no questions, or of a choice. */
  readonly multiLabel: boolean;
  /** Probabilities that it was fitted on. */
  readonly count: number;
  /** sha256 of the model's file that gave them; others' are refused. */
  readonly model?: string | undefined;
} & (
  | { readonly method: "temperature"; readonly temperature: number }
  /** Probability before and after; straight between the points. */
  | { readonly method: "isotonic"; readonly points: readonly (readonly [number, number])[] }
);

/** What `classify` gave for a case, and what is true. */
export interface CalibrationCase {
  readonly labels: readonly LabelProbability[];
  /** The true label; all that are true, or none, where several may be. */
  readonly truth: string | readonly string[];
}

export interface CalibrationOptions {
  /**
   * `temperature`: one number, safe from some twenty cases on, keeps the order. `isotonic`: any rising curve, from some
   * hundred cases on. Defaults to `"temperature"`.
   */
  method?: "temperature" | "isotonic" | undefined;
  /** The cases are of `multiLabel: true`. Defaults to `false`. */
  multiLabel?: boolean | undefined;
  /** sha256 of the model's file (`result.provenance.model.sha256`), so that no other model is corrected by it. */
  model?: string | undefined;
}

/**
 * Fits a calibration on labelled cases. Do not judge it on the same cases.
 * @throws MedGemmaError `bad_option` for no cases, or cases whose truth is none of their labels.
 */
export function fitCalibration(
  given: readonly CalibrationCase[],
  options: CalibrationOptions = {},
): Calibration {
  const cases = plain("cases", given);
  const { method = "temperature", multiLabel = false, model } = readOnce("fitCalibration", options);
  if (method !== "temperature" && method !== "isotonic")
    throw badOption("method", '"temperature" or "isotonic"', method);
  if (!Array.isArray(cases) || cases.length === 0) throw badOption("cases", "labelled cases", cases);
  checkObjects("cases", cases);
  const read = cases.map((each) => readCase(each, multiLabel));
  const pairs = read.flat();
  const common = {
    ...({ schema: "medgemma.calibration", version: 1 } as const),
    ...{ multiLabel, count: pairs.length, ...(model !== undefined && { model }) },
  };
  if (method === "isotonic") return { ...common, method, points: fitIsotonic(pairs) };
  return { ...common, method, temperature: fitTemperature(multiLabel ? pairs.map((pair) => [pair]) : read) };
}

/** @returns the probability of each label and whether it is true. */
function readCase({ labels, truth }: CalibrationCase, multiLabel: boolean): [number, boolean][] {
  if (!Array.isArray(labels)) throw badOption("labels", "labels with their probabilities", labels);
  checkObjects("labels", labels);
  if (typeof truth !== "string" && !Array.isArray(truth))
    throw badOption("truth", "a label or several", truth);
  const names = labels.map(({ label }) => label);
  const list = typeof truth === "string" ? [truth] : truth;
  const unknown = list.some((label) => !names.includes(label));
  if (unknown || (!multiLabel && list.length !== 1))
    throw badOption("truth", multiLabel ? "labels of the case" : "one label of the case", truth);
  return labels.map(({ label, probability }) => [probability, list.includes(label)]);
}

/** Applies it to probabilities of one question. @throws MedGemmaError `bad_option` when made for another use. */
export function calibrate(
  calibration: Calibration,
  probabilities: readonly number[],
  use: { readonly multiLabel: boolean; readonly model: string },
): number[] {
  if (calibration.multiLabel !== use.multiLabel)
    throw badOption("calibration", `one that was fitted with multiLabel ${use.multiLabel}`, calibration);
  if (calibration.model !== undefined && calibration.model !== use.model)
    throw badOption("calibration", "one that was fitted on this model", calibration);
  if (calibration.method === "isotonic") {
    const curve = probabilities.map((p) => interpolate(calibration.points, p));
    return use.multiLabel ? curve : share(curve);
  }
  const { temperature } = calibration;
  if (use.multiLabel) return probabilities.map((p) => sigmoid(logit(p) / temperature));
  return share(probabilities.map((p) => Math.max(p, 1e-12) ** (1 / temperature)));
}

/**
 * A calibration from an object or a JSON file.
 * @throws MedGemmaError `bad_option`, `file_not_found`, `text_unreadable`.
 */
export async function readCalibration(source: Calibration | string): Promise<Calibration> {
  const value = typeof source === "string" ? await readJsonFile(source, noCalibration) : source;
  const known = value as Partial<Calibration> | null;
  if (typeof known !== "object" || known?.schema !== "medgemma.calibration")
    throw badOption("calibration", "what fitCalibration gives, or a JSON file of it", value);
  if (known.version !== 1) throw badOption("calibration", "version 1", known.version);
  const { method, points, temperature } = value as {
    method: unknown;
    points?: unknown;
    temperature?: unknown;
  };
  const valid =
    method === "isotonic" ? isCurve(points) : method === "temperature" && isTemperature(temperature);
  if (!valid)
    throw badOption("calibration", "a temperature above 0, or rising points with values from 0 to 1,", value);
  return known as Calibration;
}

function noCalibration(words: string): MedGemmaError {
  return new MedGemmaError("bad_option", `The calibration cannot be used: ${words}.`, {
    facts: { option: "calibration" },
    remedy: "Pass what `fitCalibration` gives, or a JSON file of it.",
  });
}

const isTemperature = (value: unknown) => typeof value === "number" && value > 0 && Number.isFinite(value);
const isShare = (value: unknown) => typeof value === "number" && value >= 0 && value <= 1;

/** A probability for each probability, and never a smaller one for a larger. */
function isCurve(points: unknown): boolean {
  if (!Array.isArray(points) || points.length === 0) return false;
  const pairs = points.every(
    (it) => Array.isArray(it) && it.length === 2 && Number.isFinite(it[0]) && isShare(it[1]),
  );
  if (!pairs) return false;
  return points.every(([x, y], at) => at === 0 || (x > points[at - 1][0] && y >= points[at - 1][1]));
}
