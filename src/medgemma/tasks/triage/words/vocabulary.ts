/**
 * The words of the small grammar, in English, German, Spanish and French at once: what is written is rarely said to be in
 * a language, and the few words that two of them share mean the same here. All in the form that `normalise` gives: no
 * capitals, no accents, contractions in full. Each entry is a piece of a regular expression; a space stands for any space.
 */

/** Deny what follows. */
export const NEGATORS = [
  "no",
  "not(?: attempt)?",
  "never",
  "den(?:y|ies|ied|ying)",
  "without",
  "neg(?:ative)?(?: for| :)?",
  "rul(?:ed|es) out(?: for)?",
  "nobody",
  "no one",
  "neither",
  "nor",
  "absence of",
  "free of",
  "kein(?:e|en|er|es|em)?",
  "nicht",
  "nie(?:mals)?",
  "ohne",
  "vernein(?:t|te)",
  "weder",
  "niega",
  "nunca",
  "sin",
  "ni",
  "tampoco",
  "pas(?: de| d)?",
  "jamais",
  "sans",
  "aucune?",
  "nie",
];

/** Of these, the ones that reach over a list joined by "and". */
export const LIST_NEGATORS = /^(?:den|without|neg|absence|free|ohne|vernein|niega|sin|sans)/;

/** Of these, the ones that deny all that they list. */
export const VERBS_OF_DENIAL = /^(?:den|neg|absence|free|vernein|niega)/;

/** Name a thing of the past, in front of it. */
export const PAST_BEFORE = [
  "(?<!(?:limited|poor|brief|unknown|unclear|unreliable) )history(?: of| is significant for| significant for| includes| with)?",
  "past history(?: of| :| is significant for| includes)?",
  "status post",
  "previous(?:ly)?",
  "prior",
  "former(?:ly)?",
  "childhood",
  "(?:icd|defibrillator|pacemaker|implant\\w*|rehab\\w*)(?: \\w+)? (?:after|for|since|following)",
  "remote",
  "(?<!(?:years?|yrs?|months?|mo|weeks?|wks?|days?|hours?) )old",
  "surviv(?:ed|or of|ing)(?: a| an)?",
  "resuscitated at birth",
  "zn",
  "zustand nach",
  "vorgeschichte(?: von)?",
  "anamnestisch",
  "fruher(?:e|er|en)?",
  "antecedentes?(?: de)?",
  "previ[oa]s?",
  "antecedents?(?: de| d)?",
];

/** When: long past. A year is read apart. */
export const PAST_TIMES = [
  "(?:\\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|some|several|few|many|couple of) ?(?:years?|yrs?|months?|weeks?|wks?) (?:ago|before|earlier|prior)",
  "(?:years|months|weeks) ago",
  "last (?:year|month|week|summer|winter|spring|autumn|fall)",
  "as an? (?:child|infant|baby|newborn|teenager|kid|boy|girl|neonate)",
  "in (?:childhood|infancy|the past|(?:his|her|their|my) (?:youth|teens|twenties|thirties|forties|fifties))",
  "at birth",
  "(?:at|when) (?:the )?age (?:of )?\\d+",
  "long ago",
  "vor (?:\\d+|einem|einer|zwei|drei|vier|funf|sechs|sieben|acht|neun|zehn|vielen|einigen|mehreren) (?:jahr\\w*|monat\\w*|woche\\w*)",
  "letzte[sn]? (?:jahr|monat|woche)",
  "als (?:kind|saugling)",
  "hace (?:\\d+|un|una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|unos|varios|muchos) (?:anos?|mes(?:es)?|semanas?)",
  "el ano pasado",
  "de (?:nino|nina)",
  "il y a (?:\\d+|un|une|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|quelques|plusieurs|des) (?:ans?|annees?|mois|semaines?)",
  "l an(?:nee)? (?:dernier|derniere|passee?)",
];

/** When: hours or a day or two ago. */
export const RECENT_TIMES = [
  "yesterday",
  "last night",
  "this morning",
  "earlier",
  "overnight",
  "gestern",
  "ayer",
  "hier",
];

/** It is over. */
export const ENDED = [
  "(?:now |is |are |currently |fully |again |and )+(?:awake|alert|fine|ok|okay|well|better|oriented|talking|conscious|normal|breathing normally|asymptomatic|recovered|himself|herself)",
  "(?:awake|alert|fine|ok|okay|well|better|normal|conscious|recovered) (?:now|again|since|today)",
  "back to (?:normal|baseline|himself|herself|usual)",
  "came (?:round|to|around)",
  "woke up",
  "resolved",
  "recovered",
  "regained consciousness",
  "wieder (?:wach|bei bewusstsein|ansprechbar)",
];
export const STILL =
  /\b(?:still|remains?|ongoing|again un|not (?:fully )?(?:awake|alert|recovered)|noch|weiterhin|sigue|toujours)\b/;

/** How it always is. */
export const USUAL = ["usually", "normally", "chronically", "always", "at baseline", "baseline"];

/** What may come, is feared, asked for or taught; it stands in front. `clause`: also before a verb; else before a noun only. */
export const HYPOTHETICAL = {
  clause: [
    "(?:afraid|scared|terrified|fearful|fear) of (?:becoming|being|going|falling|getting|ending up)",
    "if(?! you ask me)",
    "(?:fears?|afraid|scared|frightened|worr(?:y|ies|ied)) (?:that )?(?:he|she|they|i|it|you) (?:\\w+ )?(?:will|would|might|may|could)",
    "in case(?: of)?",
    "in the event of",
    "should (?:he|she|it|they|the patient|this)",
    "unless",
    "what to do (?:if|when)",
    "(?:nightmares?|dream(?:s|ed|t|ing)?|thoughts?|visions?|flashbacks?) (?:about|of|that)",
    "wenn",
    "en caso de",
    "en cas de",
  ],
  noun: [
    "(?:afraid|scared|terrified|fearful) of(?: (?:dying|death|having|going into|getting)(?: of| from| in)?)?",
    "fears?(?: of)?(?: (?:dying|death|having|going into)(?: of| from| in)?)?",
    "worr(?:y|ies|ied) about",
    "anxious about",
    "anxiety about",
    "concern(?:s|ed)? about",
    "risk (?:of|for)",
    "prevent(?:s|ing|ion of)?",
    "rule out",
    "ausschluss(?: von| eine[rs])?",
    "phobia of",
    "screen(?:ing|ed)? for",
    "(?:course|class|\\w*kurs|lesson) (?:in|on|with|mit|fur)",
    "tem(?:e|en|er)",
    "asks? about",
    "questions? about",
    "(?:education|info|information|advice) (?:on|about)",
    "(?:reading|reads?|thinks?|thinking|talked|talks|talking|video|film|movie|article|lecture) (?:about|of|on)",
    "(?:refill|prescription|renewal|script|repeat)(?: for| of)?",
    "train(?:ing|ed) (?:in|for|on)",
    "learn(?:s|ing)?(?: about)?",
    "to avoid",
    "angst vor",
    "(?:furchtet|craint|redoute)",
    "furcht vor",
    "risiko (?:fur|von|eines|einer)",
    "miedo (?:a|de)",
    "temor (?:a|de)",
    "riesgo de",
    "peur (?:de|d)",
    "crainte (?:de|d)",
    "risque (?:de|d)",
    "formation (?:a|au|aux|en|de)",
    "curso de",
  ],
};
/** A modal before a bare verb: "might stop breathing". */
export const MODAL = /\b(?:might|may|could|would|will|can|to)\s+(?:suddenly\s+|also\s+)?$/;
/** Not in doubt whether it may come, but whether it is: counts as said. */
export const WHETHER =
  /\b(?:wonder(?:s|ing)?|know|knows|sure|unsure|unclear|unknown|see|check|ask(?:s|ed)?|not|un?able to)\s+$/;

/** Before "until": what is awaited. */
export const COMMANDS = [
  "wait(?:s|ed|ing)?",
  "do not",
  "hold(?: off| on)?",
  "delay",
  "will",
  "should",
  "must",
  "(?:told|advised|instructed|asked|plans?) (?:not )?to",
];
/** Behind "until": what has happened, whoever was told to wait. */
export const ONSETS = [
  "was|were|became|went|had|found|stopped|lost|turned|coded|arrested|collapsed|fell|started|began|suddenly|sudden|his|her",
];
/** Behind "falls", where it is German for "if". */
export const GERMAN_SUBJECTS = [
  "er|sie|es|der|die|das|den|ein(?:e[rmns]?)?|man|ich|wir|ihr|jemand|mein\\w*|sein\\w*|ihr\\w*",
  "nicht|kein\\w*|wieder|erneut|doch|plotzlich|patientin|kind|saugling|atmung|puls|zustand",
];
export const GERMAN_STATES =
  "los(?:e[rnms]?|igkeit)?$|atem|atm|nicht|kein|ohne|herz|stillstand|reanim|wiederbelebung|koma|krampf|flimmern|blau|zyan|intubiert";

/** Before a vital sign: what somebody wants to see, or set a device to. "Maintaining sats of 82 %" is what is. */
export const WANTED = [
  "target(?:s|ed|ing)?(?: range)?",
  "goals?",
  "aim(?:s|ed|ing)?",
  "keep|maintain",
  "titrat(?:e|es|ed|ing)(?: (?:o2|oxygen))?",
  "(?:upper |lower )?(?:limits?|thresholds?)(?: set)?",
  "alarms? (?:set|at|for|if|when|range)",
  "ziel(?:wert|bereich)?|soll(?:wert)?",
  "objetivo|objectif|cible",
];
/** In front of these it was not reached: "can not maintain sats of 82 %". */
export const NOT_REACHED =
  /(?<![\p{L}])(?:not|unable|failing|failed|fails|struggling|difficult|hard|barely|hardly)(?:\s+to)?\s+$/u;
/** How a patient always is; of what stands before it, "heart sounds normal". */
export const NORMAL = ["normal(?:ly)?", "usual(?:ly)?"];

/** What a thing was named for, directly after it: a visit, a lesson, a figure of speech. */
export const PURPOSES =
  "(?:clinic|outpatient|customer|service|dummy|doll|mannequin|manikin|poster|instructor|teacher|trainer|movie|film|video|book|tests?|index|machine|mask|alarm|study|studies|guidelines?|follow ?up|check ?ups?|survivor\\w*|rehab\\w*|prescription|appointment|train(?:ing|er)|course|class|(?:re ?)?certificat\\w*|drill|simulation|education|lecture|kurs\\w*|schulung|kontrolle|sprechstunde|formation|curso|revision|controle|(?:review|check|control|monitor)(?! (?:asap|urgent\\w*|now|please|immediately|stat|pulse|airway|shows?|showing|reads?|reading|says?|on|attached)))";
/** The same of words for how somebody is: what is so called is no person. */
export const FIGURES =
  "(?:customer|dummy|doll|mannequin|manikin|poster|movie|film|video|book|bias|mind|thoughts?|habits?|desires?)";

/** Parts of the body that are not the patient, and things. */
export const PARTS =
  "(?:limbs?|legs?|arms?|foot|feet|hands?|fingers?|fingertips?|toes?|toenails?|nails?|fingernails?|extremit(?:y|ies)|ankles?|wrists?|knees?|calf|thighs?|hair|skin|bruise|urine|stool|sputum|nail bed|flap|graft|bein\\w*|fuss\\w*|zeh\\w*|extremitat\\w*|pierna|brazo|pie|mano|dedos?|jambe|bras|pied|main|doigts?|orteils?)";
export const THINGS =
  "(?:phone|screen|touchscreen|computer|tablet|laptop|monitor|pump|device|app|website|keyboard|alarm|battery|car|engine|plants?|pupils?)";

/** What stands between such a word and what it speaks of, without ending its reach. */
export const TRANSPARENT = new Set(
  (
    "a an any the his her its their my our this that these he she it they i we patient baby child infant son daughter been being be is are was were has had have having got get gotten become became becoming go went gone ever once actually really truly completely totally fully quite at all further previous prior past recent new known current currently acute signs sign symptoms symptom evidence episode episodes event events history of for from in with into to period periods spell spells brief short transient prolonged sudden severe major full out hospital felt feeling feel found appear appears appeared look looks seem seems seemed need needs needed require requires required requirement indication suffered suffering suffer experienced experiencing complain complains complaining complaint complaints documented reported witnessed obvious time times point longer 's " +
    "mehr je jemals zu irgendeine hinweis auf anzeichen fur zeichen war ist gewesen hatte hat wurde einen eine einem einer ein der die das den dem des " +
    "esta estaba estuvo tuvo sufrio ha habia estado de del la las los el un una unos signos episodios previa previo " +
    "est etait ete eu d l le les une des du signes en au aux"
  ).split(" "),
);
