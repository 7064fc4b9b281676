import { writeFile } from "node:fs/promises";
import { MedGemmaError } from "../errors.js";
import { fileLabel } from "./name.js";

/**
 * The one way in which results are written to files that a caller names.
 * @param mode Of a file that is made.
 * @throws MedGemmaError `output_failed`.
 */
export async function writeOutput(file: string, content: string | Uint8Array, mode?: number): Promise<void> {
  await writeFile(file, content, mode === undefined ? {} : { mode }).catch((error: NodeJS.ErrnoException) => {
    throw outputFailed(fileLabel(file), error.code);
  });
}

/** @param code The system's, e.g. `ENOSPC`. */
export function outputFailed(what: string, code: string | undefined): MedGemmaError {
  const full = code === "ENOSPC" || code === "EDQUOT";
  const why = full ? "its disk is full" : "the system refuses";
  return new MedGemmaError("output_failed", `${what} cannot be written: ${why} (${code}).`, {
    facts: { file: what, reason: code },
    ...(full && { remedy: "Free room where it goes, or name another place." }),
  });
}
