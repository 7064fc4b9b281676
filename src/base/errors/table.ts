import type { ErrorEntry } from "./entry.js";
import { INPUT_ERRORS } from "./input-errors.js";
import { MODEL_ERRORS } from "./model-errors.js";
import { RUN_ERRORS } from "./run-errors.js";

/** Every code, in the order of docs/errors.md. The compiler does not tell of a code in two rooms; a test does. */
export const ERROR_TABLE = { ...MODEL_ERRORS, ...INPUT_ERRORS, ...RUN_ERRORS } as const satisfies Record<
  string,
  ErrorEntry
>;
