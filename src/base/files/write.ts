import type { Stats } from "node:fs";
import { access, constants, stat, writeFile } from "node:fs/promises";
import { MedGemmaError } from "../errors.js";
import { Beside, behindLinks, writeBeside } from "./beside.js";
import { fileLabel } from "./name.js";

/** Files that a shell has opened for this process: another in their place would not be seen by it. */
const HANDED = /^\/(?:dev\/(?:stdin|stdout|stderr|fd\/\d+)|proc\/[^/]+\/fd\/\d+)$/;
/** The folder takes no other file, or this one's name belongs to it: one that is mounted by itself, or that Windows holds open. */
const ONLY_IN_PLACE = ["EACCES", "EPERM", "EROFS", "EBUSY", "EXDEV"];

/**
 * The one way in which results are written to files that a caller names. What was there stays until all of the new is on
 * the disk; pipes, devices and what a shell handed over are written to.
 * @param mode Of a file that is made; one that is replaced keeps its own.
 * @throws MedGemmaError `output_failed`.
 */
export async function writeOutput(file: string, content: string | Uint8Array, mode?: number): Promise<void> {
  try {
    const found = await stat(file).catch(() => undefined);
    if (HANDED.test(file) || (found && !found.isFile())) await writeFile(file, content);
    else if (found) await replace(await behindLinks(file), content, found);
    else await writeBeside(file, content, mode === undefined ? {} : { mode });
  } catch (error) {
    throw notWritten(file, (error as NodeJS.ErrnoException).code);
  }
}

async function replace(file: string, content: string | Uint8Array, { mode }: Stats): Promise<void> {
  // A rename asks the folder only; a file that is protected stays.
  await access(file, constants.W_OK);
  try {
    await writeBeside(file, content, { mode: mode & 0o777, exactly: true });
  } catch (error) {
    if (!ONLY_IN_PLACE.includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    await writeFile(file, content);
  }
}

/**
 * A name beside a large result, for what writes it.
 * @throws MedGemmaError `output_failed`.
 */
export function besideOutput(file: string): Promise<Beside> {
  return behindLinks(file)
    .then((target) => Beside.make(target))
    .catch((error: NodeJS.ErrnoException) => {
      throw notWritten(file, error.code);
    });
}

/** A folder's own name is not told. */
export function notWritten(file: string, code: string | undefined): MedGemmaError {
  if (code === "EISDIR") return outputFailed("A folder", code);
  const name = fileLabel(file);
  return outputFailed(name, code, name);
}

/** @param code The system's, e.g. `ENOSPC`. */
export function outputFailed(what: string, code: string | undefined, file?: string): MedGemmaError {
  const full = code === "ENOSPC" || code === "EDQUOT";
  const why = full ? "its disk is full" : "the system refuses";
  return new MedGemmaError("output_failed", `${what} cannot be written: ${why} (${code}).`, {
    facts: { file, reason: code },
    ...(full && { remedy: "Free room where it goes, or name another place." }),
  });
}
