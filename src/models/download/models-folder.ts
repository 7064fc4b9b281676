import { lstat } from "node:fs/promises";
import path from "node:path";
import { MedGemmaError } from "../../base/errors.js";
import { fileLabel } from "../../base/files/name.js";

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

/**
 * Whether nothing on the way from the folder to a file in it is a symbolic link: what is written there would land
 * somewhere else, over a file that has nothing to do with models. The folder itself may be one.
 * @throws MedGemmaError `models_folder`.
 */
export async function refuseLinks(folder: string, target: string): Promise<void> {
  const names = path.relative(folder, target).split(path.sep);
  for (let count = 1; count <= names.length; count++) {
    const place = path.join(folder, ...names.slice(0, count));
    const found = await lstat(place).catch(() => undefined);
    if (found?.isSymbolicLink()) throw isLink(fileLabel(place));
  }
}

export function isLink(name: string): MedGemmaError {
  return new MedGemmaError("models_folder", `${name} in the models folder is a symbolic link.`, {
    facts: { file: name, reason: "symbolic_link" },
    remedy:
      "Remove it, or point MEDGEMMA_MODELS to the folder that it leads to: nothing is written through a link.",
  });
}
