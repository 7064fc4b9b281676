import { badOption } from "../base/errors.js";
import { readBytes } from "../base/files/read-bytes.js";
import type { Filled } from "../base/options.js";
import { type ImageLimits, tooManyBytes } from "./limits.js";

/**
 * A whole picture file. Throws `file_not_found` (missing, no permission, a folder, a pipe, a device), `image_too_large`
 * before reading, `aborted`.
 */
export async function readFileBytes(
  path: string,
  limits: Filled<ImageLimits>,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  if (path === "" || path.includes("\0")) throw badOption("input", "a path", path);
  const tooLarge = (bytes: number) => tooManyBytes(bytes, limits.maxBytes);
  return readBytes(path, { most: limits.maxBytes, tooLarge, signal });
}
