import { badOption } from "../base/errors.js";
import { checkSide } from "./raw-pixels.js";

/** MedGemma's own form: `[y0, x0, y1, x1]` on 0..1000 of the square picture that the encoder saw. */
export type SquareBox = readonly [y0: number, x0: number, y1: number, x1: number];

/**
 * A box in pixels of the source picture. Coordinates are edges between pixels: 0 is the left or upper edge, `width` and
 * `height` the right and lower edge. x0 <= x1, y0 <= y1.
 */
export interface PixelBox {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** How a picture became the encoder's square, and the way back for boxes. */
export interface Square {
  /** Of the source picture, in pixels. */
  readonly width: number;
  readonly height: number;
  /**
   * A box of the model, on the source picture: scaled, rounded to the nearest pixel edge (halves up), swapped ends put
   * in order, cut to the picture. `undefined` when nothing is left, as for a box in the padding. Throws `bad_option`
   * for numbers that are not finite.
   */
  toSource(box: SquareBox): PixelBox | undefined;
  /** The inverse, not rounded: what the model would have to answer. */
  fromSource(box: PixelBox): SquareBox;
}

export interface PaddedSquare extends Square {
  /** Side of the square in pixels: the longer side of the source. */
  readonly side: number;
  /** Columns and rows of padding. An odd one goes to the right or below. */
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The square of Google's localisation notebook: the picture in the centre, aspect kept. See `padImage`. */
export function padToSquare(width: number, height: number): PaddedSquare {
  checkSide("width", width);
  checkSide("height", height);
  const side = Math.max(width, height);
  const left = Math.floor((side - width) / 2);
  const top = Math.floor((side - height) / 2);
  const padding = { side, left, top, right: side - width - left, bottom: side - height - top };
  return { ...padding, ...square(width, height, { x: side, y: side, left, top }) };
}

/** The square of the reference's processor: both sides stretched to it, aspect not kept, nothing padded. */
export function stretchToSquare(width: number, height: number): Square {
  checkSide("width", width);
  checkSide("height", height);
  return square(width, height, { x: width, y: height, left: 0, top: 0 });
}

/** `x` and `y` are how many source pixels 1000 stand for. */
function square(
  width: number,
  height: number,
  span: { x: number; y: number; left: number; top: number },
): Square {
  const column = (x: number) => clamp(Math.round((x / 1000) * span.x - span.left), width);
  const row = (y: number) => clamp(Math.round((y / 1000) * span.y - span.top), height);
  return {
    width,
    height,
    toSource(box) {
      if (!box.every(Number.isFinite)) throw badOption("box", "four finite numbers", box);
      const [y0, x0, y1, x1] = box;
      const left = column(Math.min(x0, x1));
      const right = column(Math.max(x0, x1));
      const top = row(Math.min(y0, y1));
      const bottom = row(Math.max(y0, y1));
      return left < right && top < bottom ? { x0: left, y0: top, x1: right, y1: bottom } : undefined;
    },
    fromSource({ x0, y0, x1, y1 }) {
      const x = (column: number) => ((column + span.left) / span.x) * 1000;
      const y = (row: number) => ((row + span.top) / span.y) * 1000;
      return [y(y0), x(x0), y(y1), x(x1)];
    },
  };
}

function clamp(value: number, end: number): number {
  return Math.min(Math.max(value, 0), end);
}
