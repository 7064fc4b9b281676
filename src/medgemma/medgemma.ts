import { plain, readOnce } from "../base/options.js";
import type { Engine, EngineInfo, EngineStats } from "../engine/engine.js";
import type { RecordInput } from "../fhir/record.js";
import type { Fit } from "../image/fit.js";
import type { ImageInput } from "../image/input.js";
import type { LoadOptions } from "./load/load-options.js";
import { openModel } from "./load/open-model.js";
import type { AskOptions, PrepareOptions } from "./run/ask-options.js";
import type { Pictures, Question } from "./run/conversation.js";
import {
  checkEngine,
  isPhantom,
  type KnownOfModel,
  type LoadedModel,
  loadedModel,
} from "./run/loaded-model.js";
import { collect } from "./run/respond.js";
import type { ModelResult, StreamEvent } from "./run/result.js";
import type { InferOutput, StandardSchema } from "./run/structured/standard.js";
import type { JsonSchema, SchemaOptions, StructuredResult } from "./run/structured/structured.js";
import { streamAsk } from "./tasks/ask/ask.js";
import { prepare } from "./tasks/ask/prepare.js";
import { type ChatOptions, ChatSession } from "./tasks/chat/chat.js";
import { type ClassifyResult, classify } from "./tasks/classify/classify.js";
import type { ClassifyOptions } from "./tasks/classify/options.js";
import { type CompareOptions, type CompareResult, streamCompare } from "./tasks/compare/compare.js";
import { type DecideOptions, type DecideResult, streamDecide } from "./tasks/decide/decide.js";
import { type EmbedOptions, type EmbedResult, embed } from "./tasks/embed/embed.js";
import { type ExplainOptions, type ExplainResult, streamExplain } from "./tasks/explain/explain.js";
import {
  type ExtractInput,
  type ExtractOptions,
  type ExtractResult,
  extract,
} from "./tasks/extract/extract.js";
import { type InterviewOptions, InterviewSession } from "./tasks/interview/interview.js";
import { type LocateOptions, type LocateResult, locate } from "./tasks/locate/locate.js";
import { type ReportOptions, type ReportResult, streamReport } from "./tasks/report/report.js";
import type { TriageCase } from "./tasks/triage/case.js";
import type { TriageOptions } from "./tasks/triage/options.js";
import { type TriageResult, triage } from "./tasks/triage/triage.js";

export interface MedGemmaInfo extends EngineInfo {
  /** True for the embedded test object, which is not for patients. */
  readonly phantom: boolean;
  /** How pictures that are not square become the encoder's square, unless a call says otherwise. */
  readonly fit: Fit;
  /** What a user should know of the files before trusting an answer, e.g. that they are plain Gemma 3; mostly empty. */
  readonly warnings: readonly string[];
}

type Images = ImageInput | readonly ImageInput[];
type Stream<R extends ModelResult> = AsyncGenerator<StreamEvent<R>, void, void>;

/**
 * A loaded model. Its answers are unverified drafts: nothing here is a medical device.
 *
 * @example
 * await using model = await MedGemma.load();
 * const { text } = await model.ask("chest.png", "Is there a pleural effusion?");
 */
export class MedGemma implements AsyncDisposable {
  readonly #model: LoadedModel;
  readonly #warnings: readonly string[];

  private constructor(engine: Engine, known?: KnownOfModel, warnings: readonly string[] = []) {
    this.#warnings = warnings;
    this.#model = loadedModel(engine, known);
  }

  /**
   * Loads a model off the event loop. Without a model, the embedded phantom; a name of the catalogue is fetched first,
   * unless it is here.
   *
   * @param options Or the model's path or name alone.
   * @throws MedGemmaError `bad_option`, `file_not_found`, `not_gguf`, `gguf_truncated`, `gguf_invalid`, `not_gemma3`,
   * `model_unsupported`, `model_in_parts`, `projector_mismatch`, `projector_as_model`, `model_as_projector`, `model_load_failed`, `addon_missing`,
   * `addon_unloadable`, `engine_crashed`, `not_enough_memory`, `gpu_unavailable`, `embedding_cache`, `aborted`; with
   * `endpoint` `endpoint_failed`, `endpoint_credentials`, `unsupported_by_endpoint`; by name also `model_unknown`,
   * `catalogue_invalid`, `license_not_accepted`, `access_denied`, `download_failed`, `hash_mismatch`, `disk_full`,
   * `models_folder`.
   *
   * @example
   * await using model = await MedGemma.load("medgemma-1.5-4b-it");
   */
  static async load(options: LoadOptions | string = {}): Promise<MedGemma> {
    const { engine, known, warnings } = await openModel(options);
    return new MedGemma(engine, known, warnings);
  }

  /** Runs on an engine of the caller's, e.g. a fake one in tests. The engine then belongs to this object. */
  static fromEngine(engine: Engine): MedGemma {
    checkEngine(engine);
    return new MedGemma(engine);
  }

  /** The seam below the tasks: prompts of your own making, scores of continuations, embeddings. */
  get engine(): Engine {
    return this.#model.engine;
  }

  /**
   * How pictures are read for this model.
   * @internal
   */
  get reading(): Pick<LoadedModel, "version" | "fit"> {
    return this.#model;
  }

  /** What was loaded, asked of the engine. */
  get info(): MedGemmaInfo {
    const { engine, fit } = this.#model;
    return { ...engine.info, phantom: isPhantom(this.#model), fit, warnings: this.#warnings };
  }

  /**
   * Answers a question about pictures, or about none: `ask([], question)`.
   *
   * @param pictures One picture, several, or `[]`; they come before the question unless its parts place them.
   * @param options With `schema`, the answer is JSON of that schema and the result has its `value`.
   * @throws MedGemmaError as {@link MedGemma.stream}.
   */
  ask<S extends StandardSchema>(
    pictures: Pictures,
    question: Question,
    options: AskOptions & SchemaOptions<S>,
  ): Promise<StructuredResult<InferOutput<S>>>;
  ask<T = unknown>(
    pictures: Pictures,
    question: Question,
    options: AskOptions & SchemaOptions<JsonSchema<T>>,
  ): Promise<StructuredResult<T>>;
  ask(pictures: Pictures, question: Question, options?: AskOptions): Promise<ModelResult>;
  ask(
    pictures: Pictures,
    question: Question,
    options: AskOptions & Partial<SchemaOptions> = {},
  ): Promise<ModelResult> {
    return collect(this.stream(pictures, question, options));
  }

  /**
   * The same, as it comes: text and thought in pieces, then `finish` with the result. Breaking off the iteration
   * stops the model.
   * @throws MedGemmaError `bad_option`, `file_not_found`, `image_unreadable`, `image_too_large`, `projector_missing`,
   * `context_full`, `aborted`, `disposed`, `encode_failed`, `decode_failed`; with `schema` also `grammar_unsupported`,
   * `answer_incomplete`, `answer_invalid`.
   */
  stream<S extends StandardSchema>(
    pictures: Pictures,
    question: Question,
    options: AskOptions & SchemaOptions<S>,
  ): AsyncGenerator<StreamEvent<StructuredResult<InferOutput<S>>>, void, void>;
  stream<T = unknown>(
    pictures: Pictures,
    question: Question,
    options: AskOptions & SchemaOptions<JsonSchema<T>>,
  ): AsyncGenerator<StreamEvent<StructuredResult<T>>, void, void>;
  stream(
    pictures: Pictures,
    question: Question,
    options?: AskOptions,
  ): AsyncGenerator<StreamEvent, void, void>;
  stream(
    pictures: Pictures,
    question: Question,
    options: AskOptions & Partial<SchemaOptions> = {},
  ): AsyncGenerator<StreamEvent, void, void> {
    return streamAsk(this.#model, pictures, question, options);
  }

  /**
   * Reads pictures or a record in words into the values that a schema names, each with its probability.
   *
   * @param input Pictures, or `{ text }`; a string of several lines is text too.
   * @param schema As in {@link MedGemma.ask}; `LAB_REPORT_SCHEMA` for laboratory reports.
   * @throws MedGemmaError as {@link MedGemma.stream}.
   *
   * @example
   * const { value, values } = await model.extract("chest.png", z.object({ effusion: z.enum(["none", "left", "right"]) }));
   */
  extract<S extends StandardSchema>(
    input: ExtractInput,
    schema: S,
    options?: ExtractOptions,
  ): Promise<ExtractResult<InferOutput<S>>>;
  extract<T = unknown>(
    input: ExtractInput,
    schema: JsonSchema<T>,
    options?: ExtractOptions,
  ): Promise<ExtractResult<T>>;
  async extract(input: ExtractInput, schema: unknown, options: ExtractOptions = {}): Promise<ExtractResult> {
    return extract(this.#model, plain("input", input), schema, readOnce("extract", options));
  }

  /** Drafts a report of one study: text, findings and impression. Throws as {@link MedGemma.stream}. */
  report(images: Images, options: ReportOptions = {}): Promise<ReportResult> {
    return collect(this.streamReport(images, options));
  }

  /** The same, as it comes. */
  streamReport(images: Images, options: ReportOptions = {}): Stream<ReportResult> {
    return streamReport(this.#model, images, options);
  }

  /**
   * How probable each label is. One of them is true, or with `multiLabel` any number. Throws as {@link MedGemma.stream}.
   *
   * @example
   * const { labels } = await model.classify("chest.png", ["nodule", "pacemaker"], { multiLabel: true });
   */
  async classify(
    images: Images,
    labels: readonly string[],
    options: ClassifyOptions = {},
  ): Promise<ClassifyResult> {
    return classify(this.#model, images, plain("labels", labels), readOnce("classify", options));
  }

  /** Boxes around targets, on the padded square and in pixels of the picture. Throws as {@link MedGemma.stream}. */
  async locate(
    image: ImageInput,
    targets: string | readonly string[],
    options: LocateOptions = {},
  ): Promise<LocateResult> {
    return locate(this.#model, image, plain("targets", targets), readOnce("locate", options));
  }

  /** What has changed since the prior picture. Throws as {@link MedGemma.stream}. */
  compare(prior: ImageInput, current: ImageInput, options: CompareOptions = {}): Promise<CompareResult> {
    return collect(this.streamCompare(prior, current, options));
  }

  /** The same, as it comes. */
  streamCompare(prior: ImageInput, current: ImageInput, options: CompareOptions = {}): Stream<CompareResult> {
    return streamCompare(this.#model, prior, current, options);
  }

  /** A sentence of a report in plain language. Throws as {@link MedGemma.stream}. */
  explain(sentence: string, options: ExplainOptions = {}): Promise<ExplainResult> {
    return collect(this.streamExplain(sentence, options));
  }

  /** The same, as it comes. */
  streamExplain(sentence: string, options: ExplainOptions = {}): Stream<ExplainResult> {
    return streamExplain(this.#model, sentence, options);
  }

  /**
   * One picture as a vector, for similar cases (`ImageIndex`) and own classifiers (`fitHead`). Only the encoder runs.
   * @throws MedGemmaError as {@link MedGemma.stream}.
   */
  async embed(image: ImageInput, options: EmbedOptions = {}): Promise<EmbedResult> {
    return embed(this.#model, image, readOnce("embed", options));
  }

  /**
   * How urgent a case is: the model's level, or a more urgent one where the scale's limits for vital signs ask for it.
   * @throws MedGemmaError `bad_option` (also for values that no patient has), `context_full`, `answer_incomplete`, and
   * as {@link MedGemma.stream}.
   *
   * @example
   * const { level, redFlags } = await model.triage({ age: 54, complaint: "chest pain", vitals: { heartRate: 131, spo2: 97 } });
   */
  async triage(input: TriageCase, options: TriageOptions = {}): Promise<TriageResult> {
    return triage(this.#model, readOnce("triage case", input), readOnce("triage", options));
  }

  /**
   * Decision support over a patient's record: differential, work-up, treatment and cautions, each statement with the
   * entries that it rests on.
   *
   * @param record A FHIR R4 Bundle or resources (object, JSON or NDJSON text), or plain text.
   * @throws MedGemmaError `bad_option`, `record_unreadable`, `context_full`, and as {@link MedGemma.stream}.
   *
   * @example
   * const { cautions, entries } = await model.decide(bundle, "Which antibiotic for a urinary infection?");
   */
  decide(record: RecordInput, question: string, options: DecideOptions = {}): Promise<DecideResult> {
    return collect(this.streamDecide(record, question, options));
  }

  /** The same, as it comes. Streamed text may hold pointers that `finish` has removed. */
  streamDecide(
    record: RecordInput,
    question: string,
    options: DecideOptions = {},
  ): AsyncGenerator<StreamEvent<DecideResult>, void, void> {
    return streamDecide(this.#model, record, question, options);
  }

  /**
   * Opens a pre-visit interview: one question at a time, ending in a report for the clinician.
   * @throws MedGemmaError `bad_option`.
   */
  interview(options: InterviewOptions = {}): InterviewSession {
    return new InterviewSession(this.#model, readOnce("interview", options));
  }

  /**
   * Encodes pictures ahead, so that the first question about a study that has just arrived is answered sooner. The
   * embeddings stay in memory, and in `embeddingCacheDir` if there is one.
   * @throws MedGemmaError as {@link MedGemma.stream}.
   */
  prepare(pictures: Pictures, options: PrepareOptions = {}): Promise<void> {
    return prepare(this.#model, pictures, options);
  }

  /** What has been computed and what is held; for monitoring. Never about the content of requests. */
  stats(): Promise<EngineStats> {
    return this.#model.engine.stats();
  }

  /** Opens a conversation in which each turn sees those before it. */
  chat(options: ChatOptions = {}): ChatSession {
    return new ChatSession(this.#model, readOnce("chat", options));
  }

  /** Ends what runs (those calls reject with `disposed`) and frees the model. Idempotent. */
  dispose(): Promise<void> {
    return this.#model.engine.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}
