export type {
  DeviceInfo,
  Engine,
  EngineInfo,
  FileInfo,
  FinishReason,
  GeneratedToken,
  GenerateOptions,
  GenerationEvent,
  ImageEmbedding,
  ModelInfo,
  ProjectorInfo,
  PromptPart,
  SamplingOptions,
  TokenLogprob,
  Usage,
} from "./engine/engine.js";
export { ERROR_TABLE, type ErrorCode, type ErrorFacts, MedGemmaError } from "./errors.js";
export type { ImageInput } from "./image/input.js";
export type { ImageLimits } from "./image/limits.js";
export type { RawPixels } from "./image/raw-pixels.js";
export type { ImageOrigin, RgbImage } from "./image/rgb.js";
export { type ChatOptions, ChatSession, type ChatTurnOptions } from "./medgemma/chat.js";
export type { Pictures, Question, QuestionPart } from "./medgemma/conversation.js";
export type { LoadOptions } from "./medgemma/load-options.js";
export { MedGemma, type MedGemmaInfo } from "./medgemma/medgemma.js";
export type { AskOptions } from "./medgemma/options.js";
export type { ModelResult, Provenance, StreamEvent, Timings } from "./medgemma/result.js";
export type { ContentPart, Message } from "./prompt/message.js";
