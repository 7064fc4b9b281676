import { types } from "node:util";
import type { Sharp } from "sharp";
import { badOption } from "../base/errors.js";
import type { BlobLike } from "../base/files/blob.js";
import { bytesOf } from "../base/files/handed-bytes.js";
import { type ByteStream, isByteStream } from "../base/files/read-stream.js";
import { plain, reading } from "../base/options.js";
import type { RawPixels } from "./raw-pixels.js";
import type { RgbImage } from "./rgb.js";

/**
 * What counts as a picture:
 * - a path, or a `file:` or `data:` URL as text or `URL` (http and the like are refused: fetching is the caller's)
 * - a file in base64 as text, known by its first bytes
 * - the bytes of a PNG, JPEG, WebP, GIF (its first frame), TIFF or AVIF file, a Blob or File of them, or a stream (a web
 *   `ReadableStream`, Node's `Readable`), which is read to its end
 * - a sharp instance: what its pipeline makes
 * - raw pixels, or an `RgbImage`, which is taken as it is
 */
export type ImageInput =
  | string
  | URL
  | Uint8Array
  | ArrayBuffer
  | BlobLike
  | ByteStream
  | Sharp
  | RawPixels
  | RgbImage;

export type InputKind =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "blob"; readonly blob: BlobLike }
  | { readonly kind: "stream"; readonly stream: ByteStream }
  | { readonly kind: "sharp"; readonly pipeline: Sharp }
  | { readonly kind: "raw"; readonly pixels: RawPixels }
  | { readonly kind: "rgb"; readonly image: RgbImage };

/** Sorts the inputs by what they can do, not by class: objects of another realm or another copy of sharp are welcome. */
export function kindOfInput(input: unknown): InputKind {
  const known = reading("input", () => sorted(plain("input", input)));
  // It is taken as it is: the same picture stays the same object.
  return known.kind === "rgb" ? { kind: "rgb", image: input as RgbImage } : known;
}

function sorted(input: unknown): InputKind {
  if (typeof input === "string") return { kind: "text", text: input };
  if (input instanceof URL) return { kind: "text", text: input.href };
  if (types.isAnyArrayBuffer(input)) return { kind: "bytes", bytes: bytesOf(input) };
  if (types.isUint8Array(input)) return { kind: "bytes", bytes: bytesOf(input) };
  if (typeof input === "object" && input !== null && !ArrayBuffer.isView(input)) {
    const can = (name: string) => typeof (input as Record<string, unknown>)[name] === "function";
    if (can("clone") && can("metadata") && can("toBuffer"))
      return { kind: "sharp", pipeline: input as Sharp };
    if (can("arrayBuffer") && "size" in input) return { kind: "blob", blob: input as unknown as BlobLike };
    if (isByteStream(input)) return { kind: "stream", stream: input };
    if ("data" in input && "origin" in input) return { kind: "rgb", image: input as RgbImage };
    if ("data" in input && "width" in input) return { kind: "raw", pixels: input as RawPixels };
  }
  throw badOption(
    "input",
    "a path, file: or data: URL, Uint8Array, ArrayBuffer, Blob, stream, sharp instance, raw pixels or RgbImage",
    input,
  );
}
