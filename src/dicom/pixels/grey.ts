import type { Samples } from "./samples.js";

/** A curve from a stored value to 0..255; must give whole numbers. */
export type GreyCurve = (stored: number) => number;

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Smallest and largest value; those that `skip` names are left out unless nothing else is there. */
export function rangeOf(values: Samples, skip?: (value: number) => boolean): Range {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (value >= min && value <= max) continue;
    if (skip?.(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return min <= max ? { min, max } : skip ? rangeOf(values) : { min: 0, max: 0 };
}

/** Smallest and largest output of a curve over the values that are there: at the ends when it is a straight line. */
export function mappedRange(
  input: { readonly values: Samples; readonly modality: { readonly lut: { readonly kind: string } } },
  curve: (stored: number) => number,
  skip?: (value: number) => boolean,
): Range {
  const stored = rangeOf(input.values, skip);
  const ends = [curve(stored.min), curve(stored.max)];
  let [min, max] = [Math.min(...ends), Math.max(...ends)];
  if (input.modality.lut.kind !== "table") return { min, max };
  for (let index = 0; index < input.values.length; index++) {
    const raw = input.values[index] as number;
    if (skip?.(raw)) continue;
    const value = curve(raw);
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}

/** Widest range for which a table is made: all of 16 bits. */
const TABLE_SIZE = 65536;

/** Applies curves to every value, interleaved: one curve gives grey bytes, three give RGB. */
export function applyCurves(values: Samples, curves: readonly GreyCurve[]): Uint8Array {
  const step = curves.length;
  const out = new Uint8Array(values.length * step);
  const { min, max } = rangeOf(values);
  const [red, green, blue] = curves.map((curve) =>
    max - min < TABLE_SIZE ? tableOf(curve, min, max) : curve,
  );
  if (typeof red === "function" || !red) {
    curves.forEach((curve, channel) => {
      for (let index = 0, at = channel; index < values.length; index++, at += step)
        out[at] = curve(values[index] as number);
    });
  } else if (green instanceof Uint8Array && blue instanceof Uint8Array) {
    for (let index = 0, at = 0; index < values.length; index++) {
      const entry = (values[index] as number) - min;
      out[at++] = red[entry] as number;
      out[at++] = green[entry] as number;
      out[at++] = blue[entry] as number;
    }
  } else {
    for (let index = 0; index < values.length; index++)
      out[index] = red[(values[index] as number) - min] as number;
  }
  return out;
}

function tableOf(curve: GreyCurve, min: number, max: number): Uint8Array {
  const table = new Uint8Array(max - min + 1);
  for (let index = 0; index < table.length; index++) table[index] = curve(min + index);
  return table;
}

/** NumPy's round: halves go to the even neighbour. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
