/** Evaluation, for the command line and the package's index. */
export {
  EVALUATE_TASKS,
  type EvaluateCase,
  type EvaluateTask,
  readCases,
  type TrueBox,
} from "./evaluate/case.js";
export { type EvaluateOptions, type Evaluation, evaluate, evaluationSvg } from "./evaluate/evaluate.js";
export type { Figures, LabelFigures } from "./evaluate/figures.js";
export type { FieldFigures } from "./evaluate/figures-values.js";
export { PUBLISHED, type PublishedFigure, publishedFigures } from "./evaluate/published.js";
export type { Interval } from "./metrics/bootstrap.js";
