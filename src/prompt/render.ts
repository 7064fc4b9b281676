/**
 * Gemma 3's chat template and Gemma3Processor's expansion of pictures, as a list of pieces instead of one string.
 *
 * Sources: `chat_template` in the tokenizer_config.json of google/gemma-3-4b-it; transformers
 * `models/gemma3/processing_gemma3.py` (`full_image_sequence`). test/fixtures/prompt/rendered.json holds what Jinja
 * makes of it; test/fixtures/phantom/goldens.json what transformers does.
 *
 * The reference tokenises the whole string at once. We tokenise what people wrote apart, with special=false, so that
 * `<end_of_turn>` in a report stays text. The ids are the same because every border is one that the reference cuts
 * too: on the template's side stands a control word or a newline, and on the other side never a newline. All tokens of
 * Gemma's vocabulary that hold a newline are added tokens of 1 to 31 newlines and nothing else; those are cut out
 * before BPE runs. Newlines at the edge of system text, which is not trimmed, are therefore moved into the template's piece.
 */
import type { Message } from "./message.js";
import { toConversation } from "./turns.js";

/** A piece of a prompt. Two text pieces of one kind are never neighbours, and none is empty. */
export type RenderedPart<I> =
  | {
      readonly type: "text";
      readonly text: string;
      /** True: template text, control words are tokens. False: what somebody wrote, control words are letters. */
      readonly special: boolean;
    }
  /** Stands for the soft tokens; `<start_of_image>` and `<end_of_image>` are in the text around it. */
  | { readonly type: "image"; readonly image: I };

export interface RenderOptions {
  /** Ends the prompt with `<start_of_turn>model\n`. Defaults to `true`. */
  addGenerationPrompt?: boolean | undefined;
}

/**
 * Renders messages as the reference does. Starts with `<bos>`: tokenise with add_special=false.
 *
 * @throws MedGemmaError `bad_option` for messages that make no conversation; see {@link toConversation}.
 */
export function renderPrompt<I>(
  messages: readonly Message<I>[],
  options: RenderOptions = {},
): RenderedPart<I>[] {
  const { system, turns } = toConversation(messages);
  const pieces = new PieceList<I>();
  pieces.template("<bos>");
  for (const [index, turn] of turns.entries()) {
    pieces.template(`<start_of_turn>${turn.role === "assistant" ? "model" : "user"}\n`);
    if (index === 0 && system !== undefined) {
      pieces.written(system);
      pieces.template("\n\n");
    }
    for (const piece of turn.pieces) {
      if (typeof piece === "string") pieces.written(piece);
      else pieces.image(piece.image);
    }
    pieces.template("<end_of_turn>\n");
  }
  if (options.addGenerationPrompt ?? true) pieces.template("<start_of_turn>model\n");
  return pieces.parts;
}

/**
 * The prompt as one string, as the reference shows it, each picture as `imageTokens` times `<image_soft_token>`.
 * For people and tests only: control words that a user wrote look like real ones here.
 */
export function renderReferenceText<I>(
  messages: readonly Message<I>[],
  imageTokens: number,
  options: RenderOptions = {},
): string {
  return renderPrompt(messages, options)
    .map((part) => (part.type === "text" ? part.text : "<image_soft_token>".repeat(imageTokens)))
    .join("");
}

class PieceList<I> {
  readonly parts: RenderedPart<I>[] = [];

  template(text: string): void {
    const last = this.parts.at(-1);
    if (last?.type !== "text" || last.special) {
      this.#join(text, true);
      return;
    }
    let end = last.text.length;
    while (end > 0 && last.text[end - 1] === "\n") end--;
    this.parts.pop();
    this.#join(last.text.slice(0, end), false);
    this.#join(last.text.slice(end) + text, true);
  }

  written(text: string): void {
    const last = this.parts.at(-1);
    let start = 0;
    if (last?.type === "text" && last.special) while (text[start] === "\n") start++;
    this.#join(text.slice(0, start), true);
    this.#join(text.slice(start), false);
  }

  image(image: I): void {
    this.template("\n\n<start_of_image>");
    this.parts.push({ type: "image", image });
    this.template("<end_of_image>\n\n");
  }

  #join(text: string, special: boolean): void {
    if (text === "") return;
    const last = this.parts.at(-1);
    if (last?.type === "text" && last.special === special) {
      this.parts[this.parts.length - 1] = { type: "text", text: last.text + text, special };
    } else {
      this.parts.push({ type: "text", text, special });
    }
  }
}
