import { MedGemmaError } from "../../base/errors.js";
import { readGguf } from "./gguf.js";
import { contradict, describeKind } from "./lineage.js";
import { modelFacts } from "./model.js";
import type { ModelFacts } from "./model-facts.js";
import { findWrong, MODEL_RULES } from "./model-rules.js";
import { readParts } from "./parts.js";
import { type ProjectorFacts, projectorFacts } from "./projector.js";
import { oddInProjector } from "./projector-rules.js";
import { GgufValues } from "./values.js";
import { checkWords } from "./vocabulary.js";

export interface ModelInspection {
  readonly model: ModelFacts;
  readonly projector: ProjectorFacts | undefined;
  /** Paths of the model's further files, where it is in several; else empty. */
  readonly parts: readonly string[];
  /** What a user should know before trusting an answer; empty when all is as expected. */
  readonly warnings: readonly string[];
}

/**
 * Reads what a model's and its projector's headers say, without the weights and without llama.cpp: what it would abort
 * on or refuse, and damage that can be known, is found here. Takes milliseconds, and memory for the headers only.
 *
 * @param model Of a model in several files the first.
 * @param projector Its projector's path; without it, text only.
 * @throws MedGemmaError `file_not_found`, `not_gguf`, `gguf_truncated`, `gguf_invalid`, `not_gemma3`,
 * `model_unsupported`, `model_in_parts`, `projector_as_model`, `model_as_projector`, `projector_mismatch`.
 */
export async function inspectModel(model: string, projector?: string): Promise<ModelInspection> {
  const { header, parts } = await readParts(model);
  const facts = modelFacts(header);
  const values = new GgufValues(header);
  const odd = [
    ...findWrong(MODEL_RULES, "warn", values, facts).map(({ wrong }) => wrong),
    ...(await checkWords(values, projector !== undefined)),
  ];
  const eyes = projector === undefined ? undefined : await readGguf(projector);
  const vision = eyes && projectorFacts(eyes, facts.width);
  if (vision && vision.imageTokens >= facts.trainedContext)
    throw new MedGemmaError(
      "gguf_invalid",
      `A picture takes ${vision.imageTokens} tokens, and ${facts.file} states a context of ${facts.trainedContext}.`,
      { facts: { file: facts.file, imageTokens: vision.imageTokens, context: facts.trainedContext } },
    );
  const warnings = [
    ...warningsOf(facts, vision),
    ...odd.map((wrong) => `${facts.file} ${wrong}.`),
    ...(eyes ? oddInProjector(new GgufValues(eyes)).map((wrong) => `${eyes.file} ${wrong}.`) : []),
  ];
  return { model: facts, projector: vision, parts, warnings };
}

function warningsOf(
  { kind, chatTemplate, file }: ModelFacts,
  projector: ProjectorFacts | undefined,
): string[] {
  const warnings: string[] = [];
  if (kind.family === "gemma3")
    warnings.push(`${file} says that it is Gemma 3, not MedGemma: it was not trained on medical pictures.`);
  if (kind.family === "unknown")
    warnings.push(`${file} does not say whether it is MedGemma; neither its name nor its header tells.`);
  if (kind.textOnly && projector)
    warnings.push(`${file} is MedGemma's text-only model: it was not trained on pictures.`);
  if (!chatTemplate && kind.family !== "unknown")
    warnings.push(
      `${file} carries no chat template; MedGemma's is used, which a base model was not trained on.`,
    );
  if (projector && contradict(kind, projector.kind))
    warnings.push(
      `${projector.file} names itself a projector of ${describeKind(projector.kind)}, ${file} is ${describeKind(kind)}: pictures may be seen wrongly; use the projector published with the model.`,
    );
  return warnings;
}
