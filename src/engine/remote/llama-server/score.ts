import type { MedGemmaError } from "../../../base/errors.js";
import type { PromptPart, ScoreResult, TokenLogprob } from "../../engine.js";
import { UNTOLD } from "../endpoint/endpoint.js";
import { unsupported } from "../http/unsupported.js";
import type { Chunk } from "./events.js";

export interface ScoreServer {
  tokenize(text: string): Promise<number[]>;
  /** One greedy token after the parts, with this many of the likeliest. */
  next(parts: readonly PromptPart[], count: number): Promise<Chunk>;
  readonly vocabularySize: number;
  readonly imageTokens: number;
}

/** Among so many the token of a sensible label is; an answer with the whole vocabulary has tens of megabytes. */
const LIKELIEST = 1000;

/**
 * Scores by asking for one token at a time, whose probability is among the likeliest or else in the whole vocabulary.
 * @throws MedGemmaError `unsupported_by_endpoint` where a continuation's beginning cannot be said to the server.
 */
export async function scoreByTokens(
  server: ScoreServer,
  parts: readonly PromptPart[],
  continuations: readonly string[],
): Promise<ScoreResult> {
  const known = new Map<string, { chunk: Chunk; count: number }>();
  let promptTokens = 0;
  const ask = async (begun: string, least: number) => {
    const before = known.get(begun);
    if (before && before.count >= least) return before.chunk;
    const next: PromptPart[] = begun === "" ? [] : [{ type: "text", text: begun, special: false }];
    const chunk = await server.next([...parts, ...next], least);
    if (begun === "") promptTokens = chunk.tokens_evaluated ?? 0;
    known.set(begun, { chunk, count: least });
    return chunk;
  };
  const scores = [];
  for (const text of continuations) {
    const tokens: TokenLogprob[] = [];
    let begun = "";
    const ids = await server.tokenize(text);
    for (const [place, id] of ids.entries()) {
      // The server is told the beginning as text, and must read it as these very tokens.
      if (begun !== "" && String(await server.tokenize(begun)) !== String(ids.slice(0, place)))
        throw unscorable();
      const first = Math.min(LIKELIEST, server.vocabularySize || LIKELIEST);
      let found = find(await ask(begun, first), id);
      if (!found && server.vocabularySize > first) found = find(await ask(begun, server.vocabularySize), id);
      if (!found) throw unscorable();
      tokens.push(found);
      begun += found.text;
    }
    scores.push({ text, logprob: tokens.reduce((sum, token) => sum + token.logprob, 0), tokens });
  }
  const usage = {
    promptTokens,
    imageTokens: server.imageTokens,
    cachedTokens: 0,
    completionTokens: 0,
  };
  return { scores, usage, timings: UNTOLD };
}

function find(chunk: Chunk, id: number): TokenLogprob | undefined {
  const top = chunk.completion_probabilities?.[0]?.top_logprobs;
  const token = top?.find((candidate) => candidate.id === id);
  return token && { id, text: token.token, logprob: token.logprob };
}

function unscorable(): MedGemmaError {
  return unsupported("score", "The endpoint cannot score this continuation.");
}
