import { allMatches } from "../elements/all-matches.js";
import { withFirstLetters } from "../elements/first-letters.js";

/**
 * Words that say what must not be done to a patient: not to resuscitate, not to intubate, comfort only, no blood, in
 * English, German, French and Spanish. A term alone is not enough: it may be denied, over, asked about, or somebody
 * else's. What stands in the same sentence decides. Where that leaves it open, it counts: a prohibition that is looked at
 * in vain does less harm than one that is missed.
 */

/** What is done to save somebody: "no CPR" is an order. */
const RESCUE =
  "(?:cardio-?pulmonary resuscitation|resuscitat\\w*|resus|CPR|(?:re-?)?intubat\\w*|(?:mechanical(?:ly)? |invasive |artificial(?:ly)? )?ventilat(?!ors?\\b)\\w*|chest compressions?|defibrillat(?!ors?\\b)\\w*|heroic measures|extraordinary measures|life[- ]support|life-prolonging \\w+)";
/** What a history lists as well: "Hospitalizations: none" forbids none. */
const COURSE = "(?:escalat\\w*|(?:re-?)?hospitali[sz]\\w*|ICU|ITU|dialy\\w+)";
const MEASURE = `(?:${RESCUE}|${COURSE})`;
const RESCUE_DE =
  "(?:(?:kardio-?pulmonale )?Reanimation\\p{L}*|Rea|Wiederbelebung\\p{L}*|Intubation|(?:künstliche |maschinelle |invasive )?Beatmung|Herzdruckmassage|Defibrillation|Intensivtherapie|Blutprodukte?|Bluttransfusion\\p{L}*|lebensverlängernden? Maßnahmen)";
const MEASURE_DE = `(?:${RESCUE_DE}|Dialyse)`;
const RESCUE_FR =
  "(?:réanimation|réanimer|RCP|massage cardiaque|intubation|intuber|ventilation|ventiler|transfusion\\p{L}*|transfuser|acharnement(?: thérapeutique)?|mesures de réanimation)";
const MEASURE_FR = `(?:${RESCUE_FR}|dialyse|dialyser)`;
const RESCUE_ES =
  "(?:reanima\\p{L}+|resucita\\p{L}+|RCP|intuba(?:r|d[oa]|ción)|ventila(?:r|ción)(?: mecánica)?|transfun\\p{L}+|transfusión|transfusiones|hemoderivados|masaje cardíaco)";
const MEASURE_ES = `(?:${RESCUE_ES}|di[aá]lisis|dializar)`;
const NEVER = "(?:do[- ]not|don['’]?t|never)";
const WILL_NOT = "(?:(?:does|do|would|will|did)(?: not|n['’]?t)|(?:(?:would|will|does|do|did) )?never)";
/** Who is asked says that he does not want it. */
const WANTED = "(?:wanted|desired|wished|gewünscht|erwünscht|souhaitée?|desead[oa])";
const BLOOD = "(?:(?:all |any )?blood(?: products?| transfusions?)?|transfusions?)";

/** Letters and digits of any language are words; \b knows only English ones. */
const START = "(?<![\\p{L}\\p{N}])";
const END = "(?![\\p{L}\\p{N}])";
const whole = (pattern: string, flags = "giu") =>
  new RegExp(`${withFirstLetters(pattern)}${START}(?:${pattern})${END}`, flags);

const TERMS: readonly RegExp[] = [
  whole(
    "DNR(?:-?CC(?:-Arrest)?)?|DNAR|DNACPR|DN-?CPR|NFR|NTBR|DNI(?!\\s*(?:n[º°o.]|:)?\\s*\\d)|DNH|LATA|ONR",
    "gu",
  ),
  whole(
    [
      `${NEVER}[- ](?:(?:attempt|initiate|perform|start|give|provide|commence|offer)[- ])?(?:(?:any )?(?:attempts? (?:at|of) ))?${MEASURE}`,
      `${NEVER} (?:give|transfuse|administer) ${BLOOD}`,
      `not (?:a candidate )?for (?:(?:attempted|active|full|any|further) )?(?:attempts? at )?${MEASURE}`,
      "not (?:for )?full[- ]code|(?:made|is|now|(?:code )?status:?|transition(?:ed)? to) CMO",
      `${MEASURE} (?:is |was |would be )?(?:inappropriate|futile|not (?:appropriate|wanted|desired|wished))`,
      `${RESCUE} ?[:=–-] ?(?:no|none|false)(?= *(?:$|[.,;)]))`,
      "no artificial (?:nutrition|hydration|feeding)",
      `not to be (?:resuscitated|intubated|ventilated|escalated|dialysed|dialyzed|transfused|admitted to (?:ICU|ITU))`,
      `${MEASURE} (?:should|must|is|are|will) not (?:to )?(?:be )?(?:attempted|performed|initiated|started|given|offered|appropriate|wanted|desired|wished)`,
      `withhold(?:ing)? ${MEASURE}`,
      "no (?:further )?escalation(?= of (?:care|treatment|therapy)| *(?:$|[.,;)]))",
      "no (?:ICU|ITU)(?: (?:care|admission|transfer|treatment))?(?= *(?:$|[.,;)]))",
      `no (?:further |more )?${COURSE} (?:is |are |to be )?${WANTED}`,
      `no (?:attempts? at )?${RESCUE}(?! *(?:(?:was|were|is|has been|had been|being) )?(?:required|needed|necessary|performed|given|done|attempted|started|in progress|administered|history|before|prior|at birth|during|since|used|yet|call|attempts? (?:was|were)|of|or))`,
      "no[- ]code(?! *(?:blue|available|given|found|assigned|was|called|for|sepsis|stroke|yet|recorded))",
      "comfort(?:-focused)? (?:measures?|care|treatment)(?: only|-only)|comfort only|only comfort (?:measures|care)",
      "allow(?:ing)? (?:a )?natural death",
      `(?:refus(?:es|ed|ing|al of)|declin(?:es|ed|ing)|rejects?|${WILL_NOT} (?:want|accept|consent to|wish(?: for)?|agree to)) (?:to (?:be |receive )?)?(?:any |all |further )?(?:${MEASURE}|${BLOOD})`,
      `no blood(?: products?| transfusions?)?(?= *(?:$|[.,;:()]|allowed|accepted|permitted|wanted|under|to be))`,
      "ceiling of (?:care|treatment)",
    ].join("|"),
  ),
  whole(
    [
      `kein(?:e|en|er)? ${RESCUE_DE}(?! *(?:notwendig|erforderlich|nötig|erfolgt|durchgeführt|gegeben|bisher|stattgehabt|erhalten|in der (?:Vorgeschichte|Anamnese)))`,
      `keine Dialyse ${WANTED}`,
      `${RESCUE_DE} ?[:=–-] ?nein`,
      "nicht (?:zu )?(?:reanimieren|wiederbeleben|intubieren|beatmen|defibrillieren|dialysieren|transfundieren)",
      `${MEASURE_DE} (?:wird |ist |wurde )?(?:nicht (?:gewünscht|erwünscht|indiziert)|abgelehnt|unerwünscht|ausgeschlossen|zu unterlassen)`,
      `(?:lehnt|verweigert) (?:eine |jede |alle )?${MEASURE_DE}(?: ab)?`,
      `(?:Verzicht auf|Ablehnung (?:von|der|einer)) (?:eine )?${MEASURE_DE}`,
      "(?:nur|rein|ausschließlich(?:e)?|lediglich) (?:noch )?Komfort\\p{L}*|Komfort(?:maßnahmen|therapie|versorgung) (?:nur|ausschließlich)|Therapie(?:ziel)?begrenzung|(?:rein|nur) palliative? (?:Therapie|Behandlung|Maßnahmen|Versorgung)|natürlichen Tod zulassen",
    ].join("|"),
  ),
  whole(
    [
      `ne (?:pas|jamais) (?:tenter (?:de |une |la )?)?(?:le |la |l['’])?${MEASURE_FR}`,
      `(?:pas|aucune?) de dialyse ${WANTED}`,
      `(?:pas|aucune?) (?:de |d['’])?${RESCUE_FR}(?! *(?:nécessaire|requise?|effectuée?|réalisée?|pratiquée?))`,
      `${RESCUE_FR} ?[:=–-] ?non(?= *(?:$|[.,;)]))`,
      "non[- ]réanimable|non[- ]réanimation|à ne pas réanimer",
      `refus(?:e|ant|é)? (?:de |d['’]|la |l['’]|toute |une )*${MEASURE_FR}`,
      "(?:soins|mesures) de confort (?:exclusifs?|exclusivement|uniquement|seulement|seuls?|exclusives?)|laisser (?:la )?mort naturelle|limitation (?:et arrêt )?(?:des? )?(?:thérapeutiques?|traitements?)(?: actives?)?",
    ].join("|"),
  ),
  whole(
    [
      `no (?:se debe |debe |intentar |iniciar |realizar |es |está )?(?:ser )?(?:la |el )?(?:subsidiari[oa] de |tributari[oa] de |candidat[oa] a )?${RESCUE_ES}(?! *(?:necesari[oa]|precis[aó]|requiri[óo]|realizad[oa]))`,
      `no (?:dializar|(?:es )?(?:subsidiari[oa] de|tributari[oa] de|candidat[oa] a) diálisis)`,
      `${RESCUE_ES} ?[:=–-] ?no(?= *(?:$|[.,;)]))`,
      `(?:rechaza|rehúsa|no acepta|no desea) (?:la |el |los |las |toda )?${MEASURE_ES}`,
      "(?:s[oó]lo|únicamente|exclusivamente) medidas de confort|medidas de confort (?:exclusivamente|únicamente|solamente)|permitir (?:la |una )?muerte natural|limitación del esfuerzo terapéutico",
    ].join("|"),
  ),
];

/** Words that may stand between a term and what decides about it. */
const BETWEEN =
  "(?:a|an|any|the|of|to|be|been|being|made|have|has|had|having|is|are|was|were|valid|active|current|currently|yet|formally|longer|on|in|file|place|order|orders|present|exists|known|documented|signed|status|code|form|forms|decision|directive|patient|he|she|they|and|or|now|then|later|since|from|dated|for|as|his|her|their|previous|former|subsequently|temporarily|wish|request|\\d[\\d./-]*|une?|le|la|les|l['’]|d['’]|de|des|du|ordre|orden|der|die|das|eine?[nr]?|Anordnung|wird|wurde|ist|est|été|a|es|fue|ha|sido|este|esta|ser|DNR|DNI|DNAR|DNACPR|[/&,-])";
const before = (words: string) =>
  new RegExp(`${START}(?:${words})(?:[\\s/-]+${BETWEEN})*[\\s"'“(/-]*$`, "iu");
const after = (words: string) =>
  new RegExp(`^["'”)]*(?:[\\s/-]*${BETWEEN}(?![\\p{L}\\p{N}]))*[\\s,:–(-]*(?:${words})${END}`, "iu");

const DENIED = before(
  "not|isn['’]t|aren['’]t|wasn['’]t|no|never|neither|without|den(?:ies|ied)|does(?: not|n['’]t)|do(?:n['’]t)|absent|lacks|kein\\w*|nicht|ohne|pas|aucune?|sans|sin|ningun[oa]?|declin(?:es|ed|ing)|refus(?:es|ed|ing)|reject(?:s|ed)|against|lehnt|refuse|rechaza|revo(?:ked?|kes|cation of)|resc(?:ind|inded|inds)|cancel\\w*|revers(?:e|ed|al of)|lift(?:ed)?|discontinue[ds]?|suspend(?:ed|s)?|aufgehoben\\w*|levée de",
);
const ENDED = after(
  "(?:not|never) (?:signed|in place|desired|wanted|wished|appropriate|discussed|confirmed|valid|active|applicable|present|on file|agreed|established)|revoked|rescinded|cancel+ed|reversed|discontinued|lifted|withdrawn|removed|expired|declined|refused|rejected|void(?:ed)?|invalid|superseded|suspended|deferred|no longer|aufgehoben|widerrufen|zurückgezogen|abgelehnt|besteht nicht|liegt nicht vor|annulée?|levée?|révoquée?|refusée?|revocad[oa]|anulad[oa]|retirad[oa]|rechazad[oa]|full code|unknown|pending|unclear|undecided|to be (?:discussed|clarified|determined|decided)|reason",
);
/** "DNR: no", and not "no CPR, no shocks". */
const ANSWERED_NO = new RegExp(
  `^(?:[\\s/]*${BETWEEN}(?![\\p{L}\\p{N}]))*\\s*[:=(–-]\\s*(?:none|no|false|nein|non|absent|negative)${END}`,
  "iu",
);
const TALKED_ABOUT = after(
  "(?:was |were |has been |have been )?(?:discussed|offered|explained|addressed|considered|discussion|diskutiert|besprochen|discutée?|discutid[oa]|hablad[oa])",
);
const AGREED =
  /agree[ds]?|confirm(?:ed|s)|signed|elect(?:s|ed)|wishes to be|chose|opt(?:s|ed) for|accepted|in place|remains|zugestimmt|gewünscht|bestätigt|festgelegt|vereinbart|beschlossen|décidée?|accepté|confirmé|acepta|confirmad/iu;
const OVER = before(
  "previously|formerly|former|prior|past|history of|h/o|used to be|until|from|früher\\w*|ehemals|zuvor|vormals|antérieurement|auparavant|ancien\\w*|previamente|anteriormente|antes",
);
const WAS = before("was|were|had been|war|était|era");
const THEN =
  /^[^.;]{0,20}\b(?:last|previous|during|in \d{4}|at (?:the|that) time|before|until|but now|now|full code|damals|jetzt|alors|maintenant|entonces|ahora)\b/iu;
const ASKED = before(
  "consider(?:s|ed|ing)?|discuss(?:ed|es|ing|ion)?(?: of| about| regarding)?|possible|potential|offer(?:ed)?|ask(?:ed|s)? (?:about|regarding)|explain(?:ed)?|counsel+ed (?:on|about)|information (?:on|about)|questions? (?:about|regarding)|unsure(?: about)?|undecided(?: about)?|regarding|would|might|may want|erwägen|besprechen|Gespräch über|envisager|discuter|considerar|hablar de",
);
const KIN =
  "(?:mother|father|brother|sister|husband|wife|spouse|son|daughter|grandmother|grandfather|uncle|aunt|partner|roommate|Mutter|Vater|Bruder|Schwester|Ehemann|Ehefrau|mère|père|frère|sœur|mari|madre|padre|hermano|hermana|marido|esposa)";
const RELATIVE = before(KIN);
const OF_RELATIVE = after(`of ${KIN}`);
const CONDITION =
  /(?<![\p{L}])(?:if|should|in case|in the event|falls|wenn|sofern|si|en cas|en caso)(?![\p{L}])/iu;
/** A condition that is the very thing which the order is for. */
const ARREST =
  /arrest|stops? breathing|pulse|collaps|heart stops|dies|Herzstillstand|Kreislaufstillstand|Atemstillstand|arrêt|parada|paro/iu;
const FULL_CODE = /(?<!(?:not|no longer|from|was|previously|formerly)(?: a| for)? )full[- ]code/iu;
const FORBIDS_FULL = /full[- ]code$/iu;

/** Whether a text says that something must not be done to the patient. */
export function saysProhibition(text: string): boolean {
  return TERMS.some((term) => allMatches(text, term).some((found) => holds(text, found.index, found[0])));
}

/** As `saysProhibition`, of lines that were put in one: an order may have been broken in two where a semicolon stands now. */
export function linesSayProhibition(text: string): boolean {
  return saysProhibition(text) || (text.includes("; ") && saysProhibition(text.replaceAll("; ", " ")));
}

function holds(text: string, start: number, term: string): boolean {
  const end = start + term.length;
  const from = Math.max(0, start - 200, endOfSentence(text, start));
  const left = text.slice(from, start);
  const rest = text.slice(end, end + 200);
  const right = rest.slice(0, /[.;!\n](?:\s|$)/.exec(rest)?.index ?? rest.length);
  if (/^[^:,]{0,30}\?/.test(right)) return /\?\W*(?:yes|true|ja|oui|sí|si)(?!\p{L})/iu.test(right);
  if (DENIED.test(left) || OVER.test(left) || ASKED.test(left) || RELATIVE.test(left)) return false;
  if (
    ENDED.test(right) ||
    ANSWERED_NO.test(right) ||
    OF_RELATIVE.test(right) ||
    (WAS.test(left) && THEN.test(right))
  )
    return false;
  if (TALKED_ABOUT.test(right) && !AGREED.test(right)) return false;
  const sentence = `${left} ${right}`;
  if (CONDITION.test(sentence) && !ARREST.test(sentence)) return false;
  return FORBIDS_FULL.test(term) || !FULL_CODE.test(right);
}

/** Where the sentence before a place ends, and the place's own begins. */
function endOfSentence(text: string, start: number): number {
  const near = text.slice(Math.max(0, start - 200), start);
  const found = [
    ...near.matchAll(
      /[.;!?\n](?=\s)|(?<![\p{L}])(?:but|now|currently|aber|jetzt|mais|maintenant|pero|ahora)(?![\p{L}])/giu,
    ),
  ].at(-1);
  return found === undefined ? 0 : Math.max(0, start - 200) + found.index + found[0].length;
}
