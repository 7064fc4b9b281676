import type { ScoreResult, TokenLogprob, Usage } from "../../engine.js";
import { UNTOLD } from "../endpoint/endpoint.js";
import { unsupported } from "../http/unsupported.js";

export interface ChatScorer {
  /** The likeliest tokens after the prompt and this beginning of the answer. */
  next(begun: string): Promise<{ tokens: readonly TokenLogprob[]; usage: Usage }>;
}

/**
 * Scores from the likeliest tokens that a chat completion tells, 20 at most. The endpoint's tokens are not known by
 * number: at each step the longest of them that the rest begins with is taken, as a tokeniser would.
 * @throws MedGemmaError `unsupported_by_endpoint` where a continuation is not among the likeliest.
 */
export async function scoreByChat(
  scorer: ChatScorer,
  continuations: readonly string[],
): Promise<ScoreResult> {
  const known = new Map<string, ReturnType<ChatScorer["next"]>>();
  const ask = (begun: string) => {
    const answer = known.get(begun) ?? scorer.next(begun);
    known.set(begun, answer);
    return answer;
  };
  const scores = [];
  for (const text of continuations) {
    const tokens: TokenLogprob[] = [];
    let begun = "";
    while (begun.length < text.length) {
      const rest = text.slice(begun.length);
      const found = longest((await ask(begun)).tokens, rest);
      if (!found)
        throw unsupported("score", "A continuation is not among the tokens whose probability is told.");
      tokens.push(found);
      begun += found.text;
    }
    scores.push({ text, logprob: tokens.reduce((sum, token) => sum + token.logprob, 0), tokens });
  }
  const { usage } = await ask("");
  return { scores, usage: { ...usage, completionTokens: 0 }, timings: UNTOLD };
}

function longest(tokens: readonly TokenLogprob[], rest: string): TokenLogprob | undefined {
  return tokens
    .filter(({ text }) => text !== "" && rest.startsWith(text))
    .reduce<TokenLogprob | undefined>(
      (best, token) => (best && best.text.length >= token.text.length ? best : token),
      undefined,
    );
}
