import { Breather } from "../base/breather.js";
import { badOption, MedGemmaError, throwIfAborted } from "../base/errors.js";
import { checkNames, checkSignal, integerOption, plain, readOnce } from "../base/options.js";
import { foldsOf } from "./folds.js";
import { Head, type HeadFit, type HeadLabel, type StrengthReport } from "./head.js";
import { fitLogistic, type LinearModel, largest, probabilities, type Samples } from "./logistic.js";
import { checkSpace, checkVector, type EmbeddingSpace, type VectorInput } from "./space.js";

export interface FitHeadOptions {
  /** Parts for cross-validation, 2..20; fewer when a label has fewer pictures. Defaults to `5`. */
  folds?: number | undefined;
  /**
   * Strengths of the penalty to try; one alone is taken without cross-validation. scikit-learn's C is 1 / strength.
   * Defaults to powers of ten from 0.01 to 10000.
   */
  strengths?: readonly number[] | undefined;
  /** Whose picture each is: pictures of one patient stay in one part, or the figures flatter. Defaults to none. */
  groups?: readonly (string | number)[] | undefined;
  /** Takes effect between steps of the fit. */
  signal?: AbortSignal | undefined;
}

/** One label a picture, or a list of labels a picture. */
export type HeadLabels = readonly HeadLabel[] | readonly (readonly string[])[];

const STRENGTHS = [0.01, 0.1, 1, 10, 100, 1000, 10_000];
const DEFAULT_STRENGTH = 100;

/**
 * Fits a classifier on embeddings: logistic regression over standardised features, the strength of its L2 penalty
 * chosen by cross-validation (smallest log loss, then the stronger). Needs no GPU: 200 pictures take seconds. The same
 * input gives the same head.
 *
 * @param labels One label a picture (two labels or more), or a list of labels a picture (multi-label).
 * @throws MedGemmaError `bad_option`, `space_mismatch`, `aborted`.
 *
 * @example
 * const head = await fitHead(embeddings, ["effusion", "none", ...]);
 * head.predict(await model.embed("new.png")).label;
 */
export async function fitHead(
  vectors: readonly VectorInput[],
  labels: HeadLabels,
  asked: FitHeadOptions = {},
): Promise<Head> {
  const options = readOnce("fitHead", asked);
  checkNames("fitHead", options, ["folds", "strengths", "groups", "signal"]);
  checkSignal(options.signal);
  const given = plain("vectors", vectors);
  if (!Array.isArray(given) || given.length < 2) {
    throw badOption("vectors", "an array of at least 2 vectors", given);
  }
  const own = plain("labels", labels) as readonly unknown[];
  if (!Array.isArray(own) || own.length !== given.length) {
    throw badOption("labels", `an array of ${given.length} labels, one a vector,`, own);
  }
  const settings = checkSettings(options, given.length);
  const { breather } = settings;
  throwIfAborted(options.signal);
  const { rows, space } = await readVectors(given, breather);
  const multi = own.some((label) => Array.isArray(label));
  const names = multi ? multiNames(own) : singleNames(own as HeadLabel[]);
  const models: LinearModel[] = [];
  const fits: HeadFit[] = [];
  const add = async (label: HeadLabel | undefined, classes: number[]) => {
    const { model, fit } = await fitOne({ rows, classes }, multi ? 2 : names.length, settings);
    models.push(model);
    fits.push({ label, ...fit });
  };
  if (multi) {
    const lists = own.map((each) => new Set(each as string[]));
    for (const name of names as string[])
      await add(
        name,
        lists.map((each) => Number(each.has(name))),
      );
  } else {
    const numbers = new Map(names.map((name, index) => [name, index]));
    await add(
      undefined,
      (own as HeadLabel[]).map((label) => numbers.get(label) as number),
    );
  }
  const width = rows[0]?.length ?? 0;
  return new Head({ kind: multi ? "multi" : "single", labels: names, space, width, models, fits });
}

interface Settings {
  readonly folds: number;
  readonly strengths: readonly number[];
  readonly groups: readonly (string | number)[] | undefined;
  readonly breather: Breather;
}

async function fitOne(
  samples: Samples,
  classes: number,
  settings: Settings,
): Promise<{ model: LinearModel; fit: Omit<HeadFit, "label"> }> {
  const { strengths, breather } = settings;
  const parts = await breather.through(foldsOf(samples.classes, settings.folds, settings.groups));
  const folds = parts === undefined || strengths.length === 1 ? 0 : largest(parts) + 1;
  const crossValidation: StrengthReport[] = [];
  if (parts !== undefined && folds > 0) {
    for (const strength of strengths) {
      crossValidation.push(await validate(samples, classes, strength, parts, breather));
    }
  }
  const best = crossValidation.reduce<StrengthReport | undefined>(
    (a, b) =>
      a === undefined || b.logLoss < a.logLoss || (b.logLoss === a.logLoss && b.strength > a.strength)
        ? b
        : a,
    undefined,
  );
  const only = strengths.length === 1 ? strengths[0] : undefined;
  const strength = best?.strength ?? only ?? DEFAULT_STRENGTH;
  const model = await fitLogistic(samples, classes, strength, breather);
  return { model, fit: { samples: samples.rows.length, folds, strength, crossValidation } };
}

/** Fits on all parts but one and asks about that one, for each part. */
async function validate(
  { rows, classes: truth }: Samples,
  classes: number,
  strength: number,
  parts: readonly number[],
  breather: Breather,
): Promise<StrengthReport> {
  let loss = 0;
  let right = 0;
  const last = largest(parts);
  for (let part = 0; part <= last; part++) {
    await breather.breathe();
    const kept = rows.flatMap((_, index) => (parts[index] === part ? [] : [index]));
    const seen = {
      rows: kept.map((index) => rows[index] as Float64Array),
      classes: kept.map((index) => truth[index] as number),
    };
    const model = await fitLogistic(seen, classes, strength, breather);
    for (const [index, row] of rows.entries()) {
      if (parts[index] !== part) continue;
      await breather.breathe();
      const shares = probabilities(model, row);
      const own = shares[truth[index] as number] as number;
      loss -= Math.log(Math.max(own, 1e-15));
      if (own === largest(shares)) right++;
    }
  }
  return { strength, logLoss: loss / rows.length, accuracy: right / rows.length };
}

async function readVectors(
  vectors: readonly VectorInput[],
  breather: Breather,
): Promise<{ rows: Float64Array[]; space: EmbeddingSpace | undefined }> {
  const rows: Float64Array[] = [];
  const spaces: (EmbeddingSpace | undefined)[] = [];
  for (const vector of vectors) {
    await breather.breathe();
    const { values, space } = checkVector(vector);
    rows.push(new Float64Array(values));
    spaces.push(space);
  }
  const space = spaces.find((it) => it !== undefined);
  const width = rows[0]?.length;
  for (const [index, row] of rows.entries()) {
    checkSpace("the others", space, spaces[index]);
    if (row.length !== width) throw badOption("vectors", `${width} numbers each`, row.length);
  }
  return { rows, space };
}

function checkSettings({ folds, strengths, groups, signal }: FitHeadOptions, count: number): Settings {
  const values: unknown = strengths ?? STRENGTHS;
  if (!Array.isArray(values) || values.length === 0 || !values.every((it) => it > 0 && Number.isFinite(it))) {
    throw badOption("strengths", "a list of numbers above 0", strengths);
  }
  if (groups !== undefined && (!Array.isArray(groups) || groups.length !== count)) {
    throw badOption("groups", `an array of ${count}, one a vector,`, groups);
  }
  // Anything else is equal to nothing but itself: each vector would be a group of its own, or all be one.
  const odd = groups?.find((it: unknown) => typeof it !== "string" && !Number.isFinite(it));
  if (groups?.includes(odd as never)) throw badOption("groups", "strings or numbers", odd);
  return {
    folds: integerOption("folds", folds, 5, 2, 20),
    strengths: values,
    groups,
    breather: new Breather(signal),
  };
}

/** In order of first appearance, numbers and words alike, but false before true and numbers by size. */
function singleNames(labels: readonly HeadLabel[]): HeadLabel[] {
  for (const label of labels) {
    if (!["string", "number", "boolean"].includes(typeof label)) {
      throw badOption("labels", "strings, numbers, booleans or lists of strings", label);
    }
  }
  const names = [...new Set(labels)];
  if (names.length < 2) {
    throw new MedGemmaError("bad_option", "Expected at least two different labels but received one.", {
      facts: { option: "labels" },
      remedy: "A classifier needs pictures with and without the finding.",
    });
  }
  return names.every((name) => typeof name !== "string")
    ? names.sort((a, b) => Number(a) - Number(b))
    : names;
}

function multiNames(labels: readonly unknown[]): string[] {
  for (const own of labels) {
    if (!Array.isArray(own) || !own.every((label) => typeof label === "string")) {
      throw badOption("labels", "a list of strings for each vector", own);
    }
  }
  const lists = labels as readonly string[][];
  const names = [...new Set(lists.flat())].sort();
  const [first = [], ...others] = lists.map((own) => new Set(own));
  const useless = [...first].filter((name) => others.every((own) => own.has(name))).sort();
  if (names.length === 0 || useless.length > 0) {
    throw badOption("labels", "labels that some pictures have and some have not", useless);
  }
  return names;
}
