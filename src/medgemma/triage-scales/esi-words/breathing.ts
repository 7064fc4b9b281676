import { type Concept, TRANSIENT } from "./concept.js";

/** "breathe through my nose" */
const NOT_NOSE =
  "(?!(?: \\w+){0,2} (?:through|thru|via|out of) (?:\\w+ ){0,3}(?:nose|nostrils?|it)(?![\\p{L}]))";
const SLEEP =
  /(?<![\p{L}])(?:sleep\w*|asleep|obstructive|cpap|bipap|osas?|snor\w*|schlaf\w*|sueno|sommeil|ronfl\w*|ronca\w*)(?![\p{L}])/u;
const AT_NIGHT = new RegExp(
  `${SLEEP.source}|(?<![\\p{L}])(?:at night|nights|nachts|la nuit|por la noche)(?![\\p{L}])`,
  "u",
);
const COLD =
  /(?<![\p{L}])(?:nose|nasal\w*|sinus\w*)\s+(?:is\s+)?(?:congest\w*|blocked|stuff\w*|plugged)|(?:blocked|stuff\w*|congested|plugged)\s+(?:up\s+)?nose|nostrils?/u;

/** Breath and airway. */
export const BREATHING: readonly Concept[] = [
  {
    id: "esi-not-breathing",
    level: 1,
    source: "life",
    grammar: TRANSIENT,
    words: [
      `(?<!(?:can|could|would|to) )not (?:really |even |actually |longer )?breath(?:ing|e|s)?(?! (?:hard|fast|heavily|rapidly|deeply|through a mask))${NOT_NOSE}`,
      `(?:do|does|did) not breathe?${NOT_NOSE}`,
      "no longer (?:is )?breath(?:ing|es)",
      "(?:stopped|stopping|ceased|quit) (?:breathing|to breathe)(?! (?:exercises?|treatments?))",
      "breathing (?:has |had )?(?:stopped|ceased)",
      "(?:breathing|respirations?|breath sounds?|breaths?) ?(?:: |= )?(?:is |are |was |were )?(?:absent|none)",
      "not (?:moving|responding|conscious|awake|alert|talking) (?:or|nor|and|,) (?:not )?breathing",
      "neither breathing nor",
      "no air (?:movement|entry)",
      "drown(?:ing|ed)(?! in (?:debt|work))",
      "beatmet",
      "no (?:spontaneous )?(?:breathing|breaths?|respirations?|respiratory effort)(?! (?:difficult\\w*|problems?|trouble|issues?|sounds?|complaints?|smell|odou?r|holding|test))",
      "without (?:any )?(?:respirations?|breathing|breath)(?! (?:difficult\\w*|problems?|trouble|issues?))",
      "apno?eic",
      "gasping(?! (?:for|when|with|at))",
      "gasps(?! for)",
      "(?:barely|hardly|scarcely) breath(?:ing|es)",
      "atmet (?:\\w+ )?nicht",
      "atmet kaum",
      "keine (?:spontan ?)?atmung",
      "ohne (?:spontan ?)?atmung",
      "schnapp ?atmung",
      "(?:hat )?aufgehort zu atmen",
      "apnoisch",
      "no (?:esta )?respira(?:ndo)?",
      "dej[oa] de respirar",
      "dejado de respirar",
      "ne respir(?:e|ait) (?:pas|plus)",
      "respire (?:pas|plus)",
      "(?:arrete|cesse) de respirer",
    ],
  },
  {
    id: "esi-stops-breathing",
    level: 1,
    source: "life",
    grammar: { ...TRANSIENT, unless: AT_NIGHT },
    words: [
      "stops? (?:breathing|to breathe)(?! (?:exercises?|treatments?))",
      "hort auf zu atmen",
      "deja de respirar",
    ],
  },
  {
    id: "esi-apnea",
    level: 1,
    source: "life",
    grammar: { ...TRANSIENT, noun: true, listed: true, unless: SLEEP },
    words: [
      "apno?eas?",
      "apnoen?",
      "apneas?",
      "apnees?",
      "agonal(?: \\w+)?",
      "respiratory failure",
      "respiracion agonica",
    ],
  },
  {
    id: "esi-airway",
    level: 1,
    source: "life",
    grammar: TRANSIENT,
    words: [
      "(?<!(?:wakes|woke|waking|wake) up )choking(?! (?:sensation|feeling|hazard|game|up|fit|spells?))",
      "airway (?:is )?(?:obstructed|blocked|closing|compromised)",
      "obstructed airway",
      "losing (?:(?:his|her|their|the) )?airway",
      "intubated",
      "intubier(?:t|te[rnms]?)",
      "intubad[oa]",
      "intubee?",
      "(?:droht zu ersticken|erstickt)",
      "atragantad[oa]",
      "se (?:esta )?ahoga(?:ndo)?",
      "s etouffe",
    ],
  },
  {
    id: "esi-respiratory-distress",
    level: 1,
    source: "life",
    grammar: { noun: true, listed: true, ...TRANSIENT },
    words: [
      "(?:severe|extreme|marked|acute severe) respiratory distress",
      "status asthmaticus",
      "silent chest",
      "can only (?:say|speak|manage) (?:in )?(?:single|one|1) words?",
      "airway obstruction",
      "asphyxia(?:tion)?",
      "cyanosis",
      "schwere atemnot",
      "detresse respiratoire (?:severe|aigue|majeure)",
      "zyanose",
      "cianosis",
    ],
  },
  {
    id: "esi-cannot-breathe",
    level: 2,
    source: "distress",
    grammar: { unless: COLD },
    words: [
      `(?:can|could) (?:not|hardly|barely|scarcely) (?:\\w+ )?breathe?${NOT_NOSE}`,
      `(?:unable|not able|struggl\\w+|fight\\w+) to breathe?${NOT_NOSE}`,
      "struggling (?:for|with) (?:(?:his|her|my|their) )?(?:breath|air|breathing)",
      "fighting for (?:breath|air)",
      "gasp(?:ing|s|ed) for (?:air|breath)",
      "(?:can not|could not|unable to|not able to) (?:catch|get) (?:(?:my|his|her|their|a|any|enough) )?(?:breath|air)",
      "suffocating",
    ],
  },
];
