import type { TaskOptions } from "../task-prompt.js";
import type { TriageScaleId } from "../triage-scales/index.js";
import type { TriageScale } from "../triage-scales/scale.js";
import type { TriagePreset } from "./presets.js";

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
