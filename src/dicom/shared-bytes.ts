import { setImmediate } from "node:timers/promises";
import { throwIfAborted } from "../base/errors.js";

/** What is shorter is copied to a worker faster than it is shared. */
const WORTH_SHARING = 1 << 20;
/** Bytes copied in one go: a few milliseconds. */
const PIECE = 1 << 24;

/** The same bytes where every worker can read them, so that a large file is not copied for each job; copied in pieces. */
export async function shareBytes(bytes: Uint8Array, signal: AbortSignal | undefined): Promise<Uint8Array> {
  if (bytes.length < WORTH_SHARING || bytes.buffer instanceof SharedArrayBuffer) return bytes;
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  for (let from = 0; from < bytes.length; from += PIECE) {
    shared.set(bytes.subarray(from, from + PIECE), from);
    await setImmediate();
    throwIfAborted(signal);
  }
  return shared;
}

/** The same in a worker, where nobody waits. */
export function sharedBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.length < WORTH_SHARING) return bytes;
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}
