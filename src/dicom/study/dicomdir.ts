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
      const name = FORMS.map((form) => names.get(form(part))).find((it) => it !== undefined);
      if (name === undefined) return undefined;
      current = path.join(current, name);
    }
    return current;
  }

  /** Real names by each form that only one of them has; a stricter form comes before a looser one. */
  private namesIn(folder: string): Promise<ReadonlyMap<string, string>> {
    const known = this.folders.get(folder);
    if (known) return known;
    const names = readdir(folder).then(
      (entries) => {
        const found = new Map<string, string>();
        for (const form of FORMS) {
          const counts = new Map<string, number>();
          for (const name of entries) counts.set(form(name), (counts.get(form(name)) ?? 0) + 1);
          for (const name of entries)
            if (counts.get(form(name)) === 1 && !found.has(form(name))) found.set(form(name), name);
        }
        return found;
      },
      () => new Map<string, string>(),
    );
    this.folders.set(folder, names);
    return names;
  }
}

/** As it stands; in any case and without a CD's version; without its ending too. */
const FORMS = [
  (name: string) => name,
  (name: string) => name.toLowerCase().replace(/;\d+$/, ""),
  (name: string) =>
    name
      .toLowerCase()
      .replace(/;\d+$/, "")
      .replace(/\.[a-z0-9]{0,4}$/, ""),
] as const;
