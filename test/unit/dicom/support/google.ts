import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { toModelPictures } from "../../../../src/dicom/index.js";
import { readJson, sha256 } from "./paths.js";

/** What Google's handlers showed a model of a public file, whose name is its own hash; see ORIGIN.md. */
interface PublicFile {
  readonly set: string;
  readonly name: string;
  readonly fileSha256: string;
  readonly rgbSha256: readonly string[];
}

const { files } = readJson<{ files: readonly PublicFile[] }>("google/files.json");
const byHash = new Map(files.map((file) => [file.fileSha256, file]));

/** Compares every file below the folders that the table knows; names those whose pictures are others. */
export async function compareWithGoogle(
  folders: readonly string[],
): Promise<{ compared: number; different: string[] }> {
  const seen = new Set<string>();
  const different: string[] = [];
  for (const file of folders.flatMap(filesBelow)) {
    const expected = byHash.get(sha256(readFileSync(file)));
    if (!expected || seen.has(expected.fileSha256)) continue;
    seen.add(expected.fileSha256);
    const made = await toModelPictures(file).then(
      ({ pictures }) => pictures.map(({ data }) => sha256(data)),
      (error: unknown) => [String(error)],
    );
    if (made.join() !== expected.rgbSha256.join()) different.push(`${expected.set} ${expected.name}`);
  }
  return { compared: seen.size, different };
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}
