import { reading } from "../../base/options.js";
/**
 * From a box in a picture's pixels (src/image/square.ts makes it from the model's answer) to millimetres and, for a
 * patch of a slide, to the slide.
 */

/** Edges between pixels: 0 is the left or upper edge of the picture. */
export interface PictureBox {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

export interface PictureSpace {
  /** Millimetres between rows and between columns (Pixel Spacing's order). */
  readonly spacing?: readonly [number, number] | undefined;
  /** `imager`: measured on the detector, so that objects in the patient are smaller. */
  readonly spacingSource?: "pixel" | "imager" | undefined;
  /** Upper left corner of a patch in the slide, and slide pixels for one pixel of the patch. */
  readonly patch?: { readonly x: number; readonly y: number; readonly scale: number } | undefined;
}

export interface BoxMeasure {
  /** Millimetres. */
  readonly width: number;
  readonly height: number;
  /** Upper left corner from the picture's own, millimetres. */
  readonly left: number;
  readonly top: number;
  /** The size on the detector and not in the patient (PS3.3 10.7.1.2). */
  readonly onDetector: boolean;
}

/** Size and place in millimetres; undefined when the picture has no spacing. */
export function measureBox(box: PictureBox, space: PictureSpace): BoxMeasure | undefined {
  return reading("box and space", () => {
    if (!space.spacing) return undefined;
    const [down, across] = space.spacing;
    return {
      width: (box.x1 - box.x0) * across,
      height: (box.y1 - box.y0) * down,
      left: box.x0 * across,
      top: box.y0 * down,
      onDetector: space.spacingSource === "imager",
    };
  });
}

/** A box in a patch as a box in the slide's full resolution; the box itself for pictures that are no patch. */
export function boxInSlide(box: PictureBox, space: PictureSpace): PictureBox {
  const { patch } = space;
  if (!patch) return box;
  const { x, y, scale } = patch;
  return { x0: x + box.x0 * scale, y0: y + box.y0 * scale, x1: x + box.x1 * scale, y1: y + box.y1 * scale };
}

/** The patient position of a pixel's centre (PS3.3 C.7.6.2.1.1), millimetres; undefined without position or spacing. */
export function patientPosition(
  column: number,
  row: number,
  geometry: {
    readonly position?: readonly number[] | undefined;
    readonly orientation?: readonly number[] | undefined;
    readonly spacing?: readonly [number, number] | undefined;
  },
): readonly [x: number, y: number, z: number] | undefined {
  const { position, orientation, spacing } = geometry;
  if (!position || !orientation || !spacing) return undefined;
  const at = (axis: number) =>
    (position[axis] ?? 0) +
    (orientation[axis] ?? 0) * spacing[1] * column +
    (orientation[axis + 3] ?? 0) * spacing[0] * row;
  return [at(0), at(1), at(2)];
}
