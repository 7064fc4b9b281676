import { isMedical } from "./morphology.js";
import { WORDS } from "./words.js";

let words: ReadonlySet<string> | undefined;

/** Whether a folded word means something in notes, so that it names nobody by itself; plurals and German endings too. */
export function isWord(key: string): boolean {
  words ??= new Set(WORDS.flatMap((it) => it.split(" ")));
  const { length } = key;
  const base =
    (length > 4 && key.endsWith("s")) || (length > 5 && key.endsWith("e")) ? key.slice(0, -1) : key;
  return words.has(key) || words.has(base) || isMedical(key);
}

/** A string without spaces that a dictionary of its script knows as one word (ICU's, of Chinese, Japanese and Thai). */
export function isUnspacedWord(text: string): boolean {
  const language = /\p{Script=Thai}/u.test(text)
    ? "th"
    : /[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)
      ? "ja"
      : "zh";
  const segments = [...new Intl.Segmenter(language, { granularity: "word" }).segment(text)];
  return segments.length === 1;
}
