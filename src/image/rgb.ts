/** A picture as the engine takes it: 8-bit RGB at full resolution, and how it came about. */
export interface RgbImage {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** `width * height * 3` bytes, rows from the top, R G B. */
  readonly data: Uint8Array;
  readonly origin: ImageOrigin;
}

/** How the RGB pixels were made; goes into provenance. Holds no names, dates or free text of the source. */
export interface ImageOrigin {
  /** File format or kind of source: `png`, `jpeg`, `raw`, `dicom`, ... */
  readonly format: string;
  /** Width and height as stored, before orientation. */
  readonly storedWidth: number;
  readonly storedHeight: number;
  /** What was done, in order: `orientation 6`, `icc to srgb`, `window -135..215 to green`, ... */
  readonly steps: readonly string[];
  /** How it becomes the encoder's square: see `Fit`. Undefined before that was decided. */
  readonly fit?: "pad" | "stretch" | undefined;
  /** What whoever reads the answer has to know: values that come out nearly black, a decoder's complaint. */
  readonly warnings?: readonly string[] | undefined;
}
