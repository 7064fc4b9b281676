import { FrameAttributes, type FrameGeometry, geometryIn } from "../file/attributes.js";
import type { Dataset } from "../file/dataset.js";
import { FRAME_NUMBERS, type FrameNumber, type Pass, passOfFile } from "./pass.js";

/** What tells the frames of a file apart, in columns of numbers: a file may have two hundred thousand of them. */
export interface FrameColumns {
  readonly count: number;
  /** What holds where a frame's group says nothing. */
  readonly pass: Pass;
  /** What the groups say, by frame, NaN where one is silent; without what all are silent of. */
  readonly numbers: { readonly [Name in FrameNumber]?: Float64Array };
  /** Three a frame, NaN where there is none. */
  readonly positions: Float64Array;
  /** Orientation and spacing, each pair once, and which of them a frame has. */
  readonly planes: readonly Plane[];
  readonly planeOf: Uint32Array;
}

type Plane = Omit<FrameGeometry, "position">;

/** Of the first `count` frames: from their functional groups where there are any, else from the top level. */
export function readColumns(dataset: Dataset, count: number): FrameColumns {
  const numbers: { [Name in FrameNumber]?: Float64Array } = {};
  const positions = new Float64Array(3 * count).fill(Number.NaN);
  const planes: Plane[] = [];
  const known = new Map<string, number>();
  const planeOf = new Uint32Array(count);
  for (let frame = 0; frame < count; frame++) {
    const attributes = new FrameAttributes(dataset, frame);
    const { position, ...plane } = geometryIn(attributes);
    if (position) positions.set(position, 3 * frame);
    const key = JSON.stringify(plane);
    const same = known.get(key) ?? planes.length;
    if (same === planes.length) {
      planes.push(plane);
      known.set(key, same);
    }
    planeOf[frame] = same;
    for (const [name, read] of FRAME_NUMBERS) {
      const value = read(attributes);
      if (value === undefined) continue;
      numbers[name] ??= new Float64Array(count).fill(Number.NaN);
      numbers[name][frame] = value;
    }
  }
  return { count, pass: passOfFile(dataset), numbers, positions, planes, planeOf };
}

export function geometryAt({ positions, planes, planeOf }: FrameColumns, frame: number): FrameGeometry {
  const position = positions.subarray(3 * frame, 3 * frame + 3);
  const plane = planes[planeOf[frame] ?? 0] as Plane;
  return { ...plane, position: Number.isNaN(position[0]) ? undefined : [...position] };
}

export function passAt({ pass, numbers }: FrameColumns, frame: number): Pass {
  const own = Object.entries(numbers).flatMap(([name, values]) => {
    const value = values[frame] ?? Number.NaN;
    return Number.isNaN(value) ? [] : [[name, value] as const];
  });
  return own.length === 0 ? pass : { ...pass, ...Object.fromEntries(own) };
}
