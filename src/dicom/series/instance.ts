import type { Source } from "../file/source.js";
import type { Header } from "./header.js";

/** A DICOM file whose header was read. */
export interface Instance {
  readonly source: Source;
  readonly header: Header;
}

/** A frame of a file. */
export interface FrameOf {
  readonly instance: Instance;
  readonly frame: number;
}
