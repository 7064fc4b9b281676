import { firstBytes } from "./file/first-bytes.js";
import type { PathOrBytes } from "./file/input.js";
import { isDicom } from "./read.js";
import { tiffSource } from "./slide/tiff-slide.js";
import { niftiSource } from "./study/nifti-pictures.js";
import { looksLikeZip } from "./worker/unzip.js";

/**
 * Whether a file (or its bytes) is for this folder to read: DICOM, a NIfTI volume, a slide in TIFF, or
 * a ZIP archive. A plain picture is not.
 * Throws `file_not_found`.
 */
export async function isStudy(input: PathOrBytes): Promise<boolean> {
  return (
    (await niftiSource(input)) ||
    (await tiffSource(input)) ||
    looksLikeZip(typeof input === "string" ? await firstBytes(input, 4) : input) ||
    (await isDicom(input))
  );
}
