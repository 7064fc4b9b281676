/** How a picture's tokens become one vector. */
export type Pooling = (typeof POOLINGS)[number];
export const POOLINGS = ["max", "mean", "mean+max", "quarters"] as const;

/** One vector of a picture's tokens (`rows` of `columns` numbers). */
export function poolTokens(
  values: Float32Array,
  rows: number,
  columns: number,
  pool: Pooling,
): Float32Array<ArrayBuffer> {
  if (pool === "quarters") return largestByQuarter(values, rows, columns);
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

/**
 * The largest values of the upper left, upper right, lower left and lower right quarter, one after the other. The tokens
 * are a square of rows; of an odd one, the middle belongs to the right and to the lower quarters.
 */
function largestByQuarter(values: Float32Array, rows: number, columns: number): Float32Array<ArrayBuffer> {
  const side = Math.round(Math.sqrt(rows));
  const middle = Math.floor(side / 2);
  const largest = new Float32Array(columns * 4).fill(Number.NEGATIVE_INFINITY);
  for (let row = 0; row < rows; row++) {
    const quarter = 2 * Number(Math.floor(row / side) >= middle) + Number(row % side >= middle);
    for (let column = 0; column < columns; column++) {
      const at = quarter * columns + column;
      largest[at] = Math.max(largest[at] as number, values[row * columns + column] as number);
    }
  }
  return largest;
}

/** A copy of length 1; all zeros stay all zeros. */
export function toUnitLength(vector: Float32Array): Float32Array<ArrayBuffer> {
  let squares = 0;
  for (const value of vector) squares += value * value;
  const length = Math.sqrt(squares);
  return Float32Array.from(vector, (value) => (length === 0 ? 0 : value / length));
}
