import { closeSync, constants, fstatSync, openSync, type Stats, statSync } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { MedGemmaError } from "../errors.js";
import { fileLabel } from "./name.js";

/** A path; as bytes where it is no UTF-8 and so cannot be a text. */
type PathLike = string | Buffer;

/** Opening waits for nobody: neither for a pipe's writer nor for a device. */
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * The one way in which files are opened for reading: asked before what they are, for opening a device can do something,
 * and after, for they may have become something else meanwhile.
 * @throws MedGemmaError `file_not_found` (missing, no permission, a folder, a pipe, a socket, a device), by its own name.
 */
export async function openFile(file: PathLike): Promise<{ handle: FileHandle; size: number }> {
  const name = nameOf(file);
  let handle: FileHandle | undefined;
  try {
    refuseOthers(await stat(file), name);
    handle = await open(file, READ);
    const found = await handle.stat();
    refuseOthers(found, name);
    return { handle, size: found.size };
  } catch (error) {
    await handle?.close();
    throw notOpened(error, name);
  }
}

/** The same for a worker, where nobody waits. */
export function openFileSync(file: PathLike): { descriptor: number; size: number } {
  const name = nameOf(file);
  let descriptor: number | undefined;
  try {
    refuseOthers(statSync(file), name);
    descriptor = openSync(file, READ);
    const found = fstatSync(descriptor);
    refuseOthers(found, name);
    return { descriptor, size: found.size };
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    throw notOpened(error, name);
  }
}

/** @throws MedGemmaError `file_not_found` for all but a regular file. */
export function refuseOthers(found: Stats, name: string): void {
  if (found.isFile()) return;
  if (found.isDirectory()) throw folderGiven();
  throw notFound(name, kindOf(found));
}

function nameOf(file: PathLike): string {
  const text = typeof file === "string" ? file : file.toString("latin1");
  const name = fileLabel(text);
  // Node's own refusal quotes the whole.
  if (text === "" || text.includes("\0")) throw notFound(name, "is no path");
  return name;
}

/** The system's error carries the full path: only its code goes on. */
function notOpened(error: unknown, name: string): MedGemmaError {
  if (MedGemmaError.isInstance(error)) return error;
  return notFound(name, "cannot be read", (error as NodeJS.ErrnoException).code);
}

function kindOf(found: Stats): string {
  if (found.isFIFO()) return "is a named pipe";
  if (found.isSocket()) return "is a socket";
  return "is a device";
}

/** Without its name: folders are often named after patients. */
function folderGiven(): MedGemmaError {
  return new MedGemmaError("file_not_found", "A folder was named where a file is needed.", {
    facts: { reason: "is a folder" },
    remedy: "Name a file in it.",
  });
}

export function notFound(name: string, what: string, code?: string): MedGemmaError {
  return new MedGemmaError("file_not_found", `${name} ${what}${code === undefined ? "" : ` (${code})`}.`, {
    facts: { file: name, reason: code ?? what },
  });
}
