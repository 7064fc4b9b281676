import { type Breather, Pace } from "../base/breather.js";
import { minimize, type Objective } from "./lbfgs.js";

/** Rows of equal length, and the class of each. */
export interface Samples {
  readonly rows: readonly Float64Array[];
  readonly classes: readonly number[];
}

/** Linear scores over features that are made comparable first. */
export interface LinearModel {
  readonly mean: Float64Array;
  /** Standard deviations; 1 where a feature does not vary. */
  readonly scale: Float64Array;
  /** One row of weights for each score: one score for two classes, else one a class. */
  readonly weights: readonly Float64Array[];
  readonly bias: readonly number[];
}

/**
 * Logistic regression with an L2 penalty, as scikit-learn's StandardScaler and LogisticRegression(C = 1 / strength)
 * do it: the sum of the samples' losses plus strength / 2 times the squared weights; the bias goes free.
 */
export async function fitLogistic(
  samples: Samples,
  classes: number,
  strength: number,
  breather: Breather,
): Promise<LinearModel> {
  const { mean, scale } = await standardOf(samples.rows, breather);
  const rows: Float64Array[] = [];
  for (const row of samples.rows) {
    await breather.breathe();
    rows.push(standardize(row, mean, scale));
  }
  const outputs = classes === 2 ? 1 : classes;
  const width = mean.length;
  const objective = objectiveOf({ rows, classes: samples.classes }, outputs, strength, breather);
  const found = await minimize(objective, new Float64Array(outputs * (width + 1)), breather);
  const starts = Array.from({ length: outputs }, (_, output) => output * (width + 1));
  return {
    mean,
    scale,
    weights: starts.map((start) => found.slice(start, start + width)),
    bias: starts.map((start) => found[start + width] as number),
  };
}

/** Probability of each class; of two classes the second is the score's. */
export function probabilities(model: LinearModel, row: Float64Array): number[] {
  const features = standardize(row, model.mean, model.scale);
  const scores = model.weights.map((weights, index) => score(weights, features) + (model.bias[index] ?? 0));
  const [only] = scores;
  if (scores.length === 1 && only !== undefined) return [sigmoid(-only), sigmoid(only)];
  return softmax(scores);
}

/** The mean loss, its gradient, and the penalty; parameters are each output's weights and then its bias. */
function objectiveOf(
  { rows, classes }: Samples,
  outputs: number,
  strength: number,
  breather: Breather,
): Objective {
  const width = rows[0]?.length ?? 0;
  const count = rows.length;
  const pace = new Pace();
  return async (at, gradient) => {
    gradient.fill(0);
    let loss = 0;
    for (const [index, row] of rows.entries()) {
      const target = classes[index] as number;
      const scores = new Array<number>(outputs);
      for (let output = 0; output < outputs; output++) {
        scores[output] = scoreAt(at, output * (width + 1), row);
        if (pace.isDue(width)) await breather.breathe();
      }
      const [errors, own] = outputs === 1 ? binaryErrors(scores, target) : softmaxErrors(scores, target);
      loss += own;
      for (let output = 0; output < outputs; output++) {
        addError(gradient, output * (width + 1), row, errors[output] as number);
        if (pace.isDue(width)) await breather.breathe();
      }
    }
    let squares = 0;
    for (let output = 0; output < outputs; output++) {
      for (let i = output * (width + 1), bias = i + width; i <= bias; i++) {
        const weight = i === bias ? 0 : (at[i] as number);
        squares += weight * weight;
        gradient[i] = ((gradient[i] as number) + strength * weight) / count;
      }
      if (pace.isDue(width)) await breather.breathe();
    }
    return (loss + (strength / 2) * squares) / count;
  };
}

/** The score of the output whose weights, and its bias behind them, begin there. */
function scoreAt(at: Float64Array, start: number, row: Float64Array): number {
  let sum = at[start + row.length] as number;
  for (let i = 0; i < row.length; i++) sum += (at[start + i] as number) * (row[i] as number);
  return sum;
}

function addError(gradient: Float64Array, start: number, row: Float64Array, error: number): void {
  for (let i = 0; i < row.length; i++)
    gradient[start + i] = (gradient[start + i] as number) + error * (row[i] as number);
  gradient[start + row.length] = (gradient[start + row.length] as number) + error;
}

function binaryErrors([only = 0]: number[], target: number): [errors: number[], loss: number] {
  const signed = target === 1 ? only : -only;
  // log(1 + exp(-signed)) without overflow.
  const loss = signed > 0 ? Math.log1p(Math.exp(-signed)) : Math.log1p(Math.exp(signed)) - signed;
  return [[sigmoid(only) - target], loss];
}

function softmaxErrors(scores: number[], target: number): [errors: number[], loss: number] {
  const most = largest(scores);
  const total = scores.reduce((sum, each) => sum + Math.exp(each - most), 0);
  const loss = most + Math.log(total) - (scores[target] as number);
  return [scores.map((each, index) => Math.exp(each - most) / total - (index === target ? 1 : 0)), loss];
}

async function standardOf(
  rows: readonly Float64Array[],
  breather: Breather,
): Promise<Pick<LinearModel, "mean" | "scale">> {
  const width = rows[0]?.length ?? 0;
  const mean = new Float64Array(width);
  const scale = new Float64Array(width);
  for (let i = 0; i < width; i++) {
    await breather.breathe();
    let sum = 0;
    for (const row of rows) sum += row[i] as number;
    const middle = sum / rows.length;
    let squares = 0;
    for (const row of rows) squares += ((row[i] as number) - middle) ** 2;
    const deviation = Math.sqrt(squares / rows.length);
    mean[i] = middle;
    scale[i] = deviation > 1e-12 * Math.max(1, Math.abs(middle)) ? deviation : 1;
  }
  return { mean, scale };
}

function standardize(row: Float64Array, mean: Float64Array, scale: Float64Array): Float64Array {
  return row.map((value, i) => (value - (mean[i] as number)) / (scale[i] as number));
}

function score(weights: Float64Array, row: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += (weights[i] as number) * (row[i] as number);
  return sum;
}

function sigmoid(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

function softmax(scores: readonly number[]): number[] {
  const most = largest(scores);
  const parts = scores.map((each) => Math.exp(each - most));
  const total = parts.reduce((sum, each) => sum + each, 0);
  return parts.map((each) => each / total);
}

/** Of thousands of numbers, too: a call takes some ten thousand arguments. */
export function largest(values: readonly number[]): number {
  return values.reduce((most, each) => Math.max(most, each), Number.NEGATIVE_INFINITY);
}
