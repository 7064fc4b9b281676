/**
 * Words as SQuAD's evaluation normalises them: lower case, punctuation and the articles taken out. The tokeniser of
 * MedGemma's tokenized F1 is not published.
 */
export function words(text: string): string[] {
  return text
    .toLowerCase()
    .replace(/[!-/:-@[-`{-~]/g, "")
    .replace(/\b(?:a|an|the)\b/g, " ")
    .split(/\s+/)
    .filter(Boolean);
}

/** Harmonic mean of precision and recall over words, each counted as often as it stands there (SQuAD). */
export function tokenF1(truth: string, answer: string): number {
  const [real, said] = [words(truth), words(answer)];
  if (real.length === 0 || said.length === 0) return Number(real.length === said.length);
  const left = new Map<string, number>();
  for (const word of real) left.set(word, (left.get(word) ?? 0) + 1);
  let common = 0;
  for (const word of said) {
    const count = left.get(word) ?? 0;
    if (count > 0) common++;
    left.set(word, count - 1);
  }
  return common === 0 ? 0 : (2 * common) / (real.length + said.length);
}

/** ROUGE-L (Lin 2004) as F1 of the longest common subsequence, words as in the rouge-score package without stemming. */
export function rougeL(truth: string, answer: string): number {
  const [real, said] = [rougeWords(truth), rougeWords(answer)];
  const common = longestCommon(real, said);
  return common === 0 ? 0 : (2 * common) / (real.length + said.length);
}

function rougeWords(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
}

/** Length of the longest common subsequence, a row of the table at a time. */
function longestCommon(a: readonly string[], b: readonly string[]): number {
  let row = new Uint32Array(b.length + 1);
  for (const word of a) {
    const next = new Uint32Array(b.length + 1);
    for (let j = 1; j <= b.length; j++) {
      next[j] = word === b[j - 1] ? (row[j - 1] ?? 0) + 1 : Math.max(row[j] ?? 0, next[j - 1] ?? 0);
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
