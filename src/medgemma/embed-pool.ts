/** How a picture's tokens become one vector. */
export type Pooling = (typeof POOLINGS)[number];
export const POOLINGS = ["max", "mean", "mean+max"] as const;

/** One vector of a picture's tokens (`rows` of `columns` numbers). */
export function poolTokens(
  values: Float32Array,
  rows: number,
  columns: number,
  pool: Pooling,
): Float32Array<ArrayBuffer> {
  const sums = new Float64Array(columns);
  const largest = new Float32Array(columns).fill(Number.NEGATIVE_INFINITY);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = values[row * columns + column] as number;
      sums[column] = (sums[column] as number) + value;
      if (value > (largest[column] as number)) largest[column] = value;
    }
  }
  const mean = Float32Array.from(sums, (sum) => sum / rows);
  if (pool === "mean") return mean;
  if (pool === "max") return largest;
  const both = new Float32Array(columns * 2);
  both.set(mean);
  both.set(largest, columns);
  return both;
}

/** A copy of length 1; all zeros stay all zeros. */
export function toUnitLength(vector: Float32Array): Float32Array<ArrayBuffer> {
  let squares = 0;
  for (const value of vector) squares += value * value;
  const length = Math.sqrt(squares);
  return Float32Array.from(vector, (value) => (length === 0 ? 0 : value / length));
}
