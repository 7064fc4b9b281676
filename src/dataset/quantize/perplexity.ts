import { throwIfAborted } from "../../base/errors.js";
import type { Engine, PromptPart } from "../../engine/engine.js";

export interface Perplexity {
  /** e to the mean negative log-probability of a token; 1 is a text known by heart. */
  readonly value: number;
  readonly tokens: number;
}

/** Of UTF-8: a token is a byte at least, and a continuation has 256 tokens at most. */
const PIECE_BYTES = 240;
/** Pieces that stand before the one that is scored, at the beginning of the text fewer. */
const LEAST_CONTEXT = 8;
const MOST_CONTEXT = 16;

/**
 * Every piece of the text after those before it. The same text gives comparable figures for one vocabulary only.
 * @param onProgress Called with 0..1 after each piece.
 */
export async function perplexityOf(
  engine: Pick<Engine, "score">,
  text: string,
  signal?: AbortSignal,
  onProgress?: (share: number) => void,
): Promise<Perplexity> {
  const pieces = piecesOf(text);
  let sum = 0;
  let tokens = 0;
  let from = 0;
  for (const [index, piece] of pieces.entries()) {
    throwIfAborted(signal);
    // The context grows by what was just scored, so that the engine has all but that; where it begins moves seldom.
    if (index - from > MOST_CONTEXT) from = index - LEAST_CONTEXT;
    const before = pieces.slice(from, index).join("");
    const prompt: PromptPart[] = [{ type: "text", text: "<bos>", special: true }];
    if (before !== "") prompt.push({ type: "text", text: before, special: false });
    const { scores } = await engine.score(prompt, [piece], signal ? { signal } : {});
    sum += scores[0]?.logprob ?? 0;
    tokens += scores[0]?.tokens.length ?? 0;
    onProgress?.((index + 1) / pieces.length);
  }
  return { value: Math.exp(-sum / Math.max(1, tokens)), tokens };
}

/** The text in pieces that together are the text; cut before a blank where there is one. */
export function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  let piece = "";
  let bytes = 0;
  for (const word of text.trim().match(/\s*\S{1,60}/gu) ?? []) {
    const length = Buffer.byteLength(word);
    if (piece !== "" && bytes + length > PIECE_BYTES) {
      pieces.push(piece);
      [piece, bytes] = ["", 0];
    }
    piece += word;
    bytes += length;
  }
  return piece === "" ? pieces : [...pieces, piece];
}
