import { readdir, stat } from "node:fs/promises";
import { type Limits, tooLarge } from "../file/limits.js";
import { type FilePath, joinPath, toArgument } from "../file/paths.js";

export interface FolderFiles {
  /** By name. */
  readonly files: readonly FilePath[];
  /** What was met and not opened, in words. */
  readonly notes: readonly string[];
}

interface Found {
  readonly files: FilePath[];
  /** Links to files, with what tells their targets. */
  readonly links: { readonly file: FilePath; readonly target: string }[];
  readonly left: Record<keyof typeof LEFT_WORDS, number>;
}

const LEFT_WORDS = {
  folderLinks: "links to folders are not followed",
  lostLinks: "links lead nowhere",
  closed: "folders cannot be opened",
  special: "entries are neither files nor folders",
};

/**
 * All files below a folder; hidden ones are left out. A link to a file is that file, unless the folder has it anyway; links
 * to folders may lead in circles or anywhere, and are not followed.
 */
export async function filesIn(folder: string, limits: Limits): Promise<FolderFiles> {
  const found: Found = {
    files: [],
    links: [],
    left: { folderLinks: 0, lostLinks: 0, closed: 0, special: 0 },
  };
  await visit(folder, found, limits);
  if (found.links.length > 0) {
    const known = new Set((await Promise.all(found.files.map(lookAt))).map((file) => file?.identity));
    for (const { file, target } of found.links) {
      if (known.has(target)) continue;
      known.add(target);
      found.files.push(file);
    }
    checkCount(found, limits);
  }
  const notes = Object.entries(LEFT_WORDS).flatMap(([name, words]) => {
    const number = found.left[name as keyof typeof LEFT_WORDS];
    return number > 0 ? [`${number} ${words}`] : [];
  });
  return { files: found.files, notes };
}

async function visit(folder: FilePath, found: Found, limits: Limits): Promise<void> {
  for (const { name, kind } of await entriesOf(folder, found)) {
    const full = joinPath(folder, name);
    if (kind === "folder") await visit(full, found, limits);
    else if (kind === "file") found.files.push(full);
    else if (kind === "link") await visitLink(full, found);
    else found.left.special++;
    checkCount(found, limits);
  }
}

/** Names as bytes, for not every name is UTF-8; sorted by them. */
async function entriesOf(folder: FilePath, found: Found) {
  try {
    const entries = await readdir(toArgument(folder), { withFileTypes: true, encoding: "buffer" });
    return entries
      .filter(({ name }) => name[0] !== ".".charCodeAt(0))
      .sort((a, b) => Buffer.compare(a.name, b.name))
      .map((entry) => ({
        name: entry.name,
        kind: entry.isDirectory()
          ? "folder"
          : entry.isFile()
            ? "file"
            : entry.isSymbolicLink()
              ? "link"
              : "special",
      }));
  } catch {
    found.left.closed++;
    return [];
  }
}

async function visitLink(link: FilePath, found: Found): Promise<void> {
  const target = await lookAt(link);
  if (target?.kind === "file") found.links.push({ file: link, target: target.identity });
  else if (target?.kind === "folder") found.left.folderLinks++;
  else found.left[target ? "special" : "lostLinks"]++;
}

/**
 * What a name leads to, by one look, for it may be gone at the next; undefined where it leads nowhere. The identity is the
 * same for every name of one file.
 */
async function lookAt(file: FilePath) {
  try {
    const found = await stat(toArgument(file), { bigint: true });
    const kind = found.isFile() ? "file" : found.isDirectory() ? "folder" : "special";
    return { kind, identity: `${found.dev}:${found.ino}` };
  } catch {
    return undefined;
  }
}

function checkCount({ files, links }: Found, limits: Limits): void {
  const count = files.length + links.length;
  if (count > limits.maxFiles) throw tooLarge("files", count, limits.maxFiles);
}
