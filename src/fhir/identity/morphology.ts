/**
 * Words that medicine makes by rule, which no list holds: medicines by the stems of their international names (WHO,
 * "Stem in the selection of international nonproprietary names", 2018) in the endings of several languages, and
 * specialities, examinations and diseases by their Greek and Latin ends. Folded.
 */
const MEDICINE = new RegExp(
  `(?:${[
    "cillin|cilin|mycin|micin|floxacin|cyclin|ciclin|penem|dazol|prazol|conazol|formin|gliptin|gliflozin|glutid|glitazon",
    "pril|sartan|prolol|nolol|dolol|vedilol|dipin|statin|fibrat|xaban|gatran|dogrel|grelor|parin|platin|rubicin|taxel",
    "tinib|ciclib|rafenib|zomib|tumab|ximab|zumab|lumab|limab|kinra|nercept|poetin|grastim|dronat|meterol|tropium|lukast",
    "phyllin|fyllin|setron|triptan|codon|morphon|morphin|fentanil|fentanyl|profen|coxib|fenac|oxicam|stigmin|curonium",
    "thyroxin|tiroxin|semid|thiazid|nolacton|azepam|azolam|oxetin|tralin|pramin|triptylin|tapin|zapin|peridol|peridon",
    "rasidon|promazin|zepin|gabalin|bapentin|docain|vacain|barbital|methason|metason|prednison|prednisolon|sonid|vudin",
    "navir|buvir|asvir|clovir|vaptan|tamivir|racetam|valproat|salazin",
  ].join("|")})(?:e|a|o|i|s|en|um|es)?$`,
);
/** Least letters of such a word: shorter ends are those of names, too. */
const SHORTEST = 7;

const MEDICAL =
  /(?:olog(?:y|ie|ia|ic|ical|ics|isch\w{0,2}|ique|ists?)|iatr(?:y|ie|ia|ics?)|[ei]metr(?:y|ie|ia)|s[ck]op(?:y|ie|ia|ic|ies)|gra(?:ph|f)(?:y|ie|ia|ic|ies)|ograms?|ogramm|therap(?:y|ie|ia|ies|ists?)|therapeut\w{0,3}|chirurgi[ea]|surgery|plast(?:y|ik|ie)|[ck]tom(?:y|ie|ia)|[io]stom(?:y|ie|ia)|otom(?:y|ie|ia)|path(?:y|ie|ia|ic)|patia|itis|osis|emia|emie|uria|urie|pleg(?:ia|ie)|alg(?:ia|ie)|megal(?:y|ie|ia)|[ck]ardi(?:a|e|c)|pn(?:ea|oea|oe)|troph(?:y|ie|ia)|ambulanz|abteilung|station|klinik|zentrum|sprechstunde|aufnahme)$/;
/** "Demetry" is a name, "telemetry" none. */
const SHORTEST_MEDICAL = 8;

/** Medicines whose names follow no rule, and trade names that notes have often. */
const MEDICINES: ReadonlySet<string> = new Set(
  [
    "aspirin acetaminophen paracetamol ibuprofen warfarin digoxin digitoxin lithium morphine morphin tramadol naloxone amiodarone",
    "levodopa amoxicillin penicillin insulin heparin prednisone prednisolone dexamethasone levothyroxine ciclosporin tacrolimus",
    "methotrexate allopurinol colchicine clonidine hydralazine spironolactone metamizol novalgin marcumar",
    "lantus levemir toujeo tresiba humalog novolog novorapid actrapid humulin apidra ozempic trulicity victoza jardiance farxiga januvia",
    "glucophage xarelto eliquis pradaxa plavix brilinta lipitor zocor crestor lasix coumadin synthroid ventolin advair symbicort spiriva",
    "nexium prilosec protonix zantac tylenol advil aleve motrin norco percocet vicodin oxycontin xanax ativan valium klonopin zoloft",
    "prozac lexapro celexa cymbalta effexor wellbutrin seroquel zyprexa abilify risperdal neurontin lyrica keppra dilantin depakote",
    "tegretol lamictal benadryl zyrtec claritin flonase singulair humira enbrel remicade keytruda opdivo herceptin avastin rituxan",
    "augmentin zithromax levaquin bactrim keflex flagyl diflucan valtrex tamiflu paxlovid entresto",
  ].flatMap((it) => it.split(" ")),
);

/** Words of notes that are no frequent words of a language. */
const CLINICAL: ReadonlySet<string> = new Set(
  [
    "tablet tablets capsule capsules inhale consult consultant practitioner practitioners telemetry icu itu ccu nicu picu hdu micu sicu",
    "irregular regular sinus paced brady tachy bradycardic tachycardic afebrile normocephalic ambulating nontender supple unremarkable",
    "triage staff charge scrub unresponsive anesthetist anaesthetist consent assent waiver directive directives outpatient inpatient dosing dispense refill refills titrate taper wean nebulizer inhaler ointment lotion suppository",
  ].flatMap((it) => it.split(" ")),
);

/** Whether a folded word is the name of a medicine. */
export function isMedicine(key: string): boolean {
  return MEDICINES.has(key) || (key.length >= SHORTEST && MEDICINE.test(key));
}

/** Whether a folded word is one of medicine, and names nobody. */
export function isMedical(key: string): boolean {
  if (key.length > 30) return false;
  return CLINICAL.has(key) || isMedicine(key) || (key.length >= SHORTEST_MEDICAL && MEDICAL.test(key));
}
