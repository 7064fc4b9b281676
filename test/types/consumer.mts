// A program of somebody's, compiled by ../unit/types.test.ts as an application compiles it: with the DOM's library, as
// every Next or Vite project has, and with exactOptionalPropertyTypes.
import { Blob as NodeBlob } from "node:buffer";
import {
  type AskOptions,
  type ChatResult,
  type ErrorData,
  FakeEngine,
  type LoadOptions,
  MedGemma,
  MedGemmaError,
  type ReportOptions,
  readDicom,
} from "medgemma";

declare const form: FormData;
declare const settings: { temperature?: number; model: string | undefined; signal: AbortSignal | undefined };

export async function upload(model: MedGemma): Promise<string> {
  const file = form.get("picture");
  if (!(file instanceof File)) throw new Error("no file");
  const one = await model.ask(file, "Is there an effusion?");
  const two = await model.ask([file, new Blob([]), new NodeBlob([])], "Compare them.");
  const { text } = await model.ask(await file.arrayBuffer(), "Is there an effusion?");
  await readDicom(file);
  return one.text + two.text + text;
}

export async function optional(): Promise<ChatResult> {
  const load: LoadOptions = { model: settings.model, signal: settings.signal, contextSize: undefined };
  const ask: AskOptions = { temperature: settings.temperature, signal: settings.signal, system: undefined };
  const report: ReportOptions = { ...ask, prompt: undefined };
  const model = await MedGemma.load(load);
  await model.report("chest.png", report);
  for await (const event of model.stream("chest.png", "Is there an effusion?", ask)) {
    if (event.type === "finish") event.result.text satisfies string;
  }
  return model.chat({ ...ask, overflow: "drop-oldest" }).ask("And now?", ask);
}

export function failure(error: unknown): ErrorData | number | undefined {
  if (MedGemmaError.isInstance(error, "context_full")) return error.facts.required;
  // @ts-expect-error: a code that there is not
  if (MedGemmaError.isInstance(error, "no_such_code")) return undefined;
  return MedGemmaError.isInstance(error) ? error.toJSON() : undefined;
}

export const fake = MedGemma.fromEngine(new FakeEngine({ answer: undefined }));
// @ts-expect-error: an option that there is not
export const wrong: AskOptions = { temprature: 1 };
