import { wordsOf } from "./compile.js";
import { PATIENTS } from "./people.js";
import type { Place } from "./place.js";
import { PARTS, THINGS } from "./vocabulary.js";

const SIDE =
  "(?:(?:the|el|la|los|le|les|l|den?|der|dem|link\\w*|recht\\w*|his|her|my|both|left|right|l|r|lower|upper|affected|a|one|all|distal)\\s+)*";
const OF_PART = new RegExp(
  `^(?:\\s+(?:felt|palpable|detected|palpated|found))?\\s+(?:(?:in|on|of|at|over|to|am|im|an|en|a|au|aux|dans)\\s+)?${SIDE}(?:${PARTS})(?![\\p{L}])`,
  "u",
);
/** How a limb, or hair, is; anything else before "and" ends what is said of it. */
const LIMB_STATES =
  "(?:is|was|are|were|feels?|looks?|and|und|y|et|very|cold|cool|pale|white|blue|mottled|dusky|swollen|numb|painful|dull|dry|kalt|blass|blau|palida?|fria?|froide?)";
const PART_IS = new RegExp(
  `(?<![\\p{L}])(?:${PARTS})(?:(?:\\s+${LIMB_STATES})*|(?:\\s+(?!(?:he|she|patient|and|und|y|et|then)\\b)[\\p{L}']+){0,4})\\s*$`,
  "u",
);
const THING_IS = new RegExp(
  `(?<![\\p{L}])${THINGS}(?:\\s+(?:is|was|are|went|became|has|been|gone))*\\s*$`,
  "u",
);
/** Where the patient is or what hurts, not what is spoken of: "found in the car ...", "clutched his arm ...". */
const NO_SUBJECT =
  /(?<![\p{L}])(?:in|inside|into|from|of|by|with|to|on|onto|at|over|across|off|through|near|under|behind|beside|against|im|in|aus|vom|von|neben|am|an|en|del?|du|dans|clutch\w*|hold\w*|held|grab\w*|grip\w*|rub\w*|crash\w*|drove|driving)\s+(?:\p{L}+\s+){0,2}$/u;
/** "Unresponsive pupils fixed", "unresponsive car accident": a statement of its own. */
const OWN_STATEMENT =
  "(?!\\s+(?:accident|crash\\w*|collision|wreck|vs|driver|passenger|seat|fire|fixed|dilated|blown|pinpoint|equal|unequal|non|show\\w*|reads?|reading|says?|running|attached)(?![\\p{L}]))";
const THING = new RegExp(`^\\s+${THINGS}(?![\\p{L}])${OWN_STATEMENT}`, "u");
const HIS_THING = new RegExp(`^\\s+(?:the|his|her|my)\\s+${THINGS}(?![\\p{L}])${OWN_STATEMENT}`, "u");
const SOMEBODY = wordsOf(PATIENTS);

export interface Bearers {
  readonly limbs?: boolean | undefined;
  readonly things?: boolean | undefined;
}

/** Whether a limb or a thing is spoken of: "no pulse in the left foot", "lifeless limb", "phone unresponsive". */
export function isPart({ before, after, found }: Place, { limbs = false, things = false }: Bearers): boolean {
  if (things && (isSubject(THING_IS, before) || isOfThing(before, found, after))) return true;
  return limbs && (OF_PART.test(after) || isSubject(PART_IS, before));
}

function isSubject(pattern: RegExp, before: string): boolean {
  const at = before.search(pattern);
  return at >= 0 && !NO_SUBJECT.test(before.slice(0, at));
}

/** "unresponsive phone", "does not answer his phone" */
function isOfThing(before: string, found: string, after: string): boolean {
  if (HIS_THING.test(after)) return true;
  const ofPatient = (before.split(",").at(-1) ?? "").search(SOMEBODY) >= 0 && !/answer/.test(found);
  return !ofPatient && THING.test(after);
}
