import { unzipSync } from "fflate";
import { MedGemmaError } from "../../base/errors.js";
import { allowVolume } from "../file/allowances.js";
import { mayGrowTo } from "../file/growth.js";
import { type Limits, tooLarge } from "../file/limits.js";
import { readSource, type Source } from "../file/source.js";

/** A file of an archive. */
export interface ZipEntry {
  /** With its folders. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The signature of an entry's header, with which an archive begins (APPNOTE.TXT 4.3.7). */
export function looksLikeZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/**
 * The files of a ZIP archive, hidden ones left out, in memory: nothing of a patient is written to disk. Sizes are the
 * archive's own and are held to the limits before anything is unpacked; what then is longer is cut off by the decoder.
 * Throws `dicom_unreadable` or `image_too_large`.
 */
export function unzip(source: Source, limits: Limits): ZipEntry[] {
  const archive = readSource(source, limits);
  const most = mayGrowTo(archive.length, limits);
  let files = 0;
  let bytes = 0;
  const wanted = ({ name, originalSize }: { name: string; originalSize: number }) => {
    if (name.endsWith("/") || name.split("/").some((part) => part.startsWith(".") || part === "__MACOSX"))
      return false;
    files += 1;
    bytes += originalSize;
    if (files > limits.maxFiles) throw tooLarge("files", files, limits.maxFiles);
    if (bytes > most) throw tooLarge("unpacked bytes", bytes, most);
    return true;
  };
  allowVolume(archive.length);
  try {
    return Object.entries(unzipSync(archive, { filter: wanted })).map(([name, bytes]) => ({ name, bytes }));
  } catch (error) {
    if (MedGemmaError.isInstance(error)) throw error;
    throw new MedGemmaError("dicom_unreadable", "The ZIP archive is damaged, cut off or encrypted.", {
      remedy: "Unpack it and pass the folder.",
    });
  }
}
