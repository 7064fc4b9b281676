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
  type Quantized,
  type QuantizeOptions,
  quantizationLoss,
  quantize,
  quantizeTypes,
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
  Score,
  ScoreOptions,
  ScoreResult,
  TokenLogprob,
  Usage,
} from "./engine/engine.js";
export { FakeEngine, type FakePrompt, type FakeScript } from "./engine/fake-engine.js";
export type { AdapterOption } from "./engine/native/adapters.js";
export type { SamplingOptions } from "./engine/sampling.js";
export type { PatientRecord, ReadRecordOptions, RecordEntry, RecordInput } from "./fhir/record.js";
export { readRecord } from "./fhir/record.js";
export type { ImageInput } from "./image/input.js";
export type { ImageLimits } from "./image/limits.js";
export type { RawPixels } from "./image/raw-pixels.js";
export type { ImageOrigin, RgbImage } from "./image/rgb.js";
export type { LoadOptions } from "./medgemma/load/load-options.js";
export { MedGemma, type MedGemmaInfo } from "./medgemma/medgemma.js";
export type { SuspiciousEntry } from "./medgemma/record/record-lines.js";
export type { RemovedPointer, Sections, Statement } from "./medgemma/record/statements.js";
export type { AskOptions, PrepareOptions, StudyOptions } from "./medgemma/run/ask-options.js";
export type { Pictures, Question, QuestionPart } from "./medgemma/run/conversation.js";
export type { StudyNote } from "./medgemma/run/pictures.js";
export type { ModelResult, Provenance, StreamEvent, Timings } from "./medgemma/run/result.js";
export type { InferOutput, StandardSchema } from "./medgemma/run/structured/standard.js";
export type { JsonSchema, SchemaOptions, StructuredResult } from "./medgemma/run/structured/structured.js";
export type { TaskOptions } from "./medgemma/run/task-prompt.js";
export type { TextResult } from "./medgemma/run/text-task.js";
export {
  type ChatOptions,
  type ChatResult,
  ChatSession,
  type ChatTurnOptions,
} from "./medgemma/tasks/chat/chat.js";
export type { ChatSnapshot, SnapshotPicture } from "./medgemma/tasks/chat/snapshot.js";
export {
  type Calibration,
  type CalibrationCase,
  type CalibrationOptions,
  fitCalibration,
} from "./medgemma/tasks/classify/calibration.js";
export type { ClassifyResult } from "./medgemma/tasks/classify/classify.js";
export type { LabelProbability } from "./medgemma/tasks/classify/labels.js";
export type { ClassifyOptions } from "./medgemma/tasks/classify/options.js";
export type { LabelPrior } from "./medgemma/tasks/classify/prior.js";
export type { CompareOptions, CompareResult } from "./medgemma/tasks/compare/compare.js";
export type { DecideOptions, DecideResult } from "./medgemma/tasks/decide/decide.js";
export type { DecidePresets } from "./medgemma/tasks/decide/presets.js";
export type { DecideStep } from "./medgemma/tasks/decide/step.js";
export type { EmbedOptions, EmbedResult, TokenMatrix } from "./medgemma/tasks/embed/embed.js";
export type { ExplainOptions, ExplainResult } from "./medgemma/tasks/explain/explain.js";
export type {
  ExtractInput,
  ExtractOptions,
  ExtractResult,
  TextInput,
} from "./medgemma/tasks/extract/extract.js";
export { LAB_REPORT_SCHEMA, type LabTest } from "./medgemma/tasks/extract/presets.js";
export type { ExtractedValue } from "./medgemma/tasks/extract/values.js";
export {
  type InterviewOptions,
  type InterviewQuestion,
  InterviewSession,
} from "./medgemma/tasks/interview/interview.js";
export type { InterviewPresets } from "./medgemma/tasks/interview/presets.js";
export type {
  Exchange,
  InterviewAlert,
  InterviewReport,
  ReportPart,
} from "./medgemma/tasks/interview/report.js";
export type { DroppedLocation, LocatedBox } from "./medgemma/tasks/locate/boxes.js";
export { type DrawOptions, drawBoxes } from "./medgemma/tasks/locate/draw.js";
export type { LocateOptions, LocateResult } from "./medgemma/tasks/locate/locate.js";
export type { ReportOptions, ReportResult } from "./medgemma/tasks/report/report.js";
export type { Consciousness, TriageCase, Vitals } from "./medgemma/tasks/triage/case.js";
export type { RuleCheck, RuleReport, ScoreReport } from "./medgemma/tasks/triage/limits.js";
export type { TriageOptions } from "./medgemma/tasks/triage/options.js";
export type {
  ScoreUse,
  TriageLevel,
  TriageScale,
  VitalRule,
  VitalScore,
  WordRule,
} from "./medgemma/tasks/triage/scale.js";
export { TRIAGE_SCALES, type TriageScaleId } from "./medgemma/tasks/triage/scales/index.js";
export type { ScreenAnswer, ScreenReport } from "./medgemma/tasks/triage/screen.js";
export type { TriageAnswer, TriageResult } from "./medgemma/tasks/triage/triage.js";
export { type ListedFile, listAddressedFiles } from "./models/catalogue/addressed.js";
export type { ModelSettings } from "./models/catalogue/settings.js";
export {
  type ListedModel,
  listModels,
  removeModel,
  type VerifiedFile,
  verifyModels,
} from "./models/manage.js";
export { type DownloadProgress, type PulledModel, type PullOptions, pullModel } from "./models/pull.js";
export type { ContentPart, Message } from "./prompt/message.js";
export { PRESETS, type Preset, type PresetPart } from "./prompt/presets.js";
export { type LocatePreset, type ScoredPreset, TASK_PRESETS } from "./prompt/presets-tasks.js";
export type { ReportSection } from "./prompt/report-sections.js";
export { type FitHeadOptions, fitHead, type HeadLabels } from "./vectors/fit-head.js";
export {
  Head,
  type HeadFit,
  type HeadLabel,
  type HeadPrediction,
  type StrengthReport,
} from "./vectors/head.js";
export { ImageIndex, type SearchHit, type SearchOptions } from "./vectors/image-index/image-index.js";
export type { IndexEntry, Metadata, MetadataValue } from "./vectors/image-index/rows.js";
export type { Pooling } from "./vectors/pool.js";
export type { EmbeddingSpace, SpacedVector, VectorInput } from "./vectors/space.js";
