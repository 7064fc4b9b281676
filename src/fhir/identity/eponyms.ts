import type { Token } from "./tokens.js";

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
