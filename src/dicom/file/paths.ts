import path from "node:path";
import { fileLabel } from "../../base/files/name.js";

/** A path; as bytes where it is no UTF-8 and so cannot be a text. */
export type FilePath = string | Uint8Array;

/** As Node's file functions take it. Bytes that came from a worker have lost their class. */
export function toArgument(file: FilePath): string | Buffer {
  return typeof file === "string" ? file : Buffer.from(file.buffer, file.byteOffset, file.byteLength);
}

export function joinPath(folder: FilePath, name: Uint8Array): FilePath {
  const text = Buffer.from(name).toString("utf8");
  if (typeof folder === "string" && Buffer.from(text, "utf8").equals(name)) return path.join(folder, text);
  return Buffer.concat([Buffer.from(folder), Buffer.from(path.sep), name]);
}

/** For sorting and for messages: bytes that are no UTF-8 as Latin-1. */
export function pathText(file: FilePath): string {
  return typeof file === "string" ? file : Buffer.from(file).toString("latin1");
}

/** What a source is called where it is from; undefined for mere bytes. */
export function nameOf(
  source: { readonly path: FilePath } | { readonly name?: string | undefined },
): string | undefined {
  return "path" in source ? pathText(source.path) : source.name;
}

/** How messages name a source: its file's own name, or its number in the list. */
export function sourceName(source: Parameters<typeof nameOf>[0], index: number): string {
  const name = nameOf(source);
  return name === undefined ? `file ${index + 1}` : fileLabel(name);
}
