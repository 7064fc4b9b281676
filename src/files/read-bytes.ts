import { constants, type Stats } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { addAbortSignal } from "node:stream";
import { MedGemmaError, throwIfAborted } from "../errors.js";
import { openHandedStream } from "./descriptor.js";
import { fileLabel } from "./name.js";
import { readStream } from "./read-stream.js";

export interface ReadBytesOptions {
  /** Bytes that it may have. */
  readonly most: number;
  /** The error for more than that. */
  readonly tooLarge: (bytes: number) => MedGemmaError;
  readonly signal?: AbortSignal | undefined;
}

const CHUNK = 1 << 20;

/**
 * The one way in which files are read whole: nothing waits for a named pipe or a device, nothing grows beyond its limit,
 * and only the file's own name is told. What a shell hands over (`/dev/stdin`, `/dev/fd/N`) is read to its end.
 * @throws MedGemmaError `file_not_found` (missing, no permission, a folder, a pipe, a device), `tooLarge`'s, `aborted`.
 */
export async function readBytes(file: string, options: ReadBytesOptions): Promise<Buffer> {
  const { signal } = options;
  throwIfAborted(signal);
  const name = fileLabel(file);
  // Node's own refusal quotes the whole.
  if (file === "" || file.includes("\0")) throw notFound(name, "is no path");
  try {
    const stream = await openHandedStream(file);
    if (stream) return await readStream(signal ? addAbortSignal(signal, stream) : stream, options);
    // Asked before opening: opening a device can do something, and opening a pipe waits for its writer.
    const found = await stat(file);
    refuseOthers(found, name);
    if (found.size > options.most) throw options.tooLarge(found.size);
    const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      // It may have become something else meanwhile.
      refuseOthers(await handle.stat(), name);
      return await readHandle(handle, found.size, options);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throwIfAborted(signal);
    if (MedGemmaError.isInstance(error)) throw error;
    // The system's error carries the full path: only its code goes on.
    throw notFound(name, "cannot be read", (error as NodeJS.ErrnoException).code);
  }
}

/** A file that grows while it is read stays within the limit, and one of /proc, which tells no size, is read too. */
async function readHandle(
  handle: FileHandle,
  size: number,
  { most, tooLarge, signal }: ReadBytesOptions,
): Promise<Buffer> {
  let buffer = Buffer.allocUnsafe(size + 1);
  let length = 0;
  for (;;) {
    throwIfAborted(signal);
    const { bytesRead } = await handle.read(buffer, length, Math.min(CHUNK, buffer.length - length), length);
    if (bytesRead === 0) return buffer.subarray(0, length);
    length += bytesRead;
    if (length > most) throw tooLarge(length);
    if (length === buffer.length)
      buffer = Buffer.concat([buffer, Buffer.allocUnsafe(Math.max(CHUNK, length))]);
  }
}

/** @throws MedGemmaError `file_not_found` for all but a regular file. */
export function refuseOthers(found: Stats, name: string): void {
  if (found.isFile()) return;
  throw notFound(name, kindOf(found));
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return "is a folder";
  if (found.isFIFO()) return "is a named pipe";
  if (found.isSocket()) return "is a socket";
  return "is a device";
}

function notFound(name: string, what: string, code?: string): MedGemmaError {
  return new MedGemmaError("file_not_found", `${name} ${what}${code === undefined ? "" : ` (${code})`}.`, {
    facts: { file: name, reason: code ?? what },
  });
}
