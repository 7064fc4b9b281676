import type { RgbImage } from "../../../image/rgb.js";
import type { PromptPart } from "../../engine.js";
import { unsupported } from "../http/unsupported.js";

export type ChatPiece =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image"; readonly image: RgbImage };

export interface ChatTurn {
  readonly role: "system" | "user" | "assistant";
  readonly pieces: readonly ChatPiece[];
}

export interface ChatPrompt {
  readonly turns: readonly ChatTurn[];
  /** How the answer begins; empty where the model begins it. */
  readonly prefill: string;
}

/** Any control word that Gemma's chat template, its pictures or its thoughts are made of. */
const CONTROL =
  /<(?:bos|eos|pad|unk|mask|start_of_turn|end_of_turn|start_of_image|end_of_image|image_soft_token|unused\d+)>/;
const MARKS = /(<bos>|<start_of_turn>(?:user|model)\n|<end_of_turn>\n?)/;
/** What the template and the processor of the server put around a picture by themselves. */
const BEFORE_IMAGE = "\n\n<start_of_image>";
const AFTER_IMAGE = "<end_of_image>\n\n";

/**
 * Turns a rendered prompt back into messages, for an endpoint that renders them by itself. System text before a picture
 * becomes a system message again, or the endpoint's template would trim the newlines after it.
 * @throws MedGemmaError `unsupported_by_endpoint` for what is no conversation, and for a control word that somebody
 * wrote: the endpoint would take it as a command.
 */
export function toChat(parts: readonly PromptPart[]): ChatPrompt {
  const reader = new TurnReader();
  for (const part of parts) {
    if (part.type === "image") {
      reader.image(part.image);
    } else if (part.special) {
      for (const piece of part.text.split(MARKS)) reader.template(piece);
    } else {
      if (CONTROL.test(part.text)) {
        throw unsupported(
          "control_words",
          "The endpoint would read a control word in the text as a command.",
        );
      }
      reader.text(part.text);
    }
  }
  return reader.end();
}

class TurnReader {
  readonly #turns: ChatTurn[] = [];
  #role: ChatTurn["role"] | undefined;
  #pieces: ChatPiece[] = [];

  template(text: string): void {
    if (text === "" || text === "<bos>") return;
    if (text.startsWith("<start_of_turn>")) {
      if (this.#role) throw noConversation();
      this.#role = text.includes("model") ? "assistant" : "user";
    } else if (text.startsWith("<end_of_turn>")) {
      this.#close();
    } else {
      this.text(text);
    }
  }

  text(text: string): void {
    if (!this.#role) throw noConversation();
    const last = this.#pieces.at(-1);
    if (last?.type !== "text") this.#pieces.push({ type: "text", text });
    else this.#pieces[this.#pieces.length - 1] = { type: "text", text: last.text + text };
  }

  image(image: RgbImage): void {
    if (!this.#role) throw noConversation();
    this.#pieces.push({ type: "image", image });
  }

  end(): ChatPrompt {
    if (this.#role !== "assistant" || this.#turns.length === 0) throw noConversation();
    const prefill = this.#pieces.map((piece) => (piece.type === "text" ? piece.text : "")).join("");
    return { turns: this.#turns, prefill };
  }

  #close(): void {
    const role = this.#role;
    if (!role) throw noConversation();
    const pieces = this.#pieces.map((piece, index) => this.#bare(piece, index));
    const [first] = pieces;
    if (this.#turns.length === 0 && first?.type === "text" && pieces.length > 1) {
      // A user's text before a picture has no newlines at its end: those are the template's, after system text.
      const system = /^(.*)\n\n$/s.exec(first.text)?.[1];
      if (system !== undefined) {
        this.#turns.push({ role: "system", pieces: [{ type: "text", text: system }] });
        pieces.shift();
      }
    }
    this.#turns.push({ role, pieces: pieces.filter((piece) => piece.type === "image" || piece.text !== "") });
    this.#role = undefined;
    this.#pieces = [];
  }

  #bare(piece: ChatPiece, index: number): ChatPiece {
    if (piece.type === "image") return piece;
    let { text } = piece;
    if (this.#pieces[index - 1]?.type === "image") text = cut(text, AFTER_IMAGE, "start");
    if (this.#pieces[index + 1]?.type === "image") text = cut(text, BEFORE_IMAGE, "end");
    return { type: "text", text };
  }
}

function cut(text: string, what: string, where: "start" | "end"): string {
  if (where === "start" && text.startsWith(what)) return text.slice(what.length);
  if (where === "end" && text.endsWith(what)) return text.slice(0, -what.length);
  throw noConversation();
}

function noConversation(): Error {
  return unsupported(
    "prompt",
    "The endpoint takes turns of a conversation; the prompt is none of the chat template's.",
  );
}
