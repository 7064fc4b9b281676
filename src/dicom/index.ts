/** DICOM, NIfTI and slides to the pictures that MedGemma was trained on. */

export type { DicomFacts } from "./file/facts.js";
export type { Identity } from "./file/identity.js";
export type { DicomInput, StudyInput } from "./file/input.js";
export type { DicomLimits } from "./file/limits.js";
export { type Inspection, type InspectOptions, inspectPath } from "./inspect.js";
export { formatInspection } from "./inspect-text.js";
export { isStudy } from "./is-study.js";
export { type DicomImage, isDicom, type ReadOptions, readDicom } from "./read.js";
export type { ModelVersion } from "./show/rule-table.js";
export type { WindowChoice } from "./show/show.js";
export {
  type BoxMeasure,
  boxInSlide,
  measureBox,
  type PictureBox,
  type PictureSpace,
  patientPosition,
} from "./study/boxes.js";
export type { PicturePlace, StudyPart, StudyPictures } from "./study/study-pictures.js";
export type { PictureOptions, StudyProgress } from "./study/work.js";
export { toModelPictures } from "./to-pictures.js";
export { closeDecoders } from "./worker/pool.js";
