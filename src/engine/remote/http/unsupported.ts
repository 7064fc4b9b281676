import { MedGemmaError } from "../../../base/errors.js";

export function unsupported(capability: string, message?: string): MedGemmaError {
  return new MedGemmaError(
    "unsupported_by_endpoint",
    message ?? `The endpoint does not offer ${capability}.`,
    { facts: { capability } },
  );
}
