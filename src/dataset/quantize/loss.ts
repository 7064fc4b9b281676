import { Callback } from "../../base/callback.js";
import { badOption, MedGemmaError, throwIfAborted } from "../../base/errors.js";
import {
  checkObjects,
  checkSignal,
  functionOption,
  integerOption,
  readOnce,
  stringOption,
} from "../../base/options.js";
import type { ImageInput } from "../../image/input.js";
import type { MedGemma } from "../../medgemma/medgemma.js";
import { toContent } from "../../medgemma/run/conversation.js";
import { readContent } from "../../medgemma/run/pictures.js";
import { renderPrompt } from "../../prompt/render.js";
import { checkModel } from "../check-model.js";
import type { EvaluateCase } from "../evaluate/case.js";
import { type Perplexity, perplexityOf } from "./perplexity.js";

export interface LossInput {
  /** Questions with their pictures; their truth is not looked at. Defaults to none. */
  cases?: readonly Pick<EvaluateCase, "images" | "question">[] | undefined;
  /** Text in the field's language, for perplexity. Defaults to none. */
  text?: string | undefined;
  /** Tokens of an answer at most, 1..200. Defaults to `128`. */
  maxTokens?: number | undefined;
  /** Called with 0..1 over both models. */
  onProgress?: ((share: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

export interface QuantizationLoss {
  readonly answers?:
    | {
        readonly cases: number;
        /** Greedy answers that are the same, letter by letter. */
        readonly equal: number;
        /** `equal / cases`, 0..1. */
        readonly agreement: number;
        /** Of the tokens of the answers before, natural logarithms: mean of how far their log-probability moved. */
        readonly meanLogprobDifference: number;
        readonly tokens: number;
        /** Numbers of the cases, from 0, whose answers differ. */
        readonly differing: readonly number[];
      }
    | undefined;
  readonly text?: TextLoss | undefined;
}

export interface TextLoss {
  readonly tokens: number;
  readonly before: number;
  readonly after: number;
  /** `after / before`: 1 is no loss. */
  readonly ratio: number;
}

const MAX_TOKENS = 128;
const MAX_ANSWER = 200;

interface Answered {
  readonly text: string;
  readonly logprobs: readonly number[];
}

/**
 * Runs the same cases and text on a model before and after. One is in memory at a time: both are given as functions
 * that load them.
 * @throws MedGemmaError `bad_option` without cases and text, and as `ask`.
 */
export async function quantizationLoss(
  loadBefore: () => Promise<MedGemma>,
  loadAfter: () => Promise<MedGemma>,
  asked: LossInput,
): Promise<QuantizationLoss> {
  const input = readOnce("quantizationLoss", asked);
  checkSignal(input.signal);
  if (typeof loadBefore !== "function") throw badOption("loadBefore", "a function", loadBefore);
  if (typeof loadAfter !== "function") throw badOption("loadAfter", "a function", loadAfter);
  const { cases = [] } = input;
  const text = stringOption("text", input.text) ?? "";
  if (!Array.isArray(cases)) throw badOption("cases", "a list of cases", cases);
  checkObjects("cases", cases);
  integerOption("maxTokens", input.maxTokens, MAX_TOKENS, 1, 1_000_000);
  if (cases.length === 0 && text.trim() === "")
    throw new MedGemmaError("bad_option", "Expected cases or a text to measure with.", {
      facts: { option: "cases" },
    });
  const progress = new Callback(functionOption("onProgress", input.onProgress));
  const told = { ...input, onProgress: (share: number) => progress.tell(share) };
  const before = await measure(loadBefore, told, undefined, 0);
  const after = await measure(loadAfter, told, before.answers, 0.5);
  const loss: { -readonly [K in keyof QuantizationLoss]: QuantizationLoss[K] } = {};
  if (cases.length > 0) loss.answers = compare(before, after);
  if (before.perplexity && after.perplexity) {
    const [one, two] = [before.perplexity, after.perplexity];
    loss.text = { tokens: one.tokens, before: one.value, after: two.value, ratio: two.value / one.value };
  }
  return loss;
}

interface Measured {
  readonly answers: readonly Answered[];
  /** Of the other model's answers. */
  readonly scored: readonly (readonly number[])[];
  readonly perplexity: Perplexity | undefined;
}

async function measure(
  load: () => Promise<MedGemma>,
  input: LossInput,
  others: readonly Answered[] | undefined,
  from: number,
): Promise<Measured> {
  const model = await load();
  checkModel(model);
  try {
    return await measureWith(model, input, others, from);
  } finally {
    await model.dispose();
  }
}

async function measureWith(
  model: MedGemma,
  { cases = [], text, maxTokens = MAX_TOKENS, signal, onProgress }: LossInput,
  others: readonly Answered[] | undefined,
  from: number,
): Promise<Measured> {
  const limit = Math.min(maxTokens, MAX_ANSWER);
  // Cases and text are half of the work each, where there are both.
  const forCases = text?.trim() ? (cases.length > 0 ? 0.25 : 0) : 0.5;
  const answers: Answered[] = [];
  const scored: (readonly number[])[] = [];
  for (const [index, { images, question = "" }] of cases.entries()) {
    throwIfAborted(signal);
    const pictures = [images ?? []].flat() as ImageInput[];
    const options = { maxTokens: limit, ...(signal && { signal }) };
    const result = await model.ask(pictures, question, options);
    const score = (answer: string) => scoreAnswer(model, pictures, question, answer, signal);
    const logprobs = others ? [] : await score(result.text);
    answers.push({ text: result.text, logprobs });
    if (others) scored.push(await score(others[index]?.text ?? ""));
    onProgress?.(from + (forCases * (index + 1)) / cases.length);
  }
  const onText = (share: number) => onProgress?.(from + forCases + (0.5 - forCases) * share);
  const perplexity = text?.trim() ? await perplexityOf(model.engine, text, signal, onText) : undefined;
  return { answers, scored, perplexity };
}

async function scoreAnswer(
  model: MedGemma,
  pictures: readonly ImageInput[],
  question: string,
  answer: string,
  signal: AbortSignal | undefined,
): Promise<number[]> {
  if (answer === "") return [];
  const { content } = await readContent(
    toContent(pictures, question),
    model.reading,
    signal ? { signal } : {},
  );
  const prompt = renderPrompt([{ role: "user", content }]);
  const { scores } = await model.engine.score(prompt, [answer], signal ? { signal } : {});
  return scores[0]?.tokens.map(({ logprob }) => logprob) ?? [];
}

function compare(before: Measured, after: Measured): NonNullable<QuantizationLoss["answers"]> {
  const differing: number[] = [];
  let moved = 0;
  let tokens = 0;
  for (const [index, answer] of before.answers.entries()) {
    if (after.answers[index]?.text !== answer.text) differing.push(index);
    for (const [place, logprob] of answer.logprobs.entries()) {
      moved += Math.abs(logprob - (after.scored[index]?.[place] ?? logprob));
      tokens++;
    }
  }
  const cases = before.answers.length;
  const equal = cases - differing.length;
  const meanLogprobDifference = tokens > 0 ? moved / tokens : 0;
  return { cases, equal, agreement: equal / cases, meanLogprobDifference, tokens, differing };
}
