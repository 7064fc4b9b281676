export {
  type BoxMeasure,
  type DicomFacts,
  type DicomImage,
  type DicomLimits,
  formatInspection,
  type Inspection,
  inspectPath,
  isDicom,
  measureBox,
  type PictureOptions,
  readDicom,
  type StudyPictures,
  toModelPictures,
} from "./dicom/index.js";
export type {
  DeviceInfo,
  Engine,
  EngineInfo,
  EngineStats,
  FileInfo,
  FinishReason,
  GeneratedToken,
  GenerateOptions,
  GenerationEvent,
  ImageEmbedding,
  ModelInfo,
  Priority,
  ProjectorInfo,
  PromptPart,
  SamplingOptions,
  Score,
  ScoreOptions,
  ScoreResult,
  TokenLogprob,
  Usage,
} from "./engine/engine.js";
export { FakeEngine, type FakePrompt, type FakeScript } from "./engine/fake-engine.js";
export { ERROR_TABLE, type ErrorCode, type ErrorFacts, MedGemmaError } from "./errors.js";
export type { ImageInput } from "./image/input.js";
export type { ImageLimits } from "./image/limits.js";
export type { RawPixels } from "./image/raw-pixels.js";
export type { ImageOrigin, RgbImage } from "./image/rgb.js";
export { type ChatOptions, ChatSession, type ChatTurnOptions } from "./medgemma/chat.js";
export type { Pictures, Question, QuestionPart } from "./medgemma/conversation.js";
export type { ExtractInput, ExtractOptions, ExtractResult, TextInput } from "./medgemma/extract.js";
export { LAB_REPORT_SCHEMA, type LabTest } from "./medgemma/extract-presets.js";
export type { ExtractedValue } from "./medgemma/extract-values.js";
export type { LoadOptions } from "./medgemma/load-options.js";
export { MedGemma, type MedGemmaInfo } from "./medgemma/medgemma.js";
export type { AskOptions, PrepareOptions, StudyOptions } from "./medgemma/options.js";
export type { StudyNote } from "./medgemma/pictures.js";
export type { ModelResult, Provenance, StreamEvent, Timings } from "./medgemma/result.js";
export type { JsonSchema, SchemaOptions, StructuredResult } from "./medgemma/structured.js";
export type { InferOutput, StandardSchema } from "./medgemma/structured-standard.js";
export type { ContentPart, Message } from "./prompt/message.js";
