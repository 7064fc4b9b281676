import { createHash } from "node:crypto";
import type { BigIntStats } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { throwIfAborted } from "../base/errors.js";
import { openFile } from "../base/files/open-file.js";
import { rememberedHash, rememberHash } from "./hash-memory.js";

/** Read while the piece before is hashed; hashing one takes half a millisecond of the event loop. */
const PIECE = 1 << 20;
/** A file that was changed so shortly before may be changed again without its times showing it. */
const SETTLED_MS = 2000;

export interface HashedFile {
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/**
 * Size and sha256 of a file. One that was hashed before, and has the same size, times and place on its disk as then, is
 * not read again.
 *
 * @throws MedGemmaError `file_not_found`, `aborted`; the system's error while it reads.
 */
export async function hashFile(file: string, signal?: AbortSignal): Promise<HashedFile> {
  const { handle } = await openFile(file);
  try {
    const before = await handle.stat({ bigint: true });
    const known = await rememberedHash(before);
    if (known !== undefined) return { bytes: Number(before.size), sha256: known };
    const sha256 = await hashOf(handle, signal);
    const after = await handle.stat({ bigint: true });
    if (sameFile(before, after) && isSettled(before)) await rememberHash(before, sha256);
    return { bytes: Number(after.size), sha256 };
  } finally {
    await handle.close();
  }
}

/**
 * The sha256 of what a file holds now, whatever is remembered of it.
 * @param onShare Called with the share that is read, 0..1.
 * @throws MedGemmaError `file_not_found`, `aborted`; the system's error while it reads.
 */
export async function hashAnew(
  file: string,
  signal: AbortSignal | undefined,
  onShare: (share: number) => void,
): Promise<string> {
  const { handle, size } = await openFile(file);
  try {
    return await hashOf(handle, signal, (bytes) => onShare(bytes / size));
  } finally {
    await handle.close();
  }
}

async function hashOf(
  handle: FileHandle,
  signal: AbortSignal | undefined,
  onBytes?: (bytes: number) => void,
): Promise<string> {
  const hash = createHash("sha256");
  // Two buffers in turn: a new one for each piece costs more than hashing it.
  const buffers = [Buffer.allocUnsafe(PIECE), Buffer.allocUnsafe(PIECE)] as const;
  let turn: 0 | 1 = 0;
  let next = handle.read(buffers[turn], 0, PIECE, 0);
  for (let position = 0; ; ) {
    const { bytesRead } = await next;
    if (bytesRead === 0) return hash.digest("hex");
    throwIfAborted(signal);
    const piece = buffers[turn].subarray(0, bytesRead);
    position += bytesRead;
    turn = turn === 0 ? 1 : 0;
    next = handle.read(buffers[turn], 0, PIECE, position);
    // Nobody waits for it any more after an abort.
    next.catch(() => undefined);
    hash.update(piece);
    onBytes?.(position);
  }
}

function sameFile(one: BigIntStats, other: BigIntStats): boolean {
  return one.size === other.size && one.mtimeNs === other.mtimeNs && one.ctimeNs === other.ctimeNs;
}

function isSettled({ ctimeMs }: BigIntStats): boolean {
  return Date.now() - Number(ctimeMs) > SETTLED_MS;
}
