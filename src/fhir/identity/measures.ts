import type { Token } from "./tokens.js";

/** Units of doses, amounts and results, folded, after which a number or a name is a measurement or a medicine. */
const UNITS: ReadonlySet<string> = new Set([
  ...[
    "mg",
    "mcg",
    "ug",
    "μg",
    "g",
    "kg",
    "ng",
    "pg",
    "l",
    "ml",
    "dl",
    "cl",
    "ul",
    "μl",
    "fl",
    "iu",
    "ie",
    "ui",
    "u",
    "e",
  ],
  ...[
    "unit",
    "units",
    "einheiten",
    "unites",
    "unidades",
    "mmol",
    "mol",
    "umol",
    "μmol",
    "nmol",
    "pmol",
    "meq",
    "mval",
  ],
  ...[
    "mmhg",
    "cmh2o",
    "kpa",
    "hpa",
    "bpm",
    "min",
    "h",
    "hr",
    "hrs",
    "hour",
    "hours",
    "std",
    "d",
    "day",
    "days",
    "tage",
  ],
  ...[
    "mm",
    "cm",
    "m",
    "cc",
    "ccm",
    "hz",
    "khz",
    "mhz",
    "gy",
    "mgy",
    "bq",
    "mbq",
    "kcal",
    "cal",
    "j",
    "ms",
    "s",
    "sec",
  ],
  ...[
    "x10",
    "10",
    "tablet",
    "tablets",
    "tbl",
    "tab",
    "caps",
    "puffs",
    "drops",
    "gtt",
    "tropfen",
    "steps",
    "beats",
  ],
  ...[
    "french",
    "ch",
    "gauge",
    "weeks",
    "wk",
    "months",
    "mo",
    "years",
    "yr",
    "yrs",
    "yo",
    "jahre",
    "ans",
    "anos",
  ],
  ...["copies", "cells", "thou", "mio", "cfu", "kbe", "systolic", "diastolic"],
]);

/** Whether a number is followed by what it counts: a unit, or more of it after a comma. */
export function isMeasured(text: string, tokens: readonly Token[], at: number): boolean {
  const own = tokens[at] as Token;
  const next = tokens[at + 1];
  const after = text.slice(own.end, own.end + 3);
  if (/^\s{0,2}[%‰°/]/.test(after) || /^[.,]\d/.test(after)) return true;
  return (
    next !== undefined && UNITS.has(next.key) && /^[\s\u00a0-]{0,2}$/.test(text.slice(own.end, next.start))
  );
}

/** "Yasmin 0.03 mg" is a medicine, "Li 0.8 mmol/l" a result. */
export function isMeasure(text: string, tokens: readonly Token[], at: number): boolean {
  for (let i = at + 1; i <= at + 4; i++) {
    const token = tokens[i];
    if (token === undefined || !/^\d+$/.test(token.key)) return false;
    const before = text.slice((tokens[i - 1] as Token).end, token.start);
    if (!/^[\s:=<>~.,/-]{0,3}$/.test(before)) return false;
    if (isMeasured(text, tokens, i) && !/^\s*[.,]\d/.test(text.slice(token.end, token.end + 2))) return true;
  }
  return false;
}

/** What an eponym is followed by, folded. */
const AFTER_EPONYM: ReadonlySet<string> = new Set([
  ...[
    "disease",
    "syndrome",
    "syndromes",
    "fracture",
    "fractures",
    "sign",
    "signs",
    "test",
    "score",
    "scale",
    "index",
  ],
  ...[
    "palsy",
    "cyst",
    "cysts",
    "lymphoma",
    "tumor",
    "tumour",
    "sarcoma",
    "anemia",
    "anaemia",
    "aneurysm",
    "procedure",
  ],
  ...[
    "operation",
    "maneuver",
    "manoeuvre",
    "reflex",
    "phenomenon",
    "thyroiditis",
    "ophthalmopathy",
    "orbitopathy",
  ],
  ...[
    "dementia",
    "chorea",
    "ataxia",
    "ulcer",
    "ulcers",
    "esophagus",
    "oesophagus",
    "nodes",
    "node",
    "nodules",
    "bodies",
  ],
  ...[
    "body",
    "catheter",
    "tube",
    "drain",
    "stent",
    "clip",
    "criteria",
    "classification",
    "stage",
    "grade",
    "type",
  ],
  ...[
    "triad",
    "law",
    "line",
    "lines",
    "point",
    "contracture",
    "purpura",
    "arteritis",
    "granulomatosis",
    "metaplasia",
  ],
  ...[
    "antibody",
    "antibodies",
    "antigen",
    "stain",
    "deformity",
    "dystrophy",
    "palsies",
    "murmur",
    "pulse",
    "angle",
  ],
  ...[
    "krankheit",
    "syndrom",
    "erkrankung",
    "zeichen",
    "fraktur",
    "zyste",
    "lahmung",
    "thyreoiditis",
    "tumor",
    "test",
  ],
  ...[
    "reflex",
    "klassifikation",
    "enfermedad",
    "sindrome",
    "maladie",
    "malattia",
    "ziekte",
    "doenca",
    "sjukdom",
    "sygdom",
  ],
  ...[
    "knoten",
    "anamie",
    "lymphom",
    "arthritis",
    "disorder",
    "encephalopathy",
    "hepatitis",
    "nephropathy",
    "virus",
  ],
  ...[
    "bacillus",
    "bacilli",
    "bazillus",
    "bazillen",
    "diverticulum",
    "diverticula",
    "divertikel",
    "resection",
  ],
  ...["colitis", "ileitis", "pouch", "postulates"],
]);
/** What stands before one, in other languages. */
const BEFORE_EPONYM: ReadonlySet<string> = new Set([
  ...[
    "morbus",
    "maladie",
    "syndrome",
    "enfermedad",
    "sindrome",
    "malattia",
    "ziekte",
    "doenca",
    "syndrom",
    "signe",
  ],
  ...[
    "anti",
    "choroba",
    "zespol",
    "болезнь",
    "синдром",
    "bacille",
    "bacilles",
    "bacilo",
    "bacilos",
    "bacillo",
  ],
]);
/** Diseases and pathogens that are called as people and places are, with no word for it after them. */
const PATHOGENS: ReadonlySet<string> = new Set([
  ...["ebola", "marburg", "lassa", "zika", "nipah", "hendra", "lyme", "hantaan", "coxsackie"],
]);
/** What is said of such: of a person or a town it would be told in other words. */
const AFTER_PATHOGEN: ReadonlySet<string> = new Set([
  ...["contact", "contacts", "exposure", "exposed", "outbreak", "vaccine", "vaccinated", "vaccination"],
  ...["infection", "infected", "fever", "serology", "pcr", "igg", "igm", "positive", "negative", "suspected"],
  ...["suspicion", "case", "cases", "epidemic", "kontakt", "verdacht", "impfung", "infektion", "fieber"],
  ...["serologie", "ausbruch", "positiv", "negativ"],
]);

/** Whether a name is that of a disease, a sign or a tool: "Graves' disease", "maladie de Crohn", "Stevens-Johnson syndrome". */
export function isEponym(text: string, tokens: readonly Token[], at: number): boolean {
  for (let i = at + 1; i <= at + 3; i++) {
    const token = tokens[i];
    if (
      token === undefined ||
      !/^[\s'\u2019\u2010-\u2015-]{0,2}$/.test(text.slice((tokens[i - 1] as Token).end, token.start))
    )
      break;
    if (AFTER_EPONYM.has(token.key)) return true;
    if (i === at + 1 && PATHOGENS.has((tokens[at] as Token).key) && AFTER_PATHOGEN.has(token.key))
      return true;
    if (
      token.key.length > 1 &&
      !(token.capital && /[-\u2010-\u2015]/.test(text.slice((tokens[i - 1] as Token).end, token.start)))
    )
      break;
  }
  const [before, earlier] = [tokens[at - 1], tokens[at - 2]];
  if (before === undefined || !/^[\s-]{1,2}$/.test(text.slice(before.end, (tokens[at] as Token).start)))
    return false;
  if (BEFORE_EPONYM.has(before.key)) return true;
  return /^(?:de|von|di|van|d)$/.test(before.key) && earlier !== undefined && BEFORE_EPONYM.has(earlier.key);
}
