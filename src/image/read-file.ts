import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { badOption, MedGemmaError, throwIfAborted } from "../errors.js";
import { checkBytes, type ImageLimits } from "./limits.js";

/**
 * A whole regular file. Throws `file_not_found` (missing, no permission, a folder, a device), `image_too_large` before
 * reading, `aborted`. Only the file's own name is told: folders are often named after patients.
 */
export async function readFileBytes(
  path: string,
  limits: Required<ImageLimits>,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  if (path === "" || path.includes("\0")) throw badOption("input", "a path", path);
  const name = basename(path);
  try {
    // Asked before opening: opening a pipe waits for its writer.
    const found = await stat(path);
    if (!found.isFile()) throw notFound(name, found.isDirectory() ? "is a folder" : "is not a regular file");
    checkBytes(found.size, limits);
    return await readFile(path, signal ? { signal } : {});
  } catch (error) {
    throwIfAborted(signal);
    if (MedGemmaError.isInstance(error)) throw error;
    // The system's error carries the full path: only its code goes on.
    throw notFound(name, "cannot be read", (error as NodeJS.ErrnoException).code);
  }
}

function notFound(name: string, what: string, code?: string): MedGemmaError {
  return new MedGemmaError("file_not_found", `${name} ${what}${code === undefined ? "" : ` (${code})`}.`, {
    facts: { file: name, reason: code ?? what },
  });
}
