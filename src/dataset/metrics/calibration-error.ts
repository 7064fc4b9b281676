export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Mean probability that was told. */
  readonly confidence: number;
  /** How often it came true. */
  readonly accuracy: number;
}

/** Bins of equal width; a probability at a border belongs to the lower bin, 0 to the first. Empty bins are left out. */
export function reliabilityBins(
  probabilities: readonly number[],
  truths: readonly boolean[],
  bins = 15,
): ReliabilityBin[] {
  const held = Array.from({ length: bins }, () => ({ count: 0, told: 0, hits: 0 }));
  for (const [index, p] of probabilities.entries()) {
    const bin = held[Math.min(bins - 1, Math.max(0, Math.ceil(p * bins) - 1))];
    if (!bin) continue;
    bin.count++;
    bin.told += p;
    bin.hits += Number(truths[index]);
  }
  return held.flatMap(({ count, told, hits }, index) =>
    count === 0
      ? []
      : [
          {
            from: index / bins,
            to: (index + 1) / bins,
            count,
            confidence: told / count,
            accuracy: hits / count,
          },
        ],
  );
}

/** Expected calibration error (Naeini et al. 2015): the mean distance of told and true, weighted by count. */
export function expectedCalibrationError(
  probabilities: readonly number[],
  truths: readonly boolean[],
  bins = 15,
): number {
  const error = reliabilityBins(probabilities, truths, bins).reduce(
    (sum, { count, confidence, accuracy }) => sum + count * Math.abs(confidence - accuracy),
    0,
  );
  return error / probabilities.length;
}
