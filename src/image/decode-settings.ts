import type { Filled } from "../base/options.js";
import type { ImageLimits } from "./limits.js";

export interface DecodeSettings {
  readonly limits: Filled<ImageLimits>;
  /** What lies under transparent pixels, `#rrggbb`. */
  readonly background: string;
  readonly signal: AbortSignal | undefined;
}
