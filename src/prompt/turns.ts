import { badOption } from "../base/errors.js";
import type { Message } from "./message.js";
import { pythonStrip, toSafeText } from "./strip.js";

/** What one turn shows: texts, trimmed and never empty, and pictures. */
export type TurnPiece<I> = string | { readonly image: I };

export interface Turn<I> {
  readonly role: "user" | "assistant";
  readonly pieces: TurnPiece<I>[];
}

export interface Conversation<I> {
  /** Undefined when no system message was given: an empty one still leaves its newlines. */
  readonly system: string | undefined;
  /** Alternating, the first a user's. */
  readonly turns: Turn<I>[];
}

/** Between the texts of messages that are merged into one turn. The reference has no case for it. */
const SEPARATOR = "\n\n";

/**
 * Checks a list of messages and makes alternating turns of it.
 *
 * Where the template raises (roles that do not alternate) or silently drops text (system content after its first
 * part, a system message alone), this merges neighbours of one role with a blank line between their texts, as
 * clients of llama-server do (ggml-org/llama.cpp#21879), or throws `bad_option`: for no user turn, an assistant turn
 * first, a system message later than the start, and pictures outside user turns, which the model never saw.
 */
export function toConversation<I>(messages: readonly Message<I>[]): Conversation<I> {
  if (!Array.isArray(messages)) throw badOption("messages", "a list of messages", messages);
  let system: string | undefined;
  const turns: Turn<I>[] = [];
  for (const [index, message] of messages.entries()) {
    const name = `messages[${index}]`;
    if (typeof message !== "object" || message === null) throw badOption(name, "a message", message);
    const { role, content } = message;
    if (role === "system") {
      if (turns.length > 0)
        throw badOption(`${name}.role`, '"user" or "assistant" after the first turn', role);
      const text = systemText(content, name);
      system = system === undefined ? text : system + SEPARATOR + text;
    } else if (role === "user" || role === "assistant") {
      if (role === "assistant" && turns.length === 0)
        throw badOption(`${name}.role`, '"user" as the first turn', role);
      append(turns, role, piecesOf(content, role, name));
    } else {
      throw badOption(`${name}.role`, '"system", "user" or "assistant"', role);
    }
  }
  if (turns.length === 0) throw badOption("messages", "at least one user message", messages);
  return { system, turns };
}

function append<I>(turns: Turn<I>[], role: "user" | "assistant", pieces: TurnPiece<I>[]): void {
  const last = turns.at(-1);
  if (last?.role !== role) {
    turns.push({ role, pieces });
    return;
  }
  if (typeof last.pieces.at(-1) === "string" && typeof pieces[0] === "string") last.pieces.push(SEPARATOR);
  last.pieces.push(...pieces);
}

/** Not trimmed: the template takes system text as it stands. */
function systemText<I>(content: Message<I>["content"], name: string): string {
  if (typeof content === "string") return toSafeText(content);
  if (!Array.isArray(content) || content.length === 0)
    throw badOption(`${name}.content`, "a text or text parts", content);
  const texts = content.map((part, index) => {
    if (part?.type !== "text")
      throw badOption(`${name}.content[${index}]`, "a text part in a system message", part);
    return partText(part.text, `${name}.content[${index}]`);
  });
  return texts.join(SEPARATOR);
}

function piecesOf<I>(
  content: Message<I>["content"],
  role: "user" | "assistant",
  name: string,
): TurnPiece<I>[] {
  if (typeof content === "string") return nonEmpty(toSafeText(content));
  if (!Array.isArray(content)) throw badOption(`${name}.content`, "a text or a list of parts", content);
  return content.flatMap((part, index): TurnPiece<I>[] => {
    const where = `${name}.content[${index}]`;
    if (part?.type === "text") return nonEmpty(partText(part.text, where));
    if (part?.type !== "image") throw badOption(where, 'a part of type "text" or "image"', part);
    if (role !== "user") throw badOption(where, "a text part: only user messages hold pictures", part);
    if (part.image === undefined || part.image === null)
      throw badOption(`${where}.image`, "a picture", part.image);
    return [{ image: part.image }];
  });
}

function partText(text: unknown, where: string): string {
  if (typeof text !== "string") throw badOption(`${where}.text`, "a string", text);
  return toSafeText(text);
}

function nonEmpty(text: string): string[] {
  const stripped = pythonStrip(text);
  return stripped === "" ? [] : [stripped];
}
