import type { FrameGeometry } from "./attributes.js";
import type { DicomFacts } from "./facts.js";
import type { Pass } from "./pass.js";
import type { Source } from "./source.js";

/** One slice of a volume: a single-frame file, or a frame of a multi-frame one. */
export interface Slice {
  readonly source: Source;
  readonly frame: number;
  /** SOP Instance UID; empty where a writer left it out. */
  readonly instance: string;
  readonly geometry: FrameGeometry;
  readonly instanceNumber: number | undefined;
  readonly pass: Pass;
  readonly facts: DicomFacts;
}
