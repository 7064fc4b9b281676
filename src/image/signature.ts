/** Formats that are handed to libvips. Chosen by the first bytes, never by the file's name or media type. */
export type PictureFormat = "png" | "jpeg" | "gif" | "webp" | "tiff" | "heif";

export type Signature =
  | { readonly format: PictureFormat }
  /** Something known that is not read here, and what to do with it. */
  | { readonly foreign: string; readonly remedy: string };

/**
 * What the first bytes say. Only listed formats reach a decoder: libvips would also parse SVG (scripts of fonts, links
 * and entities) and its own formats. `undefined` when nothing is recognised.
 */
export function readSignature(bytes: Uint8Array): Signature | undefined {
  const text = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  const head = text(0, 16);

  if (head.startsWith("\x89PNG\r\n\x1a\n")) return { format: "png" };
  if (head.startsWith("\xff\xd8\xff")) return { format: "jpeg" };
  if (head.startsWith("GIF87a") || head.startsWith("GIF89a")) return { format: "gif" };
  if (head.startsWith("RIFF") && head.slice(8, 12) === "WEBP") return { format: "webp" };
  // A DICOM file may open with a TIFF header in its preamble (the dual-personality files of whole-slide scanners).
  if (text(128, 132) === "DICM") {
    return {
      foreign: "a DICOM file",
      remedy: "Read it as DICOM: it needs its window and its photometry applied.",
    };
  }
  if (/^(II[*+]\0|MM\0[*+])/.test(head)) return { format: "tiff" };
  if (head.slice(4, 8) === "ftyp") return { format: "heif" };

  if (head.startsWith("%PDF")) {
    return { foreign: "a PDF file", remedy: "Render its page to a PNG first; PDF is not decoded here." };
  }
  if (/^(\xef\xbb\xbf)?\s*<(\?xml|!doctype|!--|svg|html)/i.test(text(0, 64))) {
    return { foreign: "SVG, HTML or XML", remedy: "Render it to a PNG first; markup is not decoded here." };
  }
  if (head.startsWith("\x1f\x8b")) {
    return {
      foreign: "a gzip file",
      remedy: "Decompress it first; NIfTI volumes (.nii.gz) are not pictures.",
    };
  }
  if (head.startsWith("PK\x03\x04"))
    return { foreign: "a ZIP archive", remedy: "Unpack it and pass the pictures." };
  if (head.startsWith("BM")) return { foreign: "a BMP file", remedy: "Convert it to PNG first." };
  if (head.startsWith("\xff\x4f\xff\x51") || head.slice(4, 8) === "jP  ") {
    return { foreign: "a JPEG 2000 file", remedy: "Convert it to PNG first." };
  }
  return undefined;
}
