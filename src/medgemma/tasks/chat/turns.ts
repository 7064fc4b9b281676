import { badOption } from "../../../base/errors.js";
import { objectOption } from "../../../base/options.js";
import type { Message } from "../../../prompt/message.js";

/** An earlier turn, its parts as they were given. */
export interface GivenTurn {
  readonly role: Exclude<Message<unknown>["role"], "system">;
  readonly content: string | readonly GivenPart[];
}
export type GivenPart =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image"; readonly image: unknown };

/** Those of ten busy years; more hold the event loop while they are read. */
const MOST_TURNS = 20_000;

/** @throws MedGemmaError `bad_option`. */
export function turnsOf(name: string, turns: unknown): readonly unknown[] {
  if (!Array.isArray(turns) || turns.length > MOST_TURNS)
    throw badOption(name, `an array of at most ${MOST_TURNS} messages`, turns);
  return turns;
}

/**
 * An earlier turn of a conversation, wherever it was kept. The system's text is an option, and no turn.
 * @param where What errors call it.
 * @throws MedGemmaError `bad_option`.
 */
export function toTurn(turn: unknown, index: number, where: string): GivenTurn {
  const { role, content } = objectOption(where, turn);
  if (role !== "user" && (role !== "assistant" || index === 0))
    throw badOption(`${where}.role`, '"user" first, then "assistant" or "user"', role);
  if (typeof content === "string") return { role, content };
  if (!Array.isArray(content)) throw badOption(`${where}.content`, "a text or a list of parts", content);
  return { role, content: content.map((part) => toPart(part, role, `${where}.content`)) };
}

function toPart(part: unknown, role: GivenTurn["role"], where: string): GivenPart {
  const { type, text, image } = objectOption(where, part);
  if (type === "text" && typeof text === "string") return { type, text };
  if (type !== "image" || image === undefined || image === null)
    throw badOption(where, "parts that are a text or a picture", part);
  if (role !== "user") throw badOption(where, "texts: only a user's turn has pictures,", part);
  return { type, image };
}
