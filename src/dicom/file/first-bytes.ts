import { fileLabel } from "../../base/files/name.js";
import { notFound, openFile } from "../../base/files/open-file.js";

/** The beginning of a file, for looking at what it is. Throws `file_not_found`. */
export async function firstBytes(path: string, count = 512): Promise<Uint8Array> {
  const { handle } = await openFile(path);
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(count), 0, count, 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    // Files of the kernel can be opened, and not be read.
    throw notFound(fileLabel(path), "cannot be read", (error as NodeJS.ErrnoException).code);
  } finally {
    await handle.close();
  }
}
