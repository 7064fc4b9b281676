import { MedGemmaError } from "../errors.js";
import { makeFolder } from "../machine/folder.js";

/**
 * Makes the models folder, or one in it.
 * @throws MedGemmaError `download_failed`.
 */
export async function makeModelsFolder(folder: string): Promise<void> {
  await makeFolder(folder).catch((error: NodeJS.ErrnoException) => {
    throw new MedGemmaError("download_failed", `The folder for models cannot be made (${error.code}).`, {
      facts: { reason: error.code },
      cause: error,
      remedy: "Point MEDGEMMA_MODELS to a folder that can be written to.",
    });
  });
}
