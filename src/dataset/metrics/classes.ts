export interface ConfusionMatrix {
  readonly labels: readonly string[];
  /** Row: what is true. Column: what was said. */
  readonly counts: readonly (readonly number[])[];
}

export function confusionMatrix(
  truths: readonly string[],
  answers: readonly string[],
  labels: readonly string[] = [...new Set([...truths, ...answers])].sort(),
): ConfusionMatrix {
  const counts = labels.map(() => labels.map(() => 0));
  for (const [index, truth] of truths.entries()) {
    const row = counts[labels.indexOf(truth)];
    const column = labels.indexOf(answers[index] ?? "");
    if (row && column >= 0) row[column] = (row[column] ?? 0) + 1;
  }
  return { labels, counts };
}

export function accuracy(truths: readonly string[], answers: readonly string[]): number {
  return mean(truths.map((truth, index) => Number(truth === answers[index])));
}

/** 2 TP / (2 TP + FP + FN); 0 when there is nothing of a class, as scikit-learn has it by default. */
export function f1(truths: readonly boolean[], answers: readonly boolean[]): number {
  let [hits, wrong] = [0, 0];
  for (const [index, truth] of truths.entries()) {
    if (truth && answers[index]) hits++;
    else if (truth !== answers[index]) wrong++;
  }
  return hits === 0 ? 0 : (2 * hits) / (2 * hits + wrong);
}

/** Mean of the F1 of each label; by default, as in scikit-learn, of those that are true or were said at least once. */
export function macroF1(
  truths: readonly string[],
  answers: readonly string[],
  labels: readonly string[] = [...new Set([...truths, ...answers])].sort(),
): number {
  return mean(
    labels.map((label) =>
      f1(
        truths.map((truth) => truth === label),
        answers.map((answer) => answer === label),
      ),
    ),
  );
}

export function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}
