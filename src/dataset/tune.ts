/** Training sets for fine-tuning, for the command line and the package's index. */
export { readTuneCases, type TuneCase } from "./tune/cases.js";
export { type PrepareTuningOptions, prepareTuning, type TuningSet } from "./tune/prepare.js";
