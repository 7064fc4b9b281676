import { wordsOf } from "./compile.js";
import type { Place } from "./place.js";
import { reaches } from "./reach.js";
import { LIST_NEGATORS, NEGATORS, VERBS_OF_DENIAL } from "./vocabulary.js";

const NEGATOR = wordsOf(NEGATORS);
/** Deny something else, or nothing: "not only", "no doubt". */
const NO_DENIAL = /^\s*(?:only|just|merely|sure|known|doubt|nur|solo|seulement)\b/;
/** After the thing: "apnoea: no", "was ruled out". */
const DENIED_AFTER =
  /^(?:\s*[?:,]|\s+(?:is|was|has been|were))*\s*(?:(?:no|none|nil|denie[ds]|negative|neg|absent|never|nein|negativ|verneint|negiert|negad[oa]|niega|niee?|non)(?=\s*(?:[.,;!\n]|$))|(?:was |has been |is )?(?:ruled out|excluded|not (?:present|seen|observed|noted|found|reported|suspected|likely)|unlikely|ausgeschlossen|descartad[oa]|exclue?)(?![\p{L}]))/u;

export interface Kind {
  readonly noun?: boolean | undefined;
  readonly listed?: boolean | undefined;
}

export function isDenied({ before, after, rest }: Place, { noun = false, listed = false }: Kind): boolean {
  if (DENIED_AFTER.test(after) || DENIED_AFTER.test(rest.replace(/^\s*\?/, ""))) return true;
  // Each denial in the clause, for a later one may deny something else: "denies fever, no cough or apnoea".
  for (const { index, 0: negator } of before.matchAll(NEGATOR)) {
    const between = before.slice(index + negator.length);
    if (NO_DENIAL.test(between)) continue;
    const [and, whole] = [LIST_NEGATORS.test(negator), VERBS_OF_DENIAL.test(negator)];
    if (reaches(between, after, { noun, listed, and, whole })) return true;
  }
  return false;
}
