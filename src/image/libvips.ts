import { untilAborted } from "../base/abort.js";
import { MedGemmaError } from "../base/errors.js";
import { withoutFolders } from "../base/files/name.js";

/** Loaded on first use: text-only work neither waits for libvips nor needs it. */
export const loadSharp = async () => (await import("sharp")).default;

/** Radiology's black: what lies under transparent pixels and around a padded picture. */
export const BLACK = "#000000";

/** Runs a libvips job; what it throws becomes `image_unreadable`, with libvips' own words as the cause. */
export async function vips<T>(
  signal: AbortSignal | undefined,
  format: string,
  job: () => Promise<T>,
): Promise<T> {
  return untilAborted(signal, async () => {
    try {
      return await job();
    } catch (error) {
      // A sharp instance of the caller's may be of a file, which libvips names by its path.
      const cause = error instanceof Error ? new Error(withoutFolders(error.message)) : error;
      throw new MedGemmaError("image_unreadable", undefined, { facts: { format }, cause });
    }
  });
}
