import { MedGemmaError } from "../../../base/errors.js";
import type { PromptPart } from "../../engine.js";
import { toSquarePng } from "../endpoint/picture.js";

export type ServerPrompt = number[] | { prompt_string: string; multimodal_data: string[] };

export interface PromptSettings {
  /** Stands for a picture in the string. */
  readonly marker: string;
  /** Pixels. */
  readonly imageSize: number;
  tokenize(text: string, special: boolean): Promise<number[]>;
}

/**
 * A prompt for llama-server's /completion. Without pictures it is token ids, so that control words a user wrote stay
 * letters. With pictures the server takes only a string and reads control words anywhere in it; text of a user that
 * would become one is refused, not changed in silence.
 * @throws MedGemmaError `unsupported_by_endpoint`.
 */
export async function toServerPrompt(
  parts: readonly PromptPart[],
  settings: PromptSettings,
): Promise<ServerPrompt> {
  if (parts.every((part) => part.type === "text")) {
    const ids: number[] = [];
    for (const part of parts) ids.push(...(await settings.tokenize(part.text, part.special)));
    return ids;
  }
  const pictures: string[] = [];
  let text = "";
  for (const part of parts) {
    if (part.type === "image") {
      pictures.push(await toSquarePng(part.image, settings.imageSize));
      text += settings.marker;
    } else {
      if (!part.special) await refuseControlWords(part.text, settings);
      text += part.text;
    }
  }
  return { prompt_string: withoutServersOwn(text, settings.marker), multimodal_data: pictures };
}

/** The server puts `<bos>` and the tokens around a picture itself. */
export function withoutServersOwn(text: string, marker: string): string {
  return text.replace(/^<bos>/, "").replaceAll(`<start_of_image>${marker}<end_of_image>`, marker);
}

async function refuseControlWords(text: string, { marker, tokenize }: PromptSettings): Promise<void> {
  if (!text.includes("<") && !text.includes("[")) return;
  const [letters, words] = [await tokenize(text, false), await tokenize(text, true)];
  if (!text.includes(marker) && letters.join() === words.join()) return;
  throw new MedGemmaError(
    "unsupported_by_endpoint",
    "The endpoint would read a control word in the text as a command, as the prompt has pictures.",
    { facts: { capability: "control_words_with_pictures" } },
  );
}
