/** A probability as the model gave it, and whether it came true. */
export type Outcome = readonly [probability: number, truth: boolean];

const SMALL = 1e-12;

export function logit(p: number): number {
  const inside = Math.min(1 - SMALL, Math.max(SMALL, p));
  return Math.log(inside / (1 - inside));
}

export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/**
 * Temperature scaling (Guo et al. 2017): the T that makes the truth likeliest when all logarithms are divided by it.
 * A group of one outcome is a yes/no question, a larger one a choice. Searched on log T by golden section within
 * 0.05..20, so that separable cases do not make it endless.
 */
export function fitTemperature(groups: readonly (readonly Outcome[])[]): number {
  const loss = (logT: number) => groups.reduce((sum, group) => sum + groupLoss(group, Math.exp(logT)), 0);
  let [low, high] = [Math.log(0.05), Math.log(20)];
  const golden = (Math.sqrt(5) - 1) / 2;
  for (let step = 0; step < 80; step++) {
    const width = (high - low) * golden;
    const [left, right] = [high - width, low + width];
    if (loss(left) <= loss(right)) high = right;
    else low = left;
  }
  return Math.exp((low + high) / 2);
}

function groupLoss(group: readonly Outcome[], temperature: number): number {
  const [only] = group;
  if (group.length === 1 && only) {
    const x = logit(only[0]) / temperature;
    return softplus(only[1] ? -x : x);
  }
  const scaled = group.map(([p, truth]) => ({ x: Math.log(Math.max(p, SMALL)) / temperature, truth }));
  const top = Math.max(...scaled.map(({ x }) => x));
  const sum = scaled.reduce((total, { x }) => total + Math.exp(x - top), 0);
  return scaled.reduce((total, { x, truth }) => (truth ? total + top + Math.log(sum) - x : total), 0);
}

function softplus(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
}

/** Isotonic regression by pooling adjacent violators; a block gives its first and its last point. */
export function fitIsotonic(outcomes: readonly Outcome[]): (readonly [number, number])[] {
  const blocks: { from: number; to: number; weight: number; mean: number }[] = [];
  for (const [p, weight, mean] of tied(outcomes)) {
    blocks.push({ from: p, to: p, weight, mean });
    for (;;) {
      const [last, before] = [blocks.at(-1), blocks.at(-2)];
      if (!last || !before || before.mean < last.mean) break;
      blocks.length -= 2;
      const total = before.weight + last.weight;
      const pooled = (before.mean * before.weight + last.mean * last.weight) / total;
      blocks.push({ from: before.from, to: last.to, weight: total, mean: pooled });
    }
  }
  return blocks.flatMap(({ from, to, mean }) =>
    from === to ? [[from, mean] as const] : [[from, mean] as const, [to, mean] as const],
  );
}

/** Outcomes of the same probability as one, in rising order. */
function tied(outcomes: readonly Outcome[]): [p: number, weight: number, mean: number][] {
  const groups = new Map<number, { count: number; hits: number }>();
  for (const [p, truth] of outcomes) {
    const group = groups.get(p) ?? { count: 0, hits: 0 };
    groups.set(p, { count: group.count + 1, hits: group.hits + Number(truth) });
  }
  return [...groups].sort(([a], [b]) => a - b).map(([p, { count, hits }]) => [p, count, hits / count]);
}

/** Straight between the points, level outside. */
export function interpolate(points: readonly (readonly [number, number])[], x: number): number {
  const after = points.findIndex(([at]) => at >= x);
  const right = points[after];
  const left = points[after - 1];
  if (!right) return points.at(-1)?.[1] ?? x;
  if (!left || right[0] === left[0]) return right[1];
  return left[1] + ((right[1] - left[1]) * (x - left[0])) / (right[0] - left[0]);
}
