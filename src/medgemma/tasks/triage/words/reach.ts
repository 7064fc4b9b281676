import { tokensOf } from "./place.js";
import { TRANSPARENT } from "./vocabulary.js";

export interface Reach {
  /** The words spoken of name a thing ("apnoea"), and do not say how somebody is ("unresponsive"). */
  readonly noun: boolean;
  /** Usual in lists of what was asked: "no fever, cough, apnoea". */
  readonly listed: boolean;
  /** "and" holds a list together: "denies chest pain and apnoea". */
  readonly and: boolean;
  /** A list is meant to its end, over its commas: "denies trauma, arrest, drugs or pain". "No trauma, arrest, ..." may end. */
  readonly whole: boolean;
}

const OR = new Set(["/", "or", "nor", "oder", "noch", "o", "u", "ni", "ou"]);
const AND = new Set(["and", "und", "y", "e", "et"]);
/** Words of a new statement: a list ends there. */
const STATEMENT = new Set(
  "is was are were found became brought presents presented who which because since after with has had does did will can reports states says complains ist war wird esta est".split(
    " ",
  ),
);
/** Begin a list of their own. */
const DENIAL = new Set(["no", "not", "denies", "denied", "without", "kein", "keine", "sin", "sans", "pas"]);
const LONGEST = 6;

/**
 * Whether a word reaches over what stands between it and the thing: nothing but words without weight ("no further
 * episodes of ..."), or a list ("no fever, cough or ..."). What is unclear is not reached.
 */
export function reaches(between: string, after: string, { noun, listed, and, whole }: Reach): boolean {
  const tokens = tokensOf(between);
  if (tokens.every((it) => TRANSPARENT.has(it))) return true;
  const items: string[][] = [[]];
  let joint = "";
  for (const token of tokens) {
    if (token === "," || OR.has(token) || AND.has(token)) {
      // ", or" is one joint.
      if ((items.at(-1)?.length ?? 0) > 0) items.push([]);
      joint = token === "," && joint !== "" && items.at(-1)?.length === 0 ? joint : token;
      if (token === ",") joint = ",";
    } else items.at(-1)?.push(token);
  }
  const last = items.pop() ?? [];
  if (items.length === 0 || !last.every((it) => TRANSPARENT.has(it) && !STATEMENT.has(it))) return false;
  if (items.some((item) => item.length > LONGEST || item.some((it) => STATEMENT.has(it)))) return false;
  if (OR.has(joint)) return true;
  if (AND.has(joint)) return and && noun;
  return (
    noun &&
    (goesOn(after, { listed: listed || whole, and: and && items.length >= 2 }) ||
      (listed && items.length >= 2))
  );
}

/**
 * ", anxiety, or depression": the list is ended further on. Behind a mere "no" a comma may end the denial, so of things that
 * nobody asks for in lists only the next may be joined: "no syncope, cardiac arrest or palpitations".
 */
function goesOn(after: string, { listed, and }: { listed: boolean; and: boolean }): boolean {
  let length = 0;
  let items = 0;
  for (const token of tokensOf(after)) {
    if (OR.has(token) || (and && AND.has(token))) return true;
    if (token === "," && !listed) return false;
    if (STATEMENT.has(token) || DENIAL.has(token) || ++length > LONGEST || items > 8) return false;
    if (token === ",") {
      length = 0;
      items++;
    }
  }
  return false;
}
