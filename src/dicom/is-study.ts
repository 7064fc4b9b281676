import { niftiSource } from "./nifti-pictures.js";
import { type DicomInput, isDicom } from "./read.js";
import { tiffSource } from "./slide-tiff.js";

/**
 * Whether a file (or its bytes) is for this folder to read: DICOM, a NIfTI volume, or a slide in TIFF. A plain picture is not.
 * Throws `file_not_found`.
 */
export async function isStudy(input: DicomInput): Promise<boolean> {
  return (await niftiSource(input)) || (await tiffSource(input)) || (await isDicom(input));
}
