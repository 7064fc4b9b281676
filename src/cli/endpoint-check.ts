import { MedGemmaError } from "../base/errors.js";
import type { LoadOptions } from "../medgemma/load/load-options.js";
import { MedGemma } from "../medgemma/medgemma.js";
import type { Fact } from "./machine.js";
import type { Check } from "./self-test.js";
import { seconds } from "./terminal.js";

/** Milliseconds for each question, unless more or less is wanted: doctor does not wait for one that is busy. */
const PATIENCE = 60_000;

/**
 * What one endpoint says of itself, and whether it answers: with one token, for the answer to a question about it may
 * come from a gateway before it, and Vertex AI has none to ask.
 * @throws MedGemmaError `aborted`, `bad_option`.
 */
export async function* checkEndpoint(
  endpoint: string,
  options: Pick<LoadOptions, "endpointApi" | "endpointModel" | "endpointTimeout">,
  signal: AbortSignal,
): AsyncGenerator<Fact | Check, void, void> {
  let model: MedGemma | undefined;
  try {
    model = await MedGemma.load({
      endpointTimeout: PATIENCE,
      ...options,
      endpoint,
      endpointRetries: 1,
      signal,
    });
    yield* endpointFacts(model.info);
    const { timings } = await model.ask([], "Hello", { maxTokens: 1, signal });
    yield { name: "endpoint", ok: true, detail: `answers, after ${seconds(timings.total)}` };
  } catch (error) {
    if (!MedGemmaError.isInstance(error) || error.code === "aborted" || error.code === "bad_option")
      throw error;
    yield { name: "endpoint", ok: false, detail: error.message, remedy: error.remedy };
  } finally {
    await model?.dispose();
  }
}

function endpointFacts({ model, projector, contextSize, capabilities, versions }: MedGemma["info"]): Fact[] {
  const { llamaCpp } = versions;
  const offered = Object.entries(capabilities ?? {});
  const names = (wanted: boolean) => offered.filter(([, has]) => has === wanted).map(([name]) => name);
  const lacking = names(false).length > 0 ? `; not ${names(false).join(", ")}` : "";
  const quantization = model.quantization === "unknown" ? "" : `, ${model.quantization}`;
  return [
    { name: "kind", value: llamaCpp === "none" ? "chat completions" : `llama-server (${llamaCpp})` },
    { name: "model", value: `${model.name}${quantization}` },
    { name: "context", value: `${contextSize} tokens` },
    { name: "pictures", value: projector ? `${projector.imageSize} pixels square` : "none" },
    { name: "offers", value: `${names(true).join(", ") || "none"}${lacking}` },
  ];
}
