import { badOption, MedGemmaError } from "../base/errors.js";
import { reading } from "../base/options.js";
import type { EngineInfo, PromptPart } from "./engine.js";

/** Characters that no token of a Gemma 3 stands for: its longest are of 48 bytes. */
const MORE_THAN_A_TOKEN = 96;

/** Tokens that a text has at least, however it is made into them. Known without a look at it. */
export function fewestTokens({ length }: { readonly length: number }): number {
  return Math.ceil(length / MORE_THAN_A_TOKEN);
}

/**
 * Refuses a prompt that cannot fit into the context before it is sent anywhere.
 * @param what Names it in the error.
 * @throws MedGemmaError `context_full`.
 */
export function checkFewest(what: string, required: number, available: number): void {
  if (!(required > available)) return;
  throw new MedGemmaError(
    "context_full",
    `${what} needs at least ${required} tokens; the context holds ${available}.`,
    { facts: { required, available } },
  );
}

/** As {@link checkFewest}, of all parts together: each text is made into tokens by itself. */
export function checkPartsFit(parts: readonly PromptPart[], { contextSize, projector }: EngineInfo): void {
  const picture = projector?.imageTokens ?? 0;
  const fewest = (part: PromptPart) => (part.type === "text" ? fewestTokens(part.text) : picture);
  const required = parts.reduce((sum, part) => sum + fewest(part), 0);
  checkFewest("The prompt", required, contextSize);
}

/** As {@link checkFewest}, of each by itself. */
export function checkContinuationsFit(continuations: readonly string[], { contextSize }: EngineInfo): void {
  for (const text of continuations) checkFewest("A continuation", fewestTokens(text), contextSize);
}

/**
 * Refuses what is no prompt, by the place of the part: an engine would wait for what never comes.
 * @throws MedGemmaError `bad_option`.
 */
export function checkParts(parts: unknown): void {
  reading("parts", () => {
    if (!Array.isArray(parts)) throw badOption("parts", "a list of text and image parts", parts);
    for (const [index, part] of parts.entries()) {
      const { type, text, special, image } = (part ?? {}) as Record<string, unknown>;
      const isText = type === "text" && typeof text === "string" && typeof special === "boolean";
      if (!isText && !(type === "image" && typeof image === "object" && image !== null))
        throw badOption(`parts[${index}]`, "a part of type text (with text and special) or image", part);
    }
  });
}
