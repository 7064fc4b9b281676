import type { Engine } from "../../engine/engine.js";
import { checkFewest, fewestTokens } from "../../engine/parts.js";
import type { Message } from "../../prompt/message.js";
import { type RenderedPart, renderPrompt } from "../../prompt/render.js";

/**
 * Refuses a text that cannot fit into the context however it is made into tokens, before anything is made of it.
 * @throws MedGemmaError `context_full`.
 */
export function checkFits({ info }: Engine, what: string, text: string): void {
  checkFewest(what, fewestTokens(text), info.contextSize);
}

/**
 * A conversation's prompt. What cannot fit is refused before it is looked at: to trim megabytes, to mend their letters and
 * to join them holds the event loop. An endpoint's context may be larger than is known here; it says so itself.
 * @throws MedGemmaError `context_full`, and as {@link renderPrompt}.
 */
export function promptOf<I>({ info }: Engine, messages: readonly Message<I>[]): RenderedPart<I>[] {
  if (info.kind !== "remote") checkFewest("The prompt", fewestOf(messages), info.contextSize);
  return renderPrompt(messages);
}

/** Of the texts together, without the white space around them: they are trimmed, and neighbours are joined. */
function fewestOf(messages: readonly Message<unknown>[]): number {
  let length = 0;
  for (const { content } of messages) {
    if (typeof content === "string") length += content.trim().length;
    else for (const part of content) if (part.type === "text") length += part.text.trim().length;
  }
  return fewestTokens({ length });
}
