import { MedGemmaError } from "../errors.js";

/**
 * Work that writes in the models folder: what the system refuses is told as such, and without paths.
 * @throws MedGemmaError `models_folder`, `disk_full`.
 */
export async function inModelsFolder<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined || MedGemmaError.isInstance(error)) throw error;
    const full = code === "ENOSPC" || code === "EDQUOT";
    const message = full ? undefined : `The folder for models cannot be written to (${code}).`;
    throw new MedGemmaError(full ? "disk_full" : "models_folder", message, {
      facts: { reason: code },
      cause: error,
    });
  }
}
