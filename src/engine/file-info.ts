import path from "node:path";
import { MedGemmaError } from "../base/errors.js";
import { fileLabel } from "../base/files/name.js";
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
    if (signal?.aborted) throw new MedGemmaError("aborted", undefined, { cause: signal.reason });
    throw notFound(file, error);
  }
}

export function notFound(file: string, cause: unknown): MedGemmaError {
  const name = fileLabel(file);
  const { code = "unknown" } = cause as { code?: string };
  return new MedGemmaError("file_not_found", `Cannot open ${name} (${code}).`, {
    facts: { file: name, reason: code },
  });
}
