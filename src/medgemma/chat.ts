import { badOption, MedGemmaError } from "../errors.js";
import type { ImageInput } from "../image/input.js";
import type { RgbImage } from "../image/rgb.js";
import type { ContentPart, Message } from "../prompt/message.js";
import { type Pictures, type Question, systemTurn, toContent, toList } from "./conversation.js";
import type { LoadedModel } from "./loaded-model.js";
import { type AskOptions, checkAskOptions } from "./options.js";
import { readContent } from "./pictures.js";
import { CUSTOM_PROMPT } from "./provenance.js";
import { collect, respond } from "./respond.js";
import type { ModelResult, StreamEvent } from "./result.js";

export interface ChatOptions extends AskOptions {
  /** Pictures that go into the first turn. */
  images?: ImageInput | readonly ImageInput[];
  /** Earlier turns, oldest first: user and assistant in turn. */
  history?: readonly Message<ImageInput>[];
}

/** Options of one turn; they go before the session's. */
export interface ChatTurnOptions extends Omit<AskOptions, "system"> {
  /** Pictures of this turn, before its words. */
  images?: ImageInput | readonly ImageInput[];
}

/**
 * A conversation about pictures: each turn sees all turns before it. A turn that fails or is aborted leaves the
 * conversation as it was. Thoughts are not kept, as the model's authors ask.
 */
export class ChatSession {
  readonly #model: LoadedModel;
  readonly #options: AskOptions;
  #pendingImages: Pictures;
  #history: readonly Message<ImageInput>[] | undefined;
  #turns: Message<RgbImage>[] = [];
  #busy = false;

  /** @internal */
  constructor(model: LoadedModel, options: ChatOptions) {
    checkAskOptions("chat", options, ["images", "history"]);
    const { images, history, ...rest } = options;
    if (history !== undefined && !Array.isArray(history))
      throw badOption("history", "an array of messages", history);
    this.#model = model;
    this.#options = rest;
    this.#pendingImages = images;
    this.#history = history;
  }

  /** The turns so far, oldest first, pictures decoded. */
  get messages(): readonly Message<RgbImage>[] {
    return [...this.#turns];
  }

  /** @throws MedGemmaError as {@link ChatSession.stream}. */
  ask(question: Question, options: ChatTurnOptions = {}): Promise<ModelResult> {
    return collect(this.stream(question, options));
  }

  /** @throws MedGemmaError `bad_option` (also for a second turn while one runs), and all that `MedGemma.stream` throws. */
  async *stream(question: Question, options: ChatTurnOptions = {}): AsyncGenerator<StreamEvent, void, void> {
    if (this.#busy) {
      throw new MedGemmaError("bad_option", "A turn of this chat is still running.", {
        remedy: "Wait for the answer, or open a second chat.",
      });
    }
    this.#busy = true;
    try {
      yield* this.#turn(question, options);
    } finally {
      this.#busy = false;
    }
  }

  async *#turn(question: Question, options: ChatTurnOptions): AsyncGenerator<StreamEvent, void, void> {
    const started = performance.now();
    const { images, ...turnOptions } = options;
    checkAskOptions("chat turn", turnOptions);
    const merged: AskOptions = { ...this.#options, ...turnOptions };
    const earlier = await this.#earlierTurns(merged);
    const pictures = [...toList(this.#pendingImages), ...toList(images)];
    const { content, studies } = await readContent(toContent(pictures, question), this.#model, merged);
    const read = performance.now() - started;
    const turns: Message<RgbImage>[] = [...earlier, { role: "user", content }];
    const context = { prompt: CUSTOM_PROMPT, options: merged, studies, started, read };
    for await (const event of respond(this.#model, [...systemTurn(merged), ...turns], context)) {
      if (event.type === "finish") {
        this.#turns = [...turns, { role: "assistant", content: event.result.text }];
        this.#pendingImages = undefined;
        this.#history = undefined;
      }
      yield event;
    }
  }

  async #earlierTurns(options: AskOptions): Promise<Message<RgbImage>[]> {
    if (!this.#history) return this.#turns;
    return Promise.all(
      this.#history.map(async ({ role, content }) => ({
        role,
        content:
          typeof content === "string"
            ? content
            : (await readContent(content as ContentPart<ImageInput>[], this.#model, options)).content,
      })),
    );
  }
}
