import { statfs } from "node:fs/promises";
import { MedGemmaError } from "../../base/errors.js";

/** @throws MedGemmaError `disk_full` when the folder's disk has less room than so many bytes. */
export async function requireRoom(folder: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (needed <= free) return;
  throw new MedGemmaError(
    "disk_full",
    `The models folder's disk has ${size(free)} left, and ${size(needed)} are needed.`,
    { facts: { needed, free } },
  );
}

function size(bytes: number): string {
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
