import { HOSTILE_ARCHIVES } from "./archives.js";
import { HOSTILE_DICOM } from "./dicom.js";
import type { HostileMakers } from "./kinds.js";
import { HOSTILE_PICTURES } from "./pictures.js";
import { HOSTILE_VOLUMES } from "./volumes.js";

export type { Hostile, HostileMaker } from "./kinds.js";

/** Makers of hostile files, by kind. */
export const HOSTILE_FILES: HostileMakers = {
  ...HOSTILE_DICOM,
  ...HOSTILE_PICTURES,
  ...HOSTILE_VOLUMES,
  ...HOSTILE_ARCHIVES,
};
