/** Words before a name, folded, after which even an unknown word with a capital is one. */
export const TITLES: ReadonlySet<string> = new Set([
  ...[
    "mr",
    "mrs",
    "ms",
    "mx",
    "miss",
    "mister",
    "dr",
    "doctor",
    "prof",
    "professor",
    "sir",
    "madam",
    "nurse",
  ],
  ...["herr", "herrn", "frau", "fraulein", "hr", "schwester", "pfleger", "doktor"],
  ...["monsieur", "madame", "mademoiselle", "mme", "mlle", "docteur"],
  ...["senor", "senora", "senorita", "sra", "srta", "dra", "doctora"],
  ...["signor", "signora", "signorina", "sig", "dott", "dottor", "dottoressa", "dottssa", "sigra"],
  ...["dhr", "mevr", "mevrouw", "mw", "meneer", "senhor", "senhora", "pan", "pani", "fru", "herra", "rouva"],
  ...["господин", "госпожа", "доктор", "пациент", "пациентка"],
]);

/** Titles that are words of notes as well (heart rate, "sig: take", a scan): an unknown name after them is no word. */
export const HALF_TITLES: ReadonlySet<string> = new Set([
  ...["hr", "sig", "pan", "nurse", "doctor", "miss", "fru", "mw", "sir", "schwester", "pfleger", "pani"],
]);

/** Titles that mean other things too (senior, French, strontium): before names that are known only. */
export const WEAK_TITLES: ReadonlySet<string> = new Set([
  ...["m", "mm", "sr", "fr", "don", "dona", "lady", "lord", "sister", "brother", "sor", "san", "med", "jr"],
  ...["baby", "boy", "girl", "patient", "patientin", "pat", "pt", "paciente", "paziente", "patiente", "kind"],
  ...["bebe", "nino", "nina", "van", "by", "von"],
]);

/** Of these, those after whose full stop an unknown name is one, too. */
export const STOPPED_TITLES: ReadonlySet<string> = new Set(["sr", "fr"]);
/** What stands between a title and a name: "Dr. med.", "Frau Kollegin", and ends of titles: "Sig.ra", "Dott.ssa". */
export const AFTER_TITLE: ReadonlySet<string> = new Set([
  ...["med", "dent", "vet", "habil", "hc", "ra", "ssa", "univ", "rer", "nat", "phil", "dipl", "ing", "mult"],
  ...["kollege", "kollegin", "kollegen"],
]);
/** A colleague who is spoken to by name, in a salutation. */
export const COLLEAGUE =
  /^(?:(?:herrn?|frau)\s)?(?:koll?eg(?:e|in)|colega|collega|coll[eè]gue|confr[eè]re|cons(?:œ|oe)ur)\s+/i;

/** What follows a title and is no name. */
export const ROLES: ReadonlySet<string> = new Set([
  ...[
    "colleague",
    "colleagues",
    "doctor",
    "sir",
    "madam",
    "team",
    "patient",
    "consultant",
    "all",
    "both",
    "prof",
  ],
  ...[
    "kollege",
    "kollegin",
    "kollegen",
    "kolleginnen",
    "doktor",
    "professor",
    "frau",
    "herr",
    "herrn",
    "damen",
  ],
  ...[
    "collegue",
    "confrere",
    "docteur",
    "consult",
    "monsieur",
    "madame",
    "colega",
    "doctora",
    "collega",
    "dr",
    "med",
  ],
]);

/** Parts of names that are written small. */
export const PARTICLES: ReadonlySet<string> = new Set([
  ...[
    "von",
    "van",
    "der",
    "den",
    "de",
    "zu",
    "zur",
    "zum",
    "vom",
    "del",
    "della",
    "di",
    "da",
    "dos",
    "das",
    "du",
  ],
  ...[
    "la",
    "le",
    "las",
    "los",
    "el",
    "al",
    "bin",
    "ibn",
    "ben",
    "abu",
    "af",
    "av",
    "ter",
    "ten",
    "y",
    "e",
    "san",
    "o",
  ],
  ...["mac", "mc", "st", "saint", "d", "l"],
]);

/** After one letter of a family name in a script without spaces. */
const AFTER_FAMILY = [
  ...[
    "先生",
    "女士",
    "小姐",
    "太太",
    "某",
    "医生",
    "醫生",
    "医师",
    "大夫",
    "さん",
    "様",
    "さま",
    "氏",
    "くん",
    "君",
  ],
  ...["ちゃん", "殿", "先生", "医師"],
];
/** Before a name in Thai. */
const BEFORE_THAI = ["นาย", "นางสาว", "นาง", "คุณ", "ด.ช.", "ด.ญ.", "เด็กชาย", "เด็กหญิง", "ผู้ป่วย"];
/** Before a name in Chinese and Japanese. */
const BEFORE_HAN = [
  "患者",
  "病人",
  "姓名",
  "姓名：",
  "氏名",
  "氏名：",
  "患者氏名",
  "患者姓名：",
  "姓名:",
  "氏名:",
];

/** A name of a script without spaces in the company in which it is one, though it is a word. */
export function inContext(name: string, isFamily: boolean): string[] {
  if (/\p{Script=Thai}/u.test(name)) return BEFORE_THAI.map((it) => it + name);
  const after = isFamily || [...name].length > 1 ? AFTER_FAMILY.map((it) => name + it) : [];
  return [...after, ...([...name].length > 1 ? BEFORE_HAN.map((it) => it + name) : [])];
}

/** Syllables after a Korean name, particles and forms of address. */
export const KOREAN_ADDRESS = /^(?:씨|님|군|양|환자|환자분|선생|선생님|어르신)/u;
export const KOREAN_PARTICLES =
  /^(?:이|가|은|는|을|를|의|에|에게|에게서|와|과|도|만|께|께서|한테|랑|이랑|로|으로|야|아|이는|이가|이의|이를|씨|님|군|양)/u;
