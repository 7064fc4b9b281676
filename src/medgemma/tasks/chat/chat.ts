import { badOption, MedGemmaError } from "../../../base/errors.js";
import { given, readOnce } from "../../../base/options.js";
import type { ImageInput } from "../../../image/input.js";
import type { RgbImage } from "../../../image/rgb.js";
import type { ContentPart, Message } from "../../../prompt/message.js";
import { type AskOptions, checkAskOptions } from "../../run/ask-options.js";
import { keepPicture, type Question, systemTurn, toContent, toList } from "../../run/conversation.js";
import type { LoadedModel } from "../../run/loaded-model.js";
import { readContent } from "../../run/pictures.js";
import { CUSTOM_PROMPT } from "../../run/provenance.js";
import { collect, type ResponseContext } from "../../run/respond.js";
import type { ModelResult, StreamEvent } from "../../run/result.js";
import type { InferOutput, StandardSchema } from "../../run/structured/standard.js";
import {
  type JsonSchema,
  type SchemaOptions,
  type Structure,
  type StructuredResult,
  structured,
  takeStructure,
} from "../../run/structured/structured.js";
import { enoughToDrop, surelyTooOld, withoutOldest } from "./oldest.js";
import { type ChatSnapshot, fromSnapshot, toSnapshot } from "./snapshot.js";
import { toTurn, turnsOf } from "./turns.js";

export interface ChatOptions extends AskOptions {
  /** Pictures that go into the first turn. */
  images?: ImageInput | readonly ImageInput[] | undefined;
  /** Earlier turns, oldest first: user and assistant in turn. */
  history?: readonly Message<ImageInput>[] | undefined;
  /**
   * When the conversation no longer fits into the context: `"error"` rejects the turn with `context_full`;
   * `"drop-oldest"` leaves out the oldest questions with their answers, never their pictures, until it fits, and the
   * result's `droppedTurns` tells how many. Defaults to `"error"`.
   */
  overflow?: "error" | "drop-oldest" | undefined;
  /** Goes on from a conversation that was written down: `JSON.parse` of `JSON.stringify(chat)`. Not together with `history`. */
  restore?: ChatSnapshot | undefined;
}

/** An answer of a conversation. */
export interface ChatResult extends ModelResult {
  /** Of the oldest questions, how many the model was not shown with their answers; 0 unless `overflow` allows it. */
  readonly droppedTurns: number;
}

/** Options of one turn; they go before the session's. */
export interface ChatTurnOptions extends Omit<AskOptions, "system"> {
  /** Pictures of this turn, before its words. */
  images?: ImageInput | readonly ImageInput[] | undefined;
}

/**
 * A conversation about pictures: each turn sees all turns before it. A turn that fails or is aborted leaves the
 * conversation as it was. Thoughts are not kept, as the model's authors ask.
 */
export class ChatSession {
  readonly #model: LoadedModel;
  readonly #options: AskOptions;
  readonly #mayDrop: boolean;
  #pendingImages: readonly ImageInput[];
  #history: readonly Message<ImageInput>[] | undefined;
  #turns: readonly Message<RgbImage>[] = [];
  #dropped = 0;
  #busy = false;

  /** @internal */
  constructor(model: LoadedModel, options: ChatOptions) {
    checkAskOptions("chat", options, ["images", "history", "overflow", "restore"]);
    const { images, history, overflow = "error", restore, ...rest } = options;
    if (overflow !== "error" && overflow !== "drop-oldest")
      throw badOption("overflow", '"error" or "drop-oldest"', overflow);
    if (restore !== undefined) {
      if (history !== undefined) throw badOption("history", "nothing beside restore", history);
      ({ turns: this.#turns, dropped: this.#dropped } = fromSnapshot(restore));
    }
    this.#model = model;
    this.#options = rest;
    this.#mayDrop = overflow === "drop-oldest";
    // They are read with the first question, and again where that fails.
    this.#pendingImages = toList(images).map(keepPicture);
    this.#history = history && keepHistory(history);
  }

  /** The turns so far, oldest first, pictures decoded. */
  get messages(): readonly Message<RgbImage>[] {
    return [...this.#turns];
  }

  /**
   * The conversation as data, for `JSON.stringify(chat)`; `model.chat({ restore })` goes on from it, with this model or
   * another. Options, and pictures and history that no question was asked about yet, are not in it.
   */
  toJSON(): ChatSnapshot {
    return toSnapshot({ turns: this.#turns, dropped: this.#dropped });
  }

  /**
   * @param options With `schema`, the answer is JSON of that schema and the result has its `value`, as in `MedGemma.ask`.
   * @throws MedGemmaError as {@link ChatSession.stream}.
   */
  ask<S extends StandardSchema>(
    question: Question,
    options: ChatTurnOptions & SchemaOptions<S>,
  ): Promise<ChatResult & StructuredResult<InferOutput<S>>>;
  ask<T = unknown>(
    question: Question,
    options: ChatTurnOptions & SchemaOptions<JsonSchema<T>>,
  ): Promise<ChatResult & StructuredResult<T>>;
  ask(question: Question, options?: ChatTurnOptions): Promise<ChatResult>;
  ask(question: Question, options: ChatTurnOptions & Partial<SchemaOptions> = {}): Promise<ChatResult> {
    return collect(this.stream(question, options));
  }

  /** @throws MedGemmaError `bad_option` (also for a second turn while one runs), and all that `MedGemma.stream` throws. */
  stream<S extends StandardSchema>(
    question: Question,
    options: ChatTurnOptions & SchemaOptions<S>,
  ): AsyncGenerator<StreamEvent<ChatResult & StructuredResult<InferOutput<S>>>, void, void>;
  stream<T = unknown>(
    question: Question,
    options: ChatTurnOptions & SchemaOptions<JsonSchema<T>>,
  ): AsyncGenerator<StreamEvent<ChatResult & StructuredResult<T>>, void, void>;
  stream(question: Question, options?: ChatTurnOptions): AsyncGenerator<StreamEvent<ChatResult>, void, void>;
  async *stream(
    question: Question,
    options: ChatTurnOptions & Partial<SchemaOptions> = {},
  ): AsyncGenerator<StreamEvent<ChatResult>, void, void> {
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

  async *#turn(
    question: Question,
    options: ChatTurnOptions & Partial<SchemaOptions>,
  ): AsyncGenerator<StreamEvent<ChatResult>, void, void> {
    const started = performance.now();
    const { images, ...turnOptions } = readOnce("chat turn", options);
    checkAskOptions("chat turn", turnOptions, ["schema", "jsonSchema"]);
    const { options: merged, structure } = takeStructure({ ...this.#options, ...given(turnOptions) });
    // Before the first wait: the caller's buffers are copied at the call.
    const asked = toContent([...this.#pendingImages, ...toList(images)], question);
    const earlier = await this.#earlierTurns(merged);
    const { content, studies } = await readContent(asked, this.#model, merged);
    const read = performance.now() - started;
    const turns: Message<RgbImage>[] = [...earlier, { role: "user", content }];
    const context = { prompt: CUSTOM_PROMPT, options: merged, studies, started, read };
    for await (const event of this.#answer(turns, context, structure)) {
      if (event.type === "finish") {
        this.#turns = [...turns, { role: "assistant", content: event.result.text }];
        this.#dropped = event.result.droppedTurns;
        this.#pendingImages = [];
        this.#history = undefined;
      }
      yield event;
    }
  }

  /** Shows fewer turns each time that the context is too small for them, where that is allowed. */
  async *#answer(
    turns: readonly Message<RgbImage>[],
    context: ResponseContext,
    structure: Structure<unknown> | undefined,
  ): AsyncGenerator<StreamEvent<ChatResult>, void, void> {
    const { signal } = context.options;
    const tooOld = this.#mayDrop ? await surelyTooOld(this.#model.engine, turns, signal) : 0;
    for (let droppedTurns = Math.max(this.#dropped, tooOld); ; ) {
      const shown = [...systemTurn(context.options), ...withoutOldest(turns, droppedTurns)];
      let begun = false;
      try {
        for await (const event of structured(this.#model, shown, context, structure)) {
          begun = true;
          yield event.type === "finish"
            ? { type: "finish", result: { ...event.result, droppedTurns } }
            : event;
        }
        return;
      } catch (error) {
        if (begun || !this.#mayDrop || !MedGemmaError.isInstance(error, "context_full")) throw error;
        const { required = 0, available = 0 } = error.facts;
        const more = enoughToDrop(turns, droppedTurns, required - available);
        if (more === undefined) throw error;
        droppedTurns = more;
      }
    }
  }

  async #earlierTurns(options: AskOptions): Promise<readonly Message<RgbImage>[]> {
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

function keepHistory(history: readonly unknown[]): readonly Message<ImageInput>[] {
  return turnsOf("history", history).map((turn, index) => {
    const { role, content } = toTurn(turn, index, `history[${index}]`);
    if (typeof content === "string") return { role, content };
    return {
      role,
      content: content.map((part) =>
        part.type === "text" ? part : { type: "image", image: keepPicture(part.image as ImageInput) },
      ),
    };
  });
}
