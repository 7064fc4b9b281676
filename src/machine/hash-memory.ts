import { randomUUID } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { cachePlace } from "./cache-place.js";
import { makeFolder } from "./folder.js";

/*
 * What the sha256 of large files was when they were last read, so that starting does not read them again: one small
 * file each, named by where its file lies on the disk, never by its name. It is a convenience: what cannot be read or
 * written is as if it were not there.
 */

const SHA256 = /^[0-9a-f]{64}$/;

const folder = () => path.join(cachePlace(), "hashes");
const recordOf = ({ dev, ino }: BigIntStats) => path.join(folder(), `${dev}-${ino}.json`);

/** A change of any of these may be a change of the content. The kernel sets ctime; no program can set it back. */
function stateOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(" ");
}

/** The hash that the file had in this very state, if that is known. */
export async function rememberedHash(file: BigIntStats): Promise<string | undefined> {
  if (!isIdentifiable(file)) return undefined;
  try {
    if (!(await isPrivate())) return undefined;
    const { state, sha256 } = JSON.parse(await readFile(recordOf(file), "utf8"));
    return state === stateOf(file) && SHA256.test(sha256) ? sha256 : undefined;
  } catch {
    return undefined;
  }
}

export async function rememberHash(file: BigIntStats, sha256: string): Promise<void> {
  if (!isIdentifiable(file)) return;
  const record = recordOf(file);
  const part = `${record}.${randomUUID()}.part`;
  try {
    await makeFolder(folder(), 0o700);
    await writeFile(part, JSON.stringify({ state: stateOf(file), sha256 }), { mode: 0o600, flag: "wx" });
    await rename(part, record);
  } catch {
    await rm(part, { force: true }).catch(() => undefined);
  }
}

/** Some network and virtual disks give each file the number 0. */
const isIdentifiable = ({ ino }: BigIntStats) => ino !== 0n;

/** Others who could write here could give a file another's hash. Modes mean nothing on Windows. */
async function isPrivate(): Promise<boolean> {
  if (process.getuid === undefined) return true;
  const { uid, mode } = await stat(folder());
  return uid === process.getuid() && (mode & 0o022) === 0;
}
