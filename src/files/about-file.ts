import { MedGemmaError } from "../errors.js";

/** The same error, saying which of several files it is about; one that says so already stays as it is. */
export function aboutFile(error: MedGemmaError, name: string): MedGemmaError {
  if (error.facts.file !== undefined) return error;
  const { code, message, remedy, facts, cause } = error;
  return new MedGemmaError(code, `${name}: ${message}`, { remedy, facts: { ...facts, file: name }, cause });
}
