import { roundHalfEven } from "../pixels/grey.js";

/**
 * Which of `count` slices go into the prompt, as the CT notebook does: all when they are few enough, else
 * round(i / most * (count - 1)) for i = 1..most. Indices from 0, ascending.
 */
export function chooseSlices(count: number, most: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, index) => index);
  return Array.from({ length: most }, (_, index) => roundHalfEven(((index + 1) / most) * (count - 1)));
}
