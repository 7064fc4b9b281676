import type { ScoreOptions } from "../../run/score-questions.js";
import type { Calibration } from "./calibration.js";
import type { LabelPrior } from "./prior.js";

export interface ClassifyOptions extends ScoreOptions {
  /** Several labels, or none, may be true: a yes/no question each. Otherwise one lettered question. Defaults to `false`. */
  multiLabel?: boolean | undefined;
  /**
   * In how many orders the options of a choice are asked, 1..26; their probabilities are averaged, for models prefer
   * some letters. Defaults to as many as there are labels; with `method: "reason"` to `1`.
   */
  orders?: number | undefined;
  /**
   * Takes out what the model answers whatever the picture: `"content-free"` asks the same of a grey picture and divides by
   * it. Or how common each label is where the model is used, 0..1 by label. Defaults to none.
   */
  prior?: LabelPrior | undefined;
  /** From `fitCalibration`, or the path of its JSON file. Applied last. Defaults to none. */
  calibration?: Calibration | string | undefined;
  /**
   * Below this probability nothing is decided, 0..1: of the best label in a choice, of yes or no for each label
   * otherwise. Defaults to `0`.
   */
  abstainBelow?: number | undefined;
}
