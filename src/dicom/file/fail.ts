import { type ErrorFacts, MedGemmaError } from "../../base/errors.js";

/** Damaged or cut off: what was expected at which step, never what the file said. */
export function unreadable(message: string, facts: ErrorFacts = {}): MedGemmaError {
  return new MedGemmaError("dicom_unreadable", message, { facts });
}

/** Intact as far as can be seen, but of a form that is not read here. */
export function unsupported(message: string, facts: ErrorFacts = {}, remedy?: string): MedGemmaError {
  return new MedGemmaError("dicom_unsupported", message, {
    facts,
    ...(remedy === undefined ? {} : { remedy }),
  });
}

export function noPicture(message?: string): MedGemmaError {
  return new MedGemmaError("dicom_no_picture", message);
}

/** Errors of libraries may quote the file, so only the fact that they failed is kept. */
export function asReadError(error: unknown, step: string): MedGemmaError {
  if (MedGemmaError.isInstance(error)) return error;
  return unreadable(`The file is damaged: ${step} failed.`, { step });
}
