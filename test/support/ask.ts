import { MedGemmaError } from "../../src/base/errors.js";
import type { Engine, GeneratedToken, GenerateOptions, GenerationEvent } from "../../src/engine/engine.js";
import type { RgbImage } from "../../src/image/rgb.js";
import type { Message } from "../../src/prompt/message.js";
import { renderPrompt } from "../../src/prompt/render.js";

/** Options of an answer that goes on to its limit: a grammar of letters that never lets it end. */
export const UNENDING = { grammar: "root ::= [a-z ] root" } as const;

export interface Answer {
  readonly text: string;
  readonly tokens: readonly GeneratedToken[];
  readonly done: Extract<GenerationEvent, { type: "done" }>;
}

/** The engine's raw answer to rendered messages, thought and markers included. */
export async function answer(
  engine: Engine,
  messages: readonly Message<RgbImage>[],
  options: Partial<GenerateOptions> = {},
): Promise<Answer> {
  return gather(engine.generate(renderPrompt(messages), { maxTokens: 96, ...options }));
}

/** The same for one question without a picture. */
export function answerText(engine: Engine, question: string, options: Partial<GenerateOptions> = {}) {
  return answer(engine, [{ role: "user", content: question }], options);
}

async function gather(events: AsyncIterable<GenerationEvent>): Promise<Answer> {
  let text = "";
  const tokens: GeneratedToken[] = [];
  let done: Answer["done"] | undefined;
  for await (const event of events) {
    if (done) throw new Error("An event came after done.");
    if (event.type === "done") {
      done = event;
    } else {
      text += event.text;
      tokens.push(...event.tokens);
    }
  }
  if (!done) throw new Error("The events ended without done.");
  return { text, tokens, done };
}

/** What a promise rejects with; throws when it does not, or with anything but a MedGemmaError. */
export async function rejection(promise: Promise<unknown>): Promise<MedGemmaError> {
  const error = await promise.then(
    () => new Error("It did not reject."),
    (thrown: unknown) => thrown,
  );
  if (!MedGemmaError.isInstance(error)) throw new Error("Expected a MedGemmaError.", { cause: error });
  return error;
}
