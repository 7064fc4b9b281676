import type { Dataset } from "./dataset.js";
import { TAG } from "./tags.js";

/**
 * Attributes of one frame. Multi-frame objects keep them in functional groups (PS3.3 C.7.6.16): the frame's own group
 * first, then the shared one, then the top level where single-frame objects have them.
 */
export class FrameAttributes {
  private readonly own: Dataset | undefined;
  private readonly shared: Dataset | undefined;

  constructor(
    readonly dataset: Dataset,
    frame: number,
  ) {
    this.own = dataset.item(TAG.perFrameGroups, frame);
    this.shared = dataset.item(TAG.sharedGroups, 0);
  }

  /** The item of a macro that holds `tag`, the frame's or the shared one. */
  inGroups(macro: string, tag: string): Dataset | undefined {
    for (const group of [this.own, this.shared]) {
      const item = group?.item(macro, 0);
      if (item?.has(tag)) return item;
    }
    return undefined;
  }

  /** The data set that holds `tag`: a macro's item, or the top level. */
  holder(macro: string, tag: string): Dataset | undefined {
    return this.inGroups(macro, tag) ?? (this.dataset.has(tag) ? this.dataset : undefined);
  }

  numbers(macro: string, tag: string): number[] {
    return this.holder(macro, tag)?.numbers(tag) ?? [];
  }

  number(macro: string, tag: string): number | undefined {
    return this.holder(macro, tag)?.number(tag);
  }
}

/** Position, orientation and spacing of one frame in the patient (PS3.3 C.7.6.2). */
export interface FrameGeometry {
  /** Centre of the first pixel, millimetres, patient coordinates (L, P, S positive). */
  readonly position: readonly number[] | undefined;
  /** Direction cosines of the row (first three) and of the column. */
  readonly orientation: readonly number[] | undefined;
  /** Millimetres between rows (first) and between columns. */
  readonly spacing: readonly [number, number] | undefined;
  /** Which attribute the spacing is from. Imager spacing is on the detector: objects are smaller than it says. */
  readonly spacingSource: "pixel" | "imager" | undefined;
}

export function readGeometry(dataset: Dataset, frame: number): FrameGeometry {
  return geometryIn(new FrameAttributes(dataset, frame));
}

export function geometryIn(attributes: FrameAttributes): FrameGeometry {
  const position = finite(attributes.numbers(TAG.planePosition, TAG.imagePosition), 3);
  const orientation = finite(attributes.numbers(TAG.planeOrientation, TAG.imageOrientation), 6);
  const pixel = positive(attributes.numbers(TAG.pixelMeasures, TAG.pixelSpacing));
  const spacing = pixel ?? positive(attributes.dataset.numbers(TAG.imagerPixelSpacing));
  return {
    position,
    orientation,
    spacing,
    spacingSource: pixel ? "pixel" : spacing ? "imager" : undefined,
  };
}

/** How many of the frames have a group of their own. */
export function framesWithGroups(dataset: Dataset, frames: number): number {
  return Math.min(frames, dataset.count(TAG.perFrameGroups));
}

/** Where frame `frame` of `frames` lies. Without a group for each the file's own place is none of them's. */
export function geometryOfFrame(dataset: Dataset, frame: number, frames: number): FrameGeometry {
  if (frames === 1 || framesWithGroups(dataset, frames) === frames) return readGeometry(dataset, frame);
  return { ...readGeometry(dataset, 0), position: undefined };
}

function finite(values: readonly number[], count: number): readonly number[] | undefined {
  return values.length >= count && values.slice(0, count).every(Number.isFinite)
    ? values.slice(0, count)
    : undefined;
}

function positive(values: readonly number[]): readonly [number, number] | undefined {
  const [row, column] = values;
  return row !== undefined && column !== undefined && row > 0 && column > 0 && row < 1e4 && column < 1e4
    ? [row, column]
    : undefined;
}
