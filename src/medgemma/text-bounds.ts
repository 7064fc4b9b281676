import { MedGemmaError } from "../base/errors.js";
import type { Engine } from "../engine/engine.js";

/** Characters that no token of a Gemma 3 stands for: its longest are of 48 bytes. */
const MORE_THAN_A_TOKEN = 96;

/**
 * Refuses a text that cannot fit into the context however it is made into tokens, before anything is made of it.
 * @throws MedGemmaError `context_full`.
 */
export function checkFits({ info }: Engine, what: string, text: string): void {
  const required = Math.ceil(text.length / MORE_THAN_A_TOKEN);
  if (!(required > info.contextSize)) return;
  throw new MedGemmaError(
    "context_full",
    `${what} needs at least ${required} tokens; the context holds ${info.contextSize}.`,
    { facts: { required, available: info.contextSize } },
  );
}
