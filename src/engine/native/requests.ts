import { onAbort } from "../../base/abort.js";
import { EventQueue } from "../../base/event-queue.js";
import type { GenerationEvent, ScoreResult, Usage } from "../engine.js";
import { fromNative, type NativeEventListener, type NativeResult } from "./addon.js";
import type { TokenTexts } from "./token-texts.js";

/** Milliseconds spent before the request reached the scheduler. */
export interface Preparation {
  /** From the call until the pictures were looked at. */
  readonly before: number;
  readonly encode: number;
}

type Submit = (listener: NativeEventListener) => () => void;

/** A generation as an iteration; breaking it off, or the signal, cancels it. */
export async function* runGeneration(
  submit: Submit,
  seed: number,
  preparation: Preparation,
  texts: TokenTexts,
  signal: AbortSignal | undefined,
): AsyncGenerator<GenerationEvent, void, void> {
  const events = new EventQueue<GenerationEvent>();
  const cancel = start(submit, (kind: string, first: unknown, second?: unknown) => {
    if (kind === "token") {
      events.push({ type: "text", text: first as string, tokens: texts.describe(second) });
    } else if (kind === "done") {
      const result = first as NativeResult;
      const { finishReason } = result;
      events.push({ type: "done", finishReason, ...measures(result, preparation), seed });
      events.end();
    } else {
      events.fail(fromNative(first));
    }
  });
  const stopListening = onAbort(signal, cancel);
  try {
    yield* events.read();
  } finally {
    stopListening();
    cancel();
  }
}

export async function runScoring(
  submit: Submit,
  continuations: readonly string[],
  preparation: Preparation,
  texts: TokenTexts,
  signal: AbortSignal | undefined,
): Promise<ScoreResult> {
  let stopListening = () => {};
  try {
    const result = await new Promise<NativeResult>((resolve, reject) => {
      const cancel = start(submit, (kind: string, value: unknown) => {
        if (kind === "done") resolve(value as NativeResult);
        else if (kind === "error") reject(fromNative(value));
      });
      stopListening = onAbort(signal, cancel);
    });
    const scores = result.scores.map((pairs, index) => {
      const tokens = pairs.map((pair) => texts.describeToken(pair));
      const logprob = tokens.reduce((sum, token) => sum + token.logprob, 0);
      return { text: continuations[index] ?? "", logprob, tokens };
    });
    return { scores, ...measures(result, preparation) };
  } finally {
    stopListening();
  }
}

function start(submit: Submit, listener: NativeEventListener): () => void {
  try {
    return submit(listener);
  } catch (error) {
    throw fromNative(error);
  }
}

function measures(
  result: NativeResult,
  { before, encode }: Preparation,
): Pick<ScoreResult, "usage" | "timings"> {
  const { promptTokens, imageTokens, cachedTokens, completionTokens, queue, prefill, decode, firstToken } =
    result;
  const usage: Usage = { promptTokens, imageTokens, cachedTokens, completionTokens };
  return {
    usage,
    timings: { queue, encode, prefill, decode, timeToFirstToken: before + encode + firstToken },
  };
}
