import { allowGrouping } from "../file/allowances.js";
import { choosePatches, type Overview, type PatchChoice, patchGrid } from "./tissue.js";

/** Looks for tissue in a slide's overview, in a worker: it has millions of pixels, and the grid patches by the thousand. */
export interface TissueJob {
  readonly kind: "tissue";
  readonly overview: Overview;
  /** The level that patches are cut from, and their side in it. */
  readonly level: { readonly width: number; readonly height: number };
  readonly side: number;
  readonly most: number;
}

export function runTissueJob({ overview, level, side, most }: TissueJob): PatchChoice {
  const grid = patchGrid(level.width, level.height, side);
  allowGrouping(grid.length + overview.data.length);
  return choosePatches(grid, overview, level, most);
}
