import path from "node:path";
import { fileSize } from "../download/download.js";
import type { CatalogueEntry, CatalogueFile } from "./types.js";

/** Where a file of the catalogue is kept: the revision is in the path, so that a new pin never meets an old file. */
export function targetOf(folder: string, { repository, revision = "main", file }: CatalogueFile): string {
  return path.join(folder, ...repository.split("/"), encodeURIComponent(revision), ...file.split("/"));
}

/** Its addresses on the hub, the pinned revision first. */
export function urlsOf(
  hub: URL,
  { repository, revision = "main", otherRevisions = [], file }: CatalogueFile,
): URL[] {
  const escaped = file.split("/").map(encodeURIComponent).join("/");
  return [revision, ...otherRevisions].map(
    (commit) => new URL(`${repository}/resolve/${encodeURIComponent(commit)}/${escaped}`, hub),
  );
}

export function filesOf({ variant, projector }: CatalogueEntry): CatalogueFile[] {
  return projector === undefined ? [variant] : [variant, projector];
}

/** Whether it is here: a file has its final name only when it is whole, and a copied-in one must have the right size. */
export async function isHere(folder: string, file: CatalogueFile): Promise<boolean> {
  const size = await fileSize(targetOf(folder, file));
  return size !== undefined && (file.bytes === undefined || size === file.bytes);
}

/** Bytes of a file as far as the catalogue knows. */
export function expectedBytes({ bytes, approximateBytes }: CatalogueFile): number | undefined {
  return bytes ?? approximateBytes;
}

/** Memory that the model will take, in bytes: files, KV cache of 8192 tokens and buffers; if all sizes are known. */
export function expectedMemory(entry: CatalogueEntry): number | undefined {
  let sum = entry.model.workingBytes;
  for (const file of filesOf(entry)) {
    const bytes = expectedBytes(file);
    if (bytes === undefined) return undefined;
    sum += bytes;
  }
  return sum;
}
