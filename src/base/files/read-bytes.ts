import type { FileHandle } from "node:fs/promises";
import { addAbortSignal } from "node:stream";
import { MedGemmaError, throwIfAborted } from "../errors.js";
import { openHandedStream } from "./descriptor.js";
import { fileLabel } from "./name.js";
import { notFound, openFile } from "./open-file.js";
import { type ReadBytesOptions, readStream } from "./read-stream.js";

const CHUNK = 1 << 20;

/**
 * The one way in which files are read whole: nothing waits for a named pipe or a device, nothing grows beyond its limit,
 * and only the file's own name is told. What a shell hands over (`/dev/stdin`, `/dev/fd/N`) is read to its end.
 * @throws MedGemmaError `file_not_found` (missing, no permission, a folder, a pipe, a device), `tooLarge`'s, `aborted`.
 */
export async function readBytes(file: string, options: ReadBytesOptions): Promise<Buffer> {
  const { signal } = options;
  throwIfAborted(signal);
  try {
    const stream = await openHandedStream(file);
    if (stream) return await readStream(signal ? addAbortSignal(signal, stream) : stream, options);
    const { handle, size } = await openFile(file);
    try {
      if (size > options.most) throw options.tooLarge(size);
      return await readHandle(handle, size, options);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throwIfAborted(signal);
    if (MedGemmaError.isInstance(error)) throw error;
    // The system's error carries the full path: only its code goes on.
    throw notFound(fileLabel(file), "cannot be read", (error as NodeJS.ErrnoException).code);
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
