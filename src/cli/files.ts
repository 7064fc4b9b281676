import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { MedGemmaError } from "../errors.js";

/**
 * A file of text.
 * @throws MedGemmaError `file_not_found`, also for a folder; `record_unreadable` for a picture or another binary file.
 */
export async function readTextFile(file: string): Promise<string> {
  const name = path.basename(file);
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new MedGemmaError("file_not_found", `${name} cannot be read (${error.code}).`, {
      facts: { file: name, reason: error.code },
    });
  });
  if (!text.includes("\0")) return text;
  throw new MedGemmaError("record_unreadable", `${name} is a binary file, and text is needed here.`, {
    facts: { file: name },
    remedy: "Pass a file of plain text or JSON.",
  });
}

/**
 * Where a file will be written, asked before the work for it.
 * @throws MedGemmaError `bad_option`.
 */
export async function checkOutputFile(flag: string, file: string): Promise<void> {
  if (await isFolder(file)) throw cannotWrite(flag, file, "it is a folder");
  if (!(await isFolder(path.dirname(file)))) throw cannotWrite(flag, file, "its folder is not there");
}

/** The same for a folder, which is made when it is missing. */
export async function checkOutputFolder(flag: string, folder: string): Promise<void> {
  for (let place = path.resolve(folder); ; place = path.dirname(place)) {
    const there = await stat(place).catch(() => undefined);
    if (there?.isDirectory()) return;
    if (there) throw cannotWrite(flag, folder, "a file has that name");
    if (place === path.dirname(place)) return;
  }
}

async function isFolder(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function cannotWrite(flag: string, file: string, why: string): MedGemmaError {
  return new MedGemmaError("bad_option", `${path.basename(file)} cannot be written: ${why}.`, {
    facts: { option: flag, file: path.basename(file) },
    remedy: `Name another place with ${flag}.`,
  });
}
