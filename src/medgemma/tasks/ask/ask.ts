import { readOnce } from "../../../base/options.js";
import { type AskOptions, checkAskOptions } from "../../run/ask-options.js";
import { type Pictures, type Question, systemTurn, toContent } from "../../run/conversation.js";
import type { LoadedModel } from "../../run/loaded-model.js";
import { readContent } from "../../run/pictures.js";
import { CUSTOM_PROMPT } from "../../run/provenance.js";
import type { StreamEvent } from "../../run/result.js";
import { type SchemaOptions, structured, takeStructure } from "../../run/structured/structured.js";

/** @see MedGemma.stream */
export async function* streamAsk(
  model: LoadedModel,
  pictures: Pictures,
  question: Question,
  given: AskOptions & Partial<SchemaOptions>,
): AsyncGenerator<StreamEvent, void, void> {
  const started = performance.now();
  const taken = readOnce("ask", given);
  checkAskOptions("ask", taken, ["schema", "jsonSchema"]);
  const { options, structure } = takeStructure(taken);
  const { content, studies } = await readContent(toContent(pictures, question), model, options);
  const read = performance.now() - started;
  const messages = [...systemTurn(options), { role: "user" as const, content }];
  yield* structured(model, messages, { prompt: CUSTOM_PROMPT, options, studies, started, read }, structure);
}
