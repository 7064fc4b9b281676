import type { WordRule } from "../../scale.js";
import { wordsOf } from "../../words/compile.js";
import { BREATHING } from "./breathing.js";
import { CIRCULATION } from "./circulation.js";
import type { Sources } from "./concept.js";
import { CONSCIOUSNESS } from "./consciousness.js";

export function esiWords(sources: Sources): WordRule[] {
  return [...CIRCULATION, ...BREATHING, ...CONSCIOUSNESS].map(({ id, level, source, grammar, words }) => ({
    id,
    pattern: wordsOf(words),
    level,
    source: sources[source],
    ...(grammar && { grammar }),
  }));
}
