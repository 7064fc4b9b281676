import type { Engine, EngineInfo } from "../engine/engine.js";
import { NativeEngine } from "../engine/native/native-engine.js";
import { ProcessEngine } from "../engine/process/process-engine.js";
import { type ChatOptions, ChatSession } from "./chat.js";
import { type Pictures, type Question, readPictures, systemTurn, toContent } from "./conversation.js";
import { type LoadOptions, resolveLoadOptions } from "./load-options.js";
import { type AskOptions, checkAskOptions } from "./options.js";
import { CUSTOM_PROMPT } from "./provenance.js";
import { collect, respond } from "./respond.js";
import type { ModelResult, StreamEvent } from "./result.js";

export interface MedGemmaInfo extends EngineInfo {
  /** True for the embedded test object, which is not for patients. */
  readonly phantom: boolean;
}

/**
 * A loaded model. Its answers are unverified drafts: nothing here is a medical device.
 *
 * @example
 * await using model = await MedGemma.load();
 * const { text } = await model.ask("chest.png", "Is there a pleural effusion?");
 */
export class MedGemma implements AsyncDisposable {
  readonly #engine: Engine;
  readonly #phantom: boolean;

  private constructor(engine: Engine, phantom: boolean) {
    this.#engine = engine;
    this.#phantom = phantom;
  }

  /**
   * Loads a model off the event loop. Without a model, the embedded phantom.
   * @throws MedGemmaError `bad_option`, `file_not_found`, `not_gguf`, `gguf_truncated`, `gguf_invalid`, `not_gemma3`,
   * `projector_mismatch`, `projector_as_model`, `model_as_projector`, `model_load_failed`, `addon_missing`,
   * `addon_unloadable`, `engine_crashed`, `aborted`.
   */
  static async load(options: LoadOptions = {}): Promise<MedGemma> {
    const { phantom, isolation, engine } = resolveLoadOptions(options);
    const load = isolation === "none" ? NativeEngine.load(engine) : ProcessEngine.load(engine);
    return new MedGemma(await load, phantom);
  }

  /** Runs on an engine of the caller's, e.g. a fake one in tests. The engine then belongs to this object. */
  static fromEngine(engine: Engine): MedGemma {
    return new MedGemma(engine, false);
  }

  /** What was loaded, asked of the engine. */
  get info(): MedGemmaInfo {
    return { ...this.#engine.info, phantom: this.#phantom };
  }

  /**
   * Answers a question about pictures, or about none.
   *
   * @param pictures One picture, several, or `[]`; they come before the question unless its parts place them.
   * @throws MedGemmaError as {@link MedGemma.stream}.
   */
  ask(pictures: Pictures, question: Question, options: AskOptions = {}): Promise<ModelResult> {
    return collect(this.stream(pictures, question, options));
  }

  /**
   * The same, as it comes: text and thought in pieces, then `finish` with the result. Breaking off the iteration
   * stops the model.
   * @throws MedGemmaError `bad_option`, `file_not_found`, `image_unreadable`, `image_too_large`, `projector_missing`,
   * `context_full`, `aborted`, `disposed`, `encode_failed`, `decode_failed`.
   */
  async *stream(
    pictures: Pictures,
    question: Question,
    options: AskOptions = {},
  ): AsyncGenerator<StreamEvent, void, void> {
    const started = performance.now();
    checkAskOptions("ask", options);
    const content = await readPictures(toContent(pictures, question), options);
    const read = performance.now() - started;
    const messages = [...systemTurn(options), { role: "user" as const, content }];
    yield* respond(this.#engine, messages, {
      prompt: CUSTOM_PROMPT,
      options,
      phantom: this.#phantom,
      started,
      read,
    });
  }

  /** Opens a conversation in which each turn sees those before it. */
  chat(options: ChatOptions = {}): ChatSession {
    return new ChatSession(this.#engine, this.#phantom, options);
  }

  /** Ends what runs (those calls reject with `disposed`) and frees the model. Idempotent. */
  dispose(): Promise<void> {
    return this.#engine.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}
