/** DICOM, NIfTI and slides to the pictures that MedGemma was trained on. */
export {
  type BoxMeasure,
  boxInSlide,
  measureBox,
  type PictureBox,
  type PictureSpace,
  patientPosition,
} from "./boxes.js";
export type { DicomFacts } from "./facts.js";
export type { DicomInput, StudyInput } from "./input.js";
export { type Inspection, type InspectOptions, inspectPath } from "./inspect.js";
export { formatInspection } from "./inspect-text.js";
export { isStudy } from "./is-study.js";
export type { DicomLimits } from "./limits.js";
export { closeDecoders } from "./pool.js";
export { type DicomImage, isDicom, type ReadOptions, readDicom } from "./read.js";
export type { ModelVersion } from "./rule-table.js";
export type { WindowChoice } from "./show.js";
export type { PicturePlace, StudyPart, StudyPictures } from "./study-pictures.js";
export type { Identity } from "./text.js";
export { toModelPictures } from "./to-pictures.js";
export type { PictureOptions, StudyProgress } from "./work.js";
