export interface RocPoint {
  readonly falsePositiveRate: number;
  readonly truePositiveRate: number;
  /** Scores of at least this count as positive. */
  readonly threshold: number;
}

/** From (0,0) to (1,1), one point for each different score; NaN rates when one class is absent. */
export function rocCurve(scores: readonly number[], truths: readonly boolean[]): RocPoint[] {
  const order = scores.map((score, index) => ({ score, truth: truths[index] ?? false }));
  order.sort((a, b) => b.score - a.score);
  const positives = truths.filter(Boolean).length;
  const negatives = truths.length - positives;
  const points: RocPoint[] = [
    { falsePositiveRate: 0, truePositiveRate: 0, threshold: Number.POSITIVE_INFINITY },
  ];
  let [hits, alarms] = [0, 0];
  for (const [index, { score, truth }] of order.entries()) {
    if (truth) hits++;
    else alarms++;
    if (order[index + 1]?.score === score) continue;
    points.push({
      falsePositiveRate: alarms / negatives,
      truePositiveRate: hits / positives,
      threshold: score,
    });
  }
  return points;
}

/** Area under the ROC curve by the trapezium rule: ties count half. NaN when one class is absent. */
export function areaUnderRoc(scores: readonly number[], truths: readonly boolean[]): number {
  const points = rocCurve(scores, truths);
  return points.slice(1).reduce((area, point, index) => {
    const before = points[index] as RocPoint;
    const width = point.falsePositiveRate - before.falsePositiveRate;
    return area + (width * (point.truePositiveRate + before.truePositiveRate)) / 2;
  }, 0);
}
