import { types } from "node:util";
import { badOption, MedGemmaError } from "../../base/errors.js";
import { bytesOf } from "../../base/files/handed-bytes.js";
import { isByteStream } from "../../base/files/read-stream.js";
import { ReplayedStream } from "../../base/files/replayed-stream.js";
import { plain, reading } from "../../base/options.js";
import { type ImageInput, kindOfInput } from "../../image/input.js";
import type { RgbImage } from "../../image/rgb.js";
import type { ContentPart, Message } from "../../prompt/message.js";
import { thinkingSystem } from "../../prompt/presets.js";
import type { AskOptions } from "./ask-options.js";

/** A question: its words, or words and pictures in the order in which the model shall read them. */
export type Question = string | readonly QuestionPart[];
/** An `image` part without `image` stands for the next of the pictures given beside the question. */
export type QuestionPart =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image"; readonly image?: ImageInput | undefined };

/** Nothing, one picture or several. */
export type Pictures = ImageInput | readonly ImageInput[] | undefined;

/** Of one turn: each is copied and read by itself. A volume of thousands of slices has fewer, each with its words. */
const MOST_PARTS = 10_000;

/**
 * One user turn: the pictures, then the question (as in Google's anatomy and longitudinal notebooks), or the order
 * that the question's parts give. Pictures that no part names come first.
 * @throws MedGemmaError `bad_option`.
 */
export function toContent(pictures: Pictures, question: Question): ContentPart<ImageInput>[] {
  return reading("pictures and question", () => {
    for (const [name, list] of Object.entries({ pictures, question }))
      if (Array.isArray(list) && list.length > MOST_PARTS)
        throw badOption(name, `${MOST_PARTS} parts at most`, list);
    return contentOf(plain("pictures", pictures), plain("question", question));
  });
}

function contentOf(pictures: Pictures, question: Question): ContentPart<ImageInput>[] {
  const waiting = toList(pictures).map(ownCopy);
  if (typeof question === "string") {
    if (question.trim() === "") throw badOption("question", "some words", question);
    return [...waiting.map((image) => ({ type: "image" as const, image })), { type: "text", text: question }];
  }
  if (question === undefined) {
    throw new MedGemmaError("bad_option", "Expected pictures and a question, got one argument.", {
      facts: { option: "question" },
      remedy: "Pass the pictures first: `ask([], question)` asks about none.",
    });
  }
  if (!Array.isArray(question)) throw badOption("question", "a string or an array of parts", question);
  for (const part of question)
    if (typeof part !== "object" || part === null)
      throw badOption("question", "parts with a type, or a string,", part);
  const named = question.filter((part) => part.type === "image" && part.image === undefined).length;
  if (named > waiting.length)
    throw badOption("pictures", `${named} pictures, as many as the question has places for,`, pictures);
  const first = waiting.splice(0, waiting.length - named);
  const content: ContentPart<ImageInput>[] = first.map((image) => ({ type: "image", image }));
  for (const part of question as readonly QuestionPart[]) {
    if (part.type === "text") content.push({ ...part });
    else
      content.push({
        type: "image",
        image: part.image === undefined ? (waiting.shift() as ImageInput) : ownCopy(part.image),
      });
  }
  return content;
}

export function toList(pictures: Pictures): ImageInput[] {
  if (pictures === undefined) return [];
  return Array.isArray(pictures) ? [...pictures] : [pictures as ImageInput];
}

/**
 * A picture for more than one reading, whatever becomes of it at its owner's: pixels and bytes as they are now, and of a
 * stream, which ends after the first, all that it gave.
 * @throws MedGemmaError `bad_option` for bytes that have been transferred.
 */
export function keepPicture(image: ImageInput): ImageInput {
  // sharp's instances are streams too.
  if (isByteStream(image) && kindOfInput(image).kind === "stream") return new ReplayedStream(image);
  return ownCopy(image);
}

/** Pixels and bytes as they are now: the caller may reuse the buffer as soon as the call is made. */
function ownCopy(image: ImageInput): ImageInput {
  if (types.isUint8Array(image) || types.isAnyArrayBuffer(image)) return new Uint8Array(bytesOf(image));
  if (typeof image !== "object" || image === null || !("data" in image)) return image;
  const { data } = image;
  if (!ArrayBuffer.isView(data)) return image;
  bytesOf(data.buffer);
  // Buffer.slice would be a view.
  if (types.isUint8Array(data)) return { ...image, data: new Uint8Array(data) } as ImageInput;
  return "slice" in data ? ({ ...image, data: data.slice() } as ImageInput) : image;
}

/** System text and thinking instruction as a turn, if there is any. */
export function systemTurn(options: AskOptions): Message<RgbImage>[] {
  const text = options.think ? thinkingSystem(options.system) : options.system;
  return text === undefined || text === "" ? [] : [{ role: "system", content: text }];
}
