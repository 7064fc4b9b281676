import { listedIds } from "../elements/listed-ids.js";

const WORDS = ["name", "number", "place", "telephone", "date of birth", "e-mail", "address"] as const;
const PLACES = new RegExp(`\\[(${WORDS.join("|")})\\]`, "g");

/** Counts what stands in the place of identity in a text, by what it is. */
export function countRedacted(text: string, counts: Map<string, number>): void {
  for (const [, word = ""] of text.matchAll(PLACES)) counts.set(word, (counts.get(word) ?? 0) + 1);
}

/**
 * What a reader who must not learn who it is has to look at himself.
 * @param kept Ids of the entries with words that are also names.
 * @param dropped Strings that were not looked for, or not as a whole.
 */
export function redactionWarnings(kept: readonly string[], dropped: number): string[] {
  return [
    ...(kept.length === 0
      ? []
      : [
          `${listedIds(kept)}: words that are also names or places of the record were kept, as nothing beside them says that they name somebody.`,
        ]),
    ...(dropped === 0
      ? []
      : [
          `${dropped} names, numbers and addresses were too many or too long to be looked for, and may stand in the entries.`,
        ]),
  ];
}
