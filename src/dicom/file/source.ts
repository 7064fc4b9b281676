import { closeSync, readSync } from "node:fs";
import { MedGemmaError } from "../../base/errors.js";
import { openFileSync } from "../../base/files/open-file.js";
import { allowParsing } from "./allowances.js";
import { locate } from "./data-set-start.js";
import { type Parsed, parse } from "./dataset.js";
import { type Limits, tooLarge } from "./limits.js";
import { type FilePath, toArgument } from "./paths.js";
import { TAG } from "./tags.js";

/** A file by path, or its bytes. */
export type Source =
  | { readonly path: FilePath }
  | {
      readonly bytes: Uint8Array;
      /** In the archive they are from. */
      readonly name?: string | undefined;
      /** The same for the same bytes: what was opened for one job is known again by the next. */
      readonly key?: number | undefined;
    };

/** First read of a header; most fit. Then eight times as much, until Pixel Data is reached or the file ends. */
const HEADER_CHUNK = 256 * 1024;

/** Bytes before Pixel Data that are looked through: the headers of a slide of 200,000 tiles take a tenth. */
const LONGEST_HEADER = 256 << 20;

/** Bytes of a whole file. Synchronous: it runs in a worker, where nobody waits. Throws `file_not_found` or `image_too_large`. */
export function readSource(source: Source, limits: Limits): Uint8Array {
  if ("bytes" in source) {
    if (source.bytes.length > limits.maxBytes) throw tooLarge("bytes", source.bytes.length, limits.maxBytes);
    allowParsing(source.bytes.length);
    return source.bytes;
  }
  return withFile(source.path, (file, size) => {
    if (size > limits.maxBytes) throw tooLarge("bytes", size, limits.maxBytes);
    allowParsing(size);
    return readBytes(file, size);
  });
}

/** Parses a whole file; see {@link parse}. */
export function parseSource(source: Source, limits: Limits): Parsed {
  return parse(locate(readSource(source, limits), limits));
}

/** Parses as little of a file as holds its header. */
export function parseHeader(source: Source, limits: Limits): Parsed {
  if ("bytes" in source) return parseSource(source, limits);
  return withFile(source.path, (file, size) => {
    if (size > limits.maxBytes) throw tooLarge("bytes", size, limits.maxBytes);
    allowParsing(size);
    for (let wanted = HEADER_CHUNK; wanted < size; wanted *= 8) {
      if (wanted > LONGEST_HEADER) throw tooLarge("bytes before its pixel data", wanted, LONGEST_HEADER);
      const parsed = tryPart(readBytes(file, wanted), limits, size);
      if (parsed) return parsed;
    }
    return parse(locate(readBytes(file, size), limits));
  });
}

/** A part of a file is enough when Pixel Data was reached in it; a deflated one never is. */
function tryPart(bytes: Uint8Array, limits: Limits, size: number): Parsed | undefined {
  try {
    const parsed = parse(locate(bytes, limits), size);
    return parsed.dataset.element(TAG.pixelData) && !parsed.syntax.deflated ? parsed : undefined;
  } catch (error) {
    if (MedGemmaError.isInstance(error) && error.code === "not_dicom") throw error;
    return undefined;
  }
}

function withFile<T>(path: FilePath, use: (file: number, size: number) => T): T {
  const { descriptor, size } = openFileSync(toArgument(path));
  try {
    return use(descriptor, size);
  } finally {
    closeSync(descriptor);
  }
}

function readBytes(file: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let done = 0;
  while (done < size) {
    const count = readSync(file, bytes, done, size - done, done);
    if (count === 0) break;
    done += count;
  }
  return bytes.subarray(0, done);
}
