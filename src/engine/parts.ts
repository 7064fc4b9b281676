import { badOption } from "../base/errors.js";
import { reading } from "../base/options.js";

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
