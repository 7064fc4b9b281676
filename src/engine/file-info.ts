import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { MedGemmaError } from "../errors.js";
import { fileLabel } from "../files/name.js";
import type { FileInfo } from "./engine.js";

const CHUNK = 1 << 20;

/**
 * Name, size and sha256 of a file, read in chunks small enough to leave the event loop free.
 * @throws MedGemmaError `file_not_found`, `aborted`.
 */
export async function fileInfo(file: string, signal?: AbortSignal): Promise<FileInfo> {
  const hash = createHash("sha256");
  try {
    const found = await stat(file);
    // Of a pipe the reading would wait for its writer.
    if (!found.isFile()) throw Object.assign(new Error(), { code: "no regular file" });
    const { size } = found;
    const stream = createReadStream(file, { highWaterMark: CHUNK });
    await pipeline(stream, hash, signal ? { signal } : {});
    return { name: path.basename(file), bytes: size, sha256: hash.digest("hex") };
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
