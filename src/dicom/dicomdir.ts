import { readdir } from "node:fs/promises";
import path from "node:path";

/**
 * Finds the files that a DICOMDIR names (Referenced File ID, PS3.10 8.2: capitals and digits) among those that are there:
 * copying from a disc changes capitals, adds an extension, or leaves the disc's version (`;1`).
 */
export class DirectoryNames {
  private readonly folders = new Map<string, Promise<ReadonlyMap<string, string>>>();

  constructor(private readonly root: string) {}

  /** The path of the file with these components, or undefined. It never leads out of the root. */
  async find(parts: readonly string[]): Promise<string | undefined> {
    let current = this.root;
    for (const part of parts) {
      const names = await this.namesIn(current);
      const name = names.get(part) ?? names.get(plain(part));
      if (name === undefined) return undefined;
      current = path.join(current, name);
    }
    return current;
  }

  /** Real names by themselves and by their plain form. */
  private namesIn(folder: string): Promise<ReadonlyMap<string, string>> {
    const known = this.folders.get(folder);
    if (known) return known;
    const names = readdir(folder).then(
      (entries) =>
        new Map([
          ...entries.map((name) => [plain(name), name] as const),
          ...entries.map((name) => [name, name] as const),
        ]),
      () => new Map<string, string>(),
    );
    this.folders.set(folder, names);
    return names;
  }
}

function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/;\d+$/, "")
    .replace(/\.[a-z0-9]{0,4}$/, "");
}
