import { readFile } from "node:fs/promises";
import path from "node:path";
import { MedGemmaError } from "../base/errors.js";
import { packageRoot } from "../base/package.js";
import type { MedGemma } from "../medgemma/medgemma.js";
import type { ModelResult } from "../medgemma/run/result.js";

/** What Hugging Face transformers computes, in float32, from the phantom's weights. */
export interface ReferenceCase {
  readonly name: string;
  /** In examples/images. */
  readonly pictures: readonly string[];
  readonly question: string;
  readonly system?: string | undefined;
  /** Tokens of the rendered prompt, picture tokens included. */
  readonly promptTokens: number;
  readonly first: { readonly id: number; readonly logprob: number };
  readonly answerIds: readonly number[];
  readonly answer: string;
}

interface Reference {
  readonly logprobTolerance: number;
  readonly cases: readonly ReferenceCase[];
}

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** Why it failed, or what was found. */
  readonly detail: string;
  readonly remedy?: string | undefined;
}

export const examplePictures = path.join(packageRoot, "examples", "images");

export async function readReference(): Promise<Reference> {
  const file = path.join(packageRoot, "models", "phantom", "reference.json");
  return JSON.parse(await readFile(file, "utf8")) as Reference;
}

/** Asks the embedded model what the reference was asked, and compares. */
export async function* selfTest(model: MedGemma, signal: AbortSignal): AsyncGenerator<Check, void, void> {
  const { cases, logprobTolerance } = await readReference();
  for (const reference of cases) {
    const pictures = reference.pictures.map((name) => path.join(examplePictures, name));
    try {
      const { question, system } = reference;
      const options = { logprobs: 1, maxTokens: 256, signal, ...(system !== undefined && { system }) };
      const result = await model.ask(pictures, question, options);
      yield compare(reference, result, logprobTolerance);
    } catch (error) {
      if (!MedGemmaError.isInstance(error) || error.code === "aborted") throw error;
      yield { name: reference.name, ok: false, detail: error.message, remedy: error.remedy };
    }
  }
}

/** Exported for its test. */
export function compare(reference: ReferenceCase, result: ModelResult, tolerance: number): Check {
  const { name, first, answerIds, answer, promptTokens } = reference;
  const [found] = result.tokens;
  const difference = Math.abs((found?.logprob ?? Number.NaN) - first.logprob);
  const ids = result.tokens.map(({ id }) => id);
  const problems = [
    result.usage.promptTokens === promptTokens ||
      `prompt of ${result.usage.promptTokens} tokens, not ${promptTokens}`,
    found?.id === first.id || `first token ${found?.id}, not ${first.id}`,
    difference <= tolerance || `first log-probability off by ${difference.toFixed(4)}`,
    answerIds.every((id, index) => ids[index] === id) || "answer tokens differ",
    result.text === answer || "answer differs",
  ].filter((it) => it !== true);
  if (problems.length === 0) {
    return {
      name,
      ok: true,
      detail: `${answerIds.length} tokens equal, first log-probability within ${difference.toExponential(1)}`,
    };
  }
  return {
    name,
    ok: false,
    detail: problems.join("; "),
    remedy: "Rebuild the addon (`npm rebuild medgemma`) and check models/phantom against the package.",
  };
}
