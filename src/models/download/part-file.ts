import { createHash, type Hash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { MedGemmaError, throwIfAborted } from "../../base/errors.js";
import { fileLabel } from "../../base/files/name.js";
import { refuseOthers } from "../../base/files/open-file.js";
import { isLink } from "./models-folder.js";

const CHUNK = 1 << 20;

/**
 * The part of a file that is here, hashed as it grows. Bytes are only ever appended, so that whatever moment a process
 * is killed at, what is on the disk is the beginning of the file.
 */
export class PartFile {
  readonly #handle: FileHandle;
  readonly #name: string;
  #hash: Hash = createHash("sha256");
  #bytes = 0;

  private constructor(handle: FileHandle, name: string) {
    this.#handle = handle;
    this.#name = name;
  }

  /** Opens it and hashes what is there; `onBytes` is told how far that is. */
  static async open(
    file: string,
    signal: AbortSignal | undefined,
    onBytes: (bytes: number) => void,
  ): Promise<PartFile> {
    // Not "a+": Linux ignores positions there. A link is not followed, whoever put it there.
    const flags = constants.O_RDWR | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
    const handle = await open(file, flags).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ELOOP") throw isLink(fileLabel(file));
      if (error.code !== "ENOENT") throw error;
      return open(file, "wx+", 0o644);
    });
    const part = new PartFile(handle, fileLabel(file));
    try {
      refuseOthers(await handle.stat(), fileLabel(file));
      const buffer = Buffer.allocUnsafe(CHUNK);
      for (;;) {
        throwIfAborted(signal);
        const { bytesRead } = await handle.read(buffer, 0, CHUNK, part.#bytes);
        if (bytesRead === 0) return part;
        part.#hash.update(buffer.subarray(0, bytesRead));
        part.#bytes += bytesRead;
        onBytes(part.#bytes);
      }
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Of what is there now. */
  get sha256(): string {
    return this.#hash.copy().digest("hex");
  }

  /** @throws MedGemmaError `disk_full`. */
  async append(chunk: Uint8Array): Promise<void> {
    let done = 0;
    while (done < chunk.byteLength) {
      const { bytesWritten } = await this.#handle
        .write(chunk, done, chunk.byteLength - done, this.#bytes)
        .catch((error: NodeJS.ErrnoException) => {
          if (error.code !== "ENOSPC" && error.code !== "EDQUOT") throw error;
          const facts = { file: this.#name, reason: error.code };
          throw new MedGemmaError("disk_full", undefined, { facts, cause: error });
        });
      this.#hash.update(chunk.subarray(done, done + bytesWritten));
      this.#bytes += bytesWritten;
      done += bytesWritten;
    }
  }

  /** Throws away what is there. */
  async restart(): Promise<void> {
    await this.#handle.truncate(0);
    this.#hash = createHash("sha256");
    this.#bytes = 0;
  }

  async sync(): Promise<void> {
    await this.#handle.sync();
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
