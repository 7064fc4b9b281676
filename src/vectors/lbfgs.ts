import type { Breather } from "../base/breather.js";

/** The function's value at `at`; its gradient is written into `gradient`. It gives way by itself. */
export type Objective = (at: Float64Array, gradient: Float64Array) => Promise<number>;

const MEMORY = 10;
const MAX_ITERATIONS = 1000;
/** Largest component of the gradient at which a point is the minimum. */
const TOLERANCE = 1e-7;
const SUFFICIENT = 1e-4;

interface Step {
  readonly move: Float64Array;
  readonly change: Float64Array;
  readonly curvature: number;
}

/**
 * Minimises a smooth convex function by L-BFGS (Nocedal and Wright, Numerical Optimization, algorithms 7.4 and 7.5) with
 * backtracking. No randomness: the same input gives the same bits. Gives way to the event loop.
 */
export async function minimize(
  objective: Objective,
  start: Float64Array,
  breather: Breather,
): Promise<Float64Array> {
  let at = Float64Array.from(start);
  let gradient = new Float64Array(at.length);
  let value = await objective(at, gradient);
  let steps: Step[] = [];
  for (let iteration = 0; iteration < MAX_ITERATIONS && largest(gradient) > TOLERANCE; iteration++) {
    await breather.breathe();
    let direction = await descent(gradient, steps, breather);
    let slope = dot(direction, gradient);
    if (slope >= 0) {
      steps = [];
      direction = await descent(gradient, steps, breather);
      slope = dot(direction, gradient);
    }
    const next = new Float64Array(at.length);
    const nextGradient = new Float64Array(at.length);
    let length = steps.length === 0 ? 1 / Math.max(1, Math.sqrt(-slope)) : 1;
    let nextValue = Number.POSITIVE_INFINITY;
    for (let tries = 0; tries < 40; tries++, length /= 2) {
      await breather.breathe();
      for (let i = 0; i < at.length; i++) next[i] = (at[i] as number) + length * (direction[i] as number);
      nextValue = await objective(next, nextGradient);
      if (nextValue <= value + SUFFICIENT * length * slope) break;
    }
    // Rounding leaves nothing to gain.
    if (!(nextValue < value)) break;
    const move = next.map((x, i) => x - (at[i] as number));
    const change = nextGradient.map((x, i) => x - (gradient[i] as number));
    const curvature = dot(move, change);
    if (curvature > 1e-14) steps = [...steps.slice(1 - MEMORY), { move, change, curvature }];
    [at, gradient, value] = [next, nextGradient, nextValue];
  }
  return at;
}

/** Minus the gradient, bent by what the last steps told of the curvature. */
async function descent(
  gradient: Float64Array,
  steps: readonly Step[],
  breather: Breather,
): Promise<Float64Array> {
  const direction = gradient.map((x) => -x);
  const shares: number[] = [];
  for (const { move, change, curvature } of [...steps].reverse()) {
    await breather.breathe();
    const share = dot(move, direction) / curvature;
    shares.push(share);
    addScaled(direction, change, -share);
  }
  const last = steps.at(-1);
  if (last !== undefined) {
    const scale = last.curvature / dot(last.change, last.change);
    for (let i = 0; i < direction.length; i++) direction[i] = (direction[i] as number) * scale;
  }
  for (const { move, change, curvature } of steps) {
    await breather.breathe();
    const share = shares.pop() as number;
    addScaled(direction, move, share - dot(change, direction) / curvature);
  }
  return direction;
}

function addScaled(target: Float64Array, source: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i] = (target[i] as number) + factor * (source[i] as number);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function largest(values: Float64Array): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}
