import type { GeneratedToken, TokenLogprob } from "../engine.js";
import type { NativeEngineHandle, NativeLogprobs } from "./addon.js";

/** Names tokens for people. A token that ends inside a character shows U+FFFD there; the answer's text does not. */
export class TokenTexts {
  readonly #texts = new Map<number, string>();

  constructor(private readonly handle: NativeEngineHandle) {}

  /** The addon's list, chosen token first, as one generated token; nothing when there is no list. */
  describe(logprobs: unknown): GeneratedToken[] {
    if (logprobs === undefined) return [];
    const [chosen, ...top] = (logprobs as NativeLogprobs).map((pair) => this.describeToken(pair));
    return chosen ? [{ ...chosen, top }] : [];
  }

  describeToken([id, logprob]: [number, number]): TokenLogprob {
    let text = this.#texts.get(id);
    if (text === undefined) {
      text = this.handle.tokenText(id).toString("utf8");
      this.#texts.set(id, text);
    }
    return { id, text, logprob };
  }
}
