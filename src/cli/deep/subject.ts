import { readFile } from "node:fs/promises";
import path from "node:path";
import { packageRoot } from "../../base/package.js";
import type { MedGemma } from "../../medgemma/medgemma.js";
import type { ModelInspection } from "../../models/gguf/inspect.js";
import { FULL_VOCABULARY } from "../../prompt/control-words.js";
import { examplePictures, readReference } from "../self-test.js";

/** What a model is asked to see whether it is the one that it says to be. */
export interface Subject {
  readonly model: MedGemma;
  /** Whose likelihood is known for some files. */
  readonly text: string;
  /** Nats a token of it that such models give, from and to, for files that nobody has measured. */
  readonly plausible: readonly [number, number];
  readonly film: string;
  /** Answered with yes for the film, and not for a grey square. */
  readonly question: string;
  /** Whether the model was made to think on request. */
  readonly thinks: boolean;
  /** A question that a thought comes before. */
  readonly asked: { readonly pictures: readonly string[]; readonly question: string };
  readonly signal: AbortSignal;
}

/** Nats a token that a text takes by float32, of a file by its sha256: test/oracles/gemma3_likelihood.py. */
export interface KnownLikelihood {
  readonly file: string;
  readonly sha256: string;
  readonly nats: number;
}

const deepFolder = path.join(packageRoot, "models", "deep");

export async function knownLikelihoods(): Promise<readonly KnownLikelihood[]> {
  return JSON.parse(await readFile(path.join(deepFolder, "known.json"), "utf8")) as KnownLikelihood[];
}

/** The phantom knows a thousand words, so it has a text, a film and a question of its own. */
export async function subjectOf(
  model: MedGemma,
  { kind }: ModelInspection["model"],
  signal: AbortSignal,
): Promise<Subject> {
  const film = path.join(examplePictures, "chest-007.png");
  if (model.info.model.vocabularySize < FULL_VOCABULARY) {
    const { cases } = await readReference();
    return {
      model,
      text: cases[0]?.answer ?? "",
      plausible: [0.3, 2],
      film,
      question: "Is there nodule in this image? Answer with yes or no.",
      thinks: kind.family === "phantom",
      asked: { pictures: [film], question: "Describe this X-ray." },
      signal,
    };
  }
  return {
    model,
    text: await readFile(path.join(deepFolder, "paragraph.txt"), "utf8"),
    // Language models of 1 to 27 billion weights.
    plausible: [1, 4.5],
    film,
    question: "Is this a picture of a chest? Answer with yes or no.",
    // By the model cards: 1.5, and both of 27B.
    thinks: kind.family === "medgemma" && (kind.version === "1.5" || kind.size === "27B"),
    asked: { pictures: [], question: "What are three common causes of a pleural effusion?" },
    signal,
  };
}
