import type { MedGemmaError } from "../errors.js";

/** The same error, with the file that it is about in front, unless it names one. */
export function aboutFile(error: MedGemmaError, file: string): MedGemmaError {
  if (error.facts.file !== undefined) return error;
  return error.with({ message: `${file}: ${error.message}`, facts: { file } });
}
