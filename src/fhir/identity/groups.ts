/** What stands before and after a text that is looked at alone. */
export interface Around {
  readonly before: string;
  readonly after: string;
}

/** Whose or what's a form's field is. */
export type Group = "person" | "thing";

const PERSON =
  "patient|person|demograph|stammdaten|identit|contact|kontakt|kin|relatives?|angehörige|family|famil|carer|caregiver|guardian|parents?|mother|father|mutter|vater|mère|père|spouse|partner|husband|wife|sons?|daughters?|child|sibling|doctor|physician|gp|pcp|provider|practitioner|clinician|surgeon|nurse|midwife|therapist|arzt|ärztin|médecin|médico|staff|employee|signature|witness|author|informant|respondent|interviewer|caller|subscriber|insured|policy ?holder|emergency|responsible|referr|prescriber|proxy|attorney|donor|recipient";
const THING =
  "medic(?:ation|ine|ament)|medikament|médicament|drug|arznei|allerg|substance|device|implant|product|vaccin|immuni[sz]|impf|procedure|operation|surgery|\\btests?\\b|labs?\\b|diagnos|problem|condition|disease|illness|supplement|treatment|therapy|prescription|food";
const WORD = new RegExp(`(?<person>(?<!\\p{L})(?:${PERSON}))|(?<thing>${THING})`, "giu");

/** Fields that stand beside the name of a person, or of a thing. */
const BESIDE_PERSON =
  /(?:^|[\n;,|.]|\s)\s*(?:d\.?o\.?b|date of birth|birth ?date|age|sex|gender|mrn|address|phone|tel|surname|geburtsdatum|geb|geschlecht|alter|adresse|anschrift|fecha de nacimiento|sexo|edad|sexe|âge|marital status|occupation)\.?\s{0,2}[:|]/iu;
const BESIDE_THING =
  /(?:^|[\n;,|.]|\s)\s*(?:dose|dosage|strength|route|frequency|quantity|sig|indication|form|lot(?: number)?|expiry|reaction|severity|dosis|dosierung|stärke|einnahme|posologie|posología|dosi|via|onset|started?|stopped|refills?|code|result|value|units?)\.?\s{0,2}[:|]/iu;

/** Characters around a field that are looked at. */
const NEAR = 200;

/**
 * Whether a field "Name" is a person's or a thing's: by the groups that it stands in, else by the fields beside it.
 * @param at Where its label begins.
 * @param value Where its value does.
 */
export function groupAt(
  text: string,
  at: number,
  value: number,
  around: Around | undefined,
): Group | undefined {
  const before = (around?.before ?? "").slice(-NEAR) + text.slice(Math.max(0, at - NEAR), at);
  const path = /(?:^|[;\n:]\s)(?<groups>[^;\n]*) \/ $/.exec(before)?.groups?.groups;
  if (path !== undefined) return path.split(" / ").reverse().map(kindOf).find(Boolean);
  const heading = headingOf(before);
  const kind = heading === undefined ? undefined : kindOf(heading);
  if (kind !== undefined) return kind;
  const after = `${text.slice(value, value + NEAR)}\n${(around?.after ?? "").slice(0, NEAR)}`;
  const [person, thing] = [BESIDE_PERSON, BESIDE_THING].map((it) => it.exec(after)?.index ?? Infinity) as [
    number,
    number,
  ];
  if (person === thing) return undefined;
  return person < thing ? "person" : "thing";
}

/** Its last word that tells: "medication prescriber" is a person. */
function kindOf(group: string): Group | undefined {
  const last = [...group.matchAll(WORD)].at(-1)?.groups;
  if (last === undefined) return undefined;
  return last.person === undefined ? "thing" : "person";
}

/** The last line without a value above a field. */
function headingOf(before: string): string | undefined {
  return before
    .split(/\n|; /)
    .reverse()
    .map((it) => it.trim())
    .find((it) => /^[^:.]{2,60}:?$/.test(it));
}
