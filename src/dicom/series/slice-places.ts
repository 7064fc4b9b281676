import type { Slice } from "./slice.js";

/** The slice normal: row direction x column direction (PS3.3 C.7.6.2.1.1). */
export function normalOf(orientation: readonly number[]): readonly number[] {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = orientation;
  return [b * f - c * e, c * d - a * f, a * e - b * d];
}

export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}

/** Where a slice lies, in millimetres. Undefined for a whole stack when one of its slices does not say. */
export type Along = (slice: Slice) => number | undefined;

/** By position along the normal; where positions lack, by Slice Location (0020,1041) if it tells slices apart. */
export function alongOf(stack: readonly Slice[]): Along {
  const orientation = stack[0]?.geometry.orientation;
  const normal = orientation && normalOf(orientation);
  const byPosition: Along = ({ geometry }) => normal && geometry.position && dot(geometry.position, normal);
  if (stack.every((slice) => byPosition(slice) !== undefined)) return byPosition;
  const locations = new Set(stack.map(({ pass }) => pass.location));
  const useful = !locations.has(undefined) && locations.size > 1;
  return useful ? ({ pass }) => pass.location : () => undefined;
}

/** Places that are the same within a hundredth of a millimetre have one key. */
export function placeKey(at: number): string {
  return at.toFixed(2).replace(/^-0\.00$/, "0.00");
}
