export {
  ERROR_TABLE,
  type ErrorCode,
  type ErrorData,
  type ErrorFacts,
  type FactsOf,
  MedGemmaError,
} from "./base/errors.js";
export {
  EVALUATE_TASKS,
  type EvaluateCase,
  type EvaluateOptions,
  type EvaluateTask,
  type Evaluation,
  evaluate,
  evaluationSvg,
  type FieldFigures,
  type Figures,
  type Interval,
  type LabelFigures,
  PUBLISHED,
  type PublishedFigure,
  publishedFigures,
  readCases,
  type TrueBox,
} from "./dataset/evaluate.js";
export {
  type LossInput,
  type QuantizationLoss,
  quantizationLoss,
  type TextLoss,
} from "./dataset/quantize.js";
export {
  type PrepareTuningOptions,
  prepareTuning,
  readTuneCases,
  type TuneCase,
  type TuningSet,
} from "./dataset/tune.js";
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
  AdapterInfo,
  AdapterUse,
  DeviceInfo,
  EncodeOptions,
  EndpointCapabilities,
  EndpointStats,
  Engine,
  EngineInfo,
  EngineStats,
  EngineTimings,
  FileInfo,
  FinishReason,
  GeneratedToken,
  GenerateOptions,
  GenerationEvent,
  ImageEmbedding,
  ModelInfo,
  PlacementInfo,
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
export type { AdapterOption } from "./engine/native/adapters.js";
export { type Quantized, type QuantizeOptions, quantize, quantizeTypes } from "./engine/process/quantize.js";
export type { PatientRecord, ReadRecordOptions, RecordEntry, RecordInput } from "./fhir/record.js";
export { readRecord } from "./fhir/record.js";
export type { ImageInput } from "./image/input.js";
export type { ImageLimits } from "./image/limits.js";
export type { RawPixels } from "./image/raw-pixels.js";
export type { ImageOrigin, RgbImage } from "./image/rgb.js";
export {
  type Calibration,
  type CalibrationCase,
  type CalibrationOptions,
  fitCalibration,
} from "./medgemma/calibration.js";
export { type ChatOptions, type ChatResult, ChatSession, type ChatTurnOptions } from "./medgemma/chat.js";
export type { ChatSnapshot, SnapshotPicture } from "./medgemma/chat-snapshot.js";
export type { ClassifyResult } from "./medgemma/classify.js";
export type { LabelProbability } from "./medgemma/classify-labels.js";
export type { ClassifyOptions } from "./medgemma/classify-options.js";
export type { LabelPrior } from "./medgemma/classify-prior.js";
export type { CompareOptions, CompareResult } from "./medgemma/compare.js";
export type { Pictures, Question, QuestionPart } from "./medgemma/conversation.js";
export type { DecidePresets } from "./medgemma/decide/presets.js";
export type { SuspiciousEntry } from "./medgemma/decide/record-lines.js";
export type { RemovedPointer, Sections, Statement } from "./medgemma/decide/statements.js";
export type { DecideStep } from "./medgemma/decide/step.js";
export type { DecideOptions, DecideResult } from "./medgemma/decide.js";
export type { EmbedOptions, EmbedResult, TokenMatrix } from "./medgemma/embed.js";
export {
  Head,
  type HeadFit,
  type HeadLabel,
  type HeadPrediction,
  type StrengthReport,
} from "./medgemma/embed-head.js";
export { type FitHeadOptions, fitHead, type HeadLabels } from "./medgemma/embed-head-fit.js";
export type { Pooling } from "./medgemma/embed-pool.js";
export type { EmbeddingSpace, SpacedVector, VectorInput } from "./medgemma/embed-space.js";
export type { ExplainOptions, ExplainResult } from "./medgemma/explain.js";
export type { ExtractInput, ExtractOptions, ExtractResult, TextInput } from "./medgemma/extract.js";
export { LAB_REPORT_SCHEMA, type LabTest } from "./medgemma/extract-presets.js";
export type { ExtractedValue } from "./medgemma/extract-values.js";
export { ImageIndex, type SearchHit, type SearchOptions } from "./medgemma/image-index/image-index.js";
export type { IndexEntry, Metadata, MetadataValue } from "./medgemma/image-index/rows.js";
export type { InterviewPresets } from "./medgemma/interview/presets.js";
export type { Exchange, InterviewAlert, InterviewReport, ReportPart } from "./medgemma/interview/report.js";
export { type InterviewOptions, type InterviewQuestion, InterviewSession } from "./medgemma/interview.js";
export type { LoadOptions } from "./medgemma/load-options.js";
export type { LocateOptions, LocateResult } from "./medgemma/locate.js";
export type { DroppedLocation, LocatedBox } from "./medgemma/locate-boxes.js";
export { type DrawOptions, drawBoxes } from "./medgemma/locate-draw.js";
export { MedGemma, type MedGemmaInfo } from "./medgemma/medgemma.js";
export type { AskOptions, PrepareOptions, StudyOptions } from "./medgemma/options.js";
export type { StudyNote } from "./medgemma/pictures.js";
export type { ReportOptions, ReportResult } from "./medgemma/report.js";
export type { ModelResult, Provenance, StreamEvent, Timings } from "./medgemma/result.js";
export type { JsonSchema, SchemaOptions, StructuredResult } from "./medgemma/structured.js";
export type { InferOutput, StandardSchema } from "./medgemma/structured-standard.js";
export type { TaskOptions } from "./medgemma/task-prompt.js";
export type { TextResult } from "./medgemma/task-text.js";
export type { Consciousness, TriageCase, Vitals } from "./medgemma/triage/case.js";
export type { RuleCheck, RuleReport, ScoreReport } from "./medgemma/triage/limits.js";
export type { TriageOptions } from "./medgemma/triage/options.js";
export type { ScreenAnswer, ScreenReport } from "./medgemma/triage/screen.js";
export type { TriageAnswer, TriageResult } from "./medgemma/triage.js";
export { TRIAGE_SCALES, type TriageScaleId } from "./medgemma/triage-scales/index.js";
export type {
  ScoreUse,
  TriageLevel,
  TriageScale,
  VitalRule,
  VitalScore,
  WordRule,
} from "./medgemma/triage-scales/scale.js";
export { type ListedFile, listAddressedFiles } from "./models/addressed.js";
export {
  type ListedModel,
  listModels,
  removeModel,
  type VerifiedFile,
  verifyModels,
} from "./models/manage.js";
export { type DownloadProgress, type PulledModel, type PullOptions, pullModel } from "./models/pull.js";
export type { ModelSettings } from "./models/settings.js";
export type { ContentPart, Message } from "./prompt/message.js";
export { PRESETS, type Preset, type PresetPart } from "./prompt/presets.js";
export { type LocatePreset, type ScoredPreset, TASK_PRESETS } from "./prompt/presets-tasks.js";
export type { ReportSection } from "./prompt/report-sections.js";
