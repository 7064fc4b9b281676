import { MedGemmaError } from "../../base/errors.js";
import { CONTROL_WORDS, FULL_VOCABULARY, TURN_TEXT } from "../../prompt/control-words.js";
import type { NativeEngineHandle } from "./addon.js";

type Tokenizer = Pick<NativeEngineHandle, "tokenize" | "tokenText">;

/**
 * Asks the loaded tokenizer what is known beforehand: that the words which prompts are written with are one token each,
 * of Gemma 3's vocabulary the very one, and that a turn begins without a space. What a header does not tell shows here.
 * @throws MedGemmaError `model_unsupported`.
 */
export async function checkKnownWords(
  tokenizer: Tokenizer,
  vocabularySize: number,
  pictures: boolean,
): Promise<void> {
  const full = vocabularySize >= FULL_VOCABULARY;
  for (const { word, id, use } of CONTROL_WORDS) {
    if (use === "thinking" || (use === "pictures" && !pictures)) continue;
    const [token, ...more] = await tokenizer.tokenize(word, true).promise;
    const alone = token !== undefined && more.length === 0 && textOf(tokenizer, [token]) === word;
    if (!alone || (full && token !== id)) throw failed(word, full ? [id] : undefined);
  }
  const { text, ids } = TURN_TEXT;
  const tokens = [...(await tokenizer.tokenize(text, true).promise)];
  const right = full ? tokens.join() === ids.join() : textOf(tokenizer, tokens) === text;
  if (!right) throw failed("the beginning of a turn", full ? ids : undefined);
}

function textOf(tokenizer: Tokenizer, tokens: readonly number[]): string {
  return Buffer.concat(tokens.map((token) => tokenizer.tokenText(token))).toString();
}

function failed(what: string, ids: readonly number[] | undefined): MedGemmaError {
  const known = ids === undefined ? "one that is written the same" : `token ${ids.join(", ")}`;
  return new MedGemmaError(
    "model_unsupported",
    `The model's tokenizer does not make of ${what} what Gemma 3's does (${known}): prompts would be misread.`,
    { facts: { word: what, ...(ids && { expected: ids }) } },
  );
}
