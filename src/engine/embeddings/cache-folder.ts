import { readdir, stat } from "node:fs/promises";
import { MedGemmaError } from "../../base/errors.js";
import { makeFolder } from "../../machine/folder.js";

const warned = new Set<string>();

/**
 * Makes the folder for picture embeddings where there is none, and lists it.
 * @throws MedGemmaError `embedding_cache`.
 */
export async function openCacheFolder(dir: string): Promise<string[]> {
  try {
    await makeFolder(dir, 0o700);
    return await readdir(dir);
  } catch (error) {
    const { code = "unknown" } = error as { code?: string };
    throw new MedGemmaError("embedding_cache", `The embedding cache folder cannot be used (${code}).`, {
      facts: { reason: code },
      cause: error,
    });
  }
}

/**
 * Warns once a folder and process where others can put files into it: an embedding of theirs would answer for a picture.
 * Not refused, for a container's volume is often open to all and seen by one. A warning of Node's with the code
 * `MEDGEMMA_EMBEDDING_CACHE`.
 */
export async function warnOfOpenFolder(dir: string): Promise<void> {
  // Modes mean nothing on Windows.
  if (process.getuid === undefined || warned.has(dir)) return;
  const info = await stat(dir).catch(() => undefined);
  if (!info) return;
  const foreign = info.uid !== process.getuid() && info.uid !== 0;
  if ((info.mode & 0o022) === 0 && !foreign) return;
  warned.add(dir);
  process.emitWarning(
    "Others can write to the embedding cache folder, and so change what is answered about a picture: set its mode to 700 and its owner to this user.",
    { type: "MedGemmaWarning", code: "MEDGEMMA_EMBEDDING_CACHE" },
  );
}
