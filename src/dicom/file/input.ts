import { fileURLToPath } from "node:url";
import { types } from "node:util";
import { badOption } from "../../base/errors.js";
import type { BlobLike } from "../../base/files/blob.js";
import { bytesOf, bytesOfBlob } from "../../base/files/handed-bytes.js";
import { tooSilent } from "../../base/files/patience.js";
import { type ByteStream, isByteStream, readStream } from "../../base/files/read-stream.js";
import { plain, reading } from "../../base/options.js";
import { type Limits, tooLarge } from "./limits.js";
import { type SharedBytes, WORTH_SHARING } from "./shared-bytes.js";
import type { Source } from "./source.js";

/** A file: its path or `file:` URL, its bytes, a Blob or File of them, or a stream, which is read to its end. */
export type DicomInput = string | URL | Uint8Array | ArrayBuffer | BlobLike | ByteStream;

/** What is read over and over: a path, or bytes in memory. */
export type PathOrBytes = string | Uint8Array;

export type StudyInput = DicomInput | readonly DicomInput[];

/** A study's input that is read over and over. */
export type HeldInput = PathOrBytes | readonly PathOrBytes[];

/** Reads what can be read once only; bytes where workers can read them. Throws `bad_option`, `image_too_large` or `aborted`. */
export async function toPathOrBytes(
  given: DicomInput,
  limits: Limits,
  signal: AbortSignal | undefined,
  shared: SharedBytes,
): Promise<PathOrBytes> {
  const input = plain("source", given);
  const held = await readOnce(input, limits, signal);
  if (typeof held === "string") return held;
  if (held.length > limits.maxBytes) throw tooLarge("bytes", held.length, limits.maxBytes);
  return shared.share(held);
}

/** Bytes that an input is known to have, where they are copied to be shared. */
export function knownBytes(input: DicomInput): number {
  const known = reading("source", () => sorted(input));
  const bytes = known.kind === "bytes" ? known.bytes.length : known.kind === "blob" ? known.size : 0;
  return bytes >= WORTH_SHARING ? bytes : 0;
}

async function readOnce(
  input: DicomInput,
  { maxBytes, maxSilence }: Limits,
  signal: AbortSignal | undefined,
): Promise<PathOrBytes> {
  const silence = { most: maxSilence, error: () => tooSilent("dicom_timeout", maxSilence) };
  const refuse = (bytes: number) => tooLarge("bytes", bytes, maxBytes);
  const known = reading("source", () => sorted(input));
  switch (known.kind) {
    case "path":
      return known.path;
    case "bytes":
      return known.bytes;
    case "stream":
      return readStream(known.stream, { most: maxBytes, tooLarge: refuse, signal, silence });
    case "blob":
      if (known.size > maxBytes) throw refuse(known.size);
      return bytesOfBlob(known.blob, { signal, silence });
  }
}

type Known =
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "stream"; readonly stream: ByteStream }
  | { readonly kind: "blob"; readonly blob: BlobLike; readonly size: number };

function sorted(input: unknown): Known {
  if (typeof input === "string") return { kind: "path", path: /^file:/i.test(input) ? pathOf(input) : input };
  if (input instanceof URL) return { kind: "path", path: pathOf(input) };
  if (input instanceof Uint8Array || types.isAnyArrayBuffer(input))
    return { kind: "bytes", bytes: bytesOf(input) };
  if (isByteStream(input)) return { kind: "stream", stream: input };
  const blob = input as BlobLike;
  if (typeof input === "object" && input !== null && typeof blob.arrayBuffer === "function")
    return { kind: "blob", blob, size: blob.size };
  throw badOption("source", "a path, file: URL, bytes, Blob or stream", input);
}

function pathOf(url: string | URL): string {
  try {
    return fileURLToPath(url);
  } catch {
    throw badOption("source", "a file: URL without a host", String(url));
  }
}

let keys = 0;

export function toSource(input: PathOrBytes): Source {
  return typeof input === "string" ? { path: input } : { bytes: input, key: ++keys };
}
