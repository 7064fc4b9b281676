import type { FrameGeometry } from "../file/attributes.js";
import type { DicomFacts } from "../file/facts.js";
import type { Pass } from "./pass.js";

/** One slice of a volume: a single-frame file, or a frame of a multi-frame one. */
export interface Slice {
  /** Which of the files that are grouped, and what it is called. */
  readonly file: number;
  readonly name: string | undefined;
  readonly frame: number;
  /** SOP Instance UID; empty where a writer left it out. */
  readonly instance: string;
  readonly geometry: FrameGeometry;
  readonly instanceNumber: number | undefined;
  readonly pass: Pass;
  readonly facts: DicomFacts;
}
