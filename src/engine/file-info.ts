import path from "node:path";
import { MedGemmaError } from "../base/errors.js";
import { fileLabel } from "../base/files/name.js";
import { notFound } from "../base/files/open-file.js";
import { hashFile } from "../machine/file-hash.js";
import type { FileInfo } from "./engine.js";

/**
 * Name, size and sha256 of a file.
 * @throws MedGemmaError `file_not_found`, `aborted`.
 */
export async function fileInfo(file: string, signal?: AbortSignal): Promise<FileInfo> {
  try {
    return { name: path.basename(file), ...(await hashFile(file, signal)) };
  } catch (error) {
    if (MedGemmaError.isInstance(error)) throw error;
    throw notFound(fileLabel(file), "cannot be read", (error as NodeJS.ErrnoException).code);
  }
}
