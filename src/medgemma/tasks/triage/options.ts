import type { TaskOptions } from "../../run/task-prompt.js";
import type { TriagePreset } from "./presets.js";
import type { TriageScale } from "./scale.js";
import type { TriageScaleId } from "./scales/index.js";

export interface TriageOptions extends Omit<TaskOptions<TriagePreset>, "think" | "limits" | "study" | "fit"> {
  /** A scale by its id, or one of your own as data. Defaults to `"esi"`. */
  scale?: TriageScaleId | TriageScale | undefined;
  /**
   * Asks the model the scale's questions one by one (ESI: the signs of level 1), by scoring yes and no. Defaults to `true`,
   * for the phantom to `false`: its answers do not count.
   */
  screen?: boolean | undefined;
  /** From which probability of yes on such an answer counts, 0..1. Not validated. Defaults to `0.8`. */
  screenThreshold?: number | undefined;
}
