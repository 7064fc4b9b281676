import { type BoxMeasure, measureBox } from "../../../dicom/index.js";
import type { Fit } from "../../../image/fit.js";
import { type PixelBox, padToSquare, type SquareBox, stretchToSquare } from "../../../image/square.js";
import type { DroppedBox, DropReason, LabelledBox } from "../../../prompt/boxes.js";
import type { StudyNote } from "../../run/pictures.js";

export interface LocatedBox {
  readonly label: string;
  /**
   * `[y0, x0, y1, x1]` on 0..1000 of the picture padded to a square, as MedGemma answers. A model that saw the picture
   * stretched answers on another square, if the picture is not one: such boxes are converted.
   */
  readonly normalized: SquareBox;
  /** In pixels of the picture, from its upper left corner. */
  readonly source: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  };
  /** Size and place, where the DICOM file tells the spacing of its pixels. */
  readonly millimetres?: BoxMeasure | undefined;
}

/**
 * `outside`: in the padding, where there is no picture. `not_asked`: of something that was not asked for. The others as
 * in the parser of boxes.
 */
export interface DroppedLocation {
  readonly reason: DropReason | "outside" | "not_asked";
  readonly label: string;
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly fit: Fit;
  readonly study: StudyNote | undefined;
}

/** From the model's square to the picture. `undefined` for a box that lies in the padding. */
export function toLocated({ label, box }: LabelledBox, frame: Frame): LocatedBox | undefined {
  const { width, height } = frame;
  const padded = padToSquare(width, height);
  const square = frame.fit === "pad" ? padded : stretchToSquare(width, height);
  const pixels = square.toSource(box);
  if (!pixels) return undefined;
  const normalized = frame.fit === "pad" ? box : padded.fromSource(unrounded(box, frame));
  const millimetres = measure(pixels, frame);
  return {
    label,
    normalized: normalized.map((value) => Math.round(value * 10) / 10) as unknown as SquareBox,
    source: {
      x: pixels.x0,
      y: pixels.y0,
      width: pixels.x1 - pixels.x0,
      height: pixels.y1 - pixels.y0,
    },
    ...(millimetres && { millimetres }),
  };
}

function unrounded([y0, x0, y1, x1]: SquareBox, { width, height }: Frame): PixelBox {
  const [across, down] = [width / 1000, height / 1000];
  return { x0: x0 * across, y0: y0 * down, x1: x1 * across, y1: y1 * down };
}

/** Only of a picture whose pixels are those that the file tells the spacing of. */
function measure(box: PixelBox, { width, height, study }: Frame): BoxMeasure | undefined {
  const facts = study?.facts;
  return facts?.columns === width && facts.rows === height ? measureBox(box, facts) : undefined;
}

/** What people call everything that there is to be found. */
const EVERYTHING =
  /^(?:all|any|every)?\s*(?:lesions?|findings?|abnormalit(?:y|ies)|patholog(?:y|ies)|boxes)$/i;

/** Of boxes that answer a question about everything, those that were asked for. */
export function keepAsked(
  boxes: readonly LabelledBox[],
  targets: readonly string[],
): { kept: LabelledBox[]; dropped: DroppedBox[] } & { dropped: { reason: "not_asked"; label: string }[] } {
  const everything = targets.length === 0 || targets.some((target) => EVERYTHING.test(target.trim()));
  const asked = ({ label }: LabelledBox) => everything || targets.some((target) => names(target, label));
  return {
    kept: boxes.filter(asked),
    dropped: boxes.filter((box) => !asked(box)).map(({ label }) => ({ reason: "not_asked" as const, label })),
  } as ReturnType<typeof keepAsked>;
}

/** A label names a target when either holds the other's words: `pulmonary nodules`, `nodule`. */
export function names(target: string, label: string): boolean {
  const [a, b] = [target.trim().toLowerCase(), label.trim().toLowerCase()];
  return b !== "" && (a.includes(b) || b.includes(a));
}
