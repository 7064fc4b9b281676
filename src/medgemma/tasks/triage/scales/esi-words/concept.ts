import type { WordGrammar } from "../../scale.js";

/** Sources of the rules by words; the handbook's tables name the states, the wordings are this package's. */
export interface Sources {
  readonly life: string;
  readonly confused: string;
  readonly distress: string;
}

export interface Concept {
  readonly id: string;
  readonly level: number;
  readonly source: keyof Sources;
  readonly grammar?: WordGrammar | undefined;
  /** English, German, Spanish, French; pieces of regular expressions in the form of `normalise`. */
  readonly words: readonly string[];
}

/** "breathing: no", "is he breathing? no": the thing begins its clause, for "trouble breathing: no" is another answer. */
export function answered(things: string, no: string): string {
  const begins = "(?<=(?:^|[.,;!?\\n]|(?<![\\p{L}])(?:he|she|they|it|patient|baby|child|is|and))\\s*)";
  return `${begins}(?:${things}) ?(?::|=|\\?)? ?(?:is |are |was )?(?:${no})(?= ?(?:[.,;!\\n]|$))`;
}

/** What may pass by itself: level 2 when it is over. */
export const TRANSIENT = { endedLevel: 2 } as const;
