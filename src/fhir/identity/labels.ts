/** Words that announce who somebody is, as parts of patterns that look at no case. */

/** Where a form begins a line or a cell: "Demographics / Name: ...". */
export const FORM = String.raw`(?<=^[ \t]{0,40}|[/;:|.,)\]] {1,2}| {2,8}|\t)`;
export const COLON = String.raw`\s{0,3}[:：]\s{0,3}`;

/** Of things too: "Name: aspirin" counts only where a form begins. */
export const NAME_LABELS =
  "name|nom|nombre|nome|naam|pr[ée]noms?|apellidos?|family name|first name|last name|given name|имя";
/** Of people alone. */
export const PERSON_LABELS =
  "patient(?:'s|s)? ?name|patienten?name|name of patient|full name|legal name|surname|maiden name|mother's name|next of kin|nachname|vorname|familienname|geburtsname|" +
  "nom de famille|nom du patient|nombre del paciente|cognome|nome do paciente|achternaam|voornaam|sobrenome|фио|фамилия|الاسم|שם";
/** Of people, before whatever is said of them too: a name only where it is no word. */
export const ROLE_LABELS =
  "patient(?:in|e)?|pt|paciente|paziente|klient(?:in)?|client|emergency contact|contact person|notfallkontakt|angehörige[rn]?|pcp|gp|primary care (?:provider|physician|doctor)|hausarzt|hausärztin|family (?:doctor|physician)|next of kin|nok|carer|caregiver|guardian|informant|interpreter|seen by|escorted by|accompanied by";
/** Of what a letter is about, a person or not. */
export const SUBJECT_LABELS = "re|regarding|betreff|betr\\.?|betrifft|concerne";
export const UNSPACED_LABELS = "姓名|氏名|患者名|이름|성명|환자명";
export const BIRTH_LABELS =
  "d\\.?o\\.?b\\.?|date of birth|birth ?dat[ea]|birthday|born(?: on)?|geb\\.?|geboren(?: am)?|geburtsdatum|geb\\.-?datum|n[ée]e?(?:\\(e\\))? le|date de naissance|ddn|nacid[oa] el|" +
  "fecha de nacimiento|f\\.? ?nac\\.?|nat[oa] il|data di nascita|geboortedatum|data de nascimento|data urodzenia|дата рождения|生年月日|出生日期|生年|생년월일|تاريخ الميلاد";
export const ADDRESS_LABELS =
  "(?:home |street |postal |mailing )?address|anschrift|adresse|wohnort|domicile|direcci[oó]n|domicilio|indirizzo|adres|endere[çc]o|адрес|住所|地址|주소";
export const PHONE_LABELS =
  "(?:home |work |cell |mobile )?(?:tele)?phone(?: (?:no\\.?|number))?|tel|telefon(?:nummer)?|mobiltelefon|fax|t[ée]l[ée]phone|t[ée]l|tel[ée]fono|m[óo]vil|cellulare|telefoon|telefone|celular|телефон|电话|手机|電話|전화|연락처";
/** Words of other meanings, unless a colon follows. */
export const PHONE_WORDS = "mobile?|cell|handy|portable|celular|contact";
/** Whose number it is, before such a word: "Emergency contact: ...", and not "Red blood cell: ...". */
export const WHOSE =
  "(?:home|work|office|emergency|personal|private?|his|her|their|my|patient(?:'s)?|mother(?:'s)?|father(?:'s)?|wife(?:'s)?|husband(?:'s)?|daughter(?:'s)?|son(?:'s)?|privat|notfall) ";
export const NUMBER_LABELS =
  "mrn|m\\.r\\.n\\.|nhc|n\\.h\\.c\\.|case (?:no\\.|number)|kassen-?(?:nr\\.?|nummer)|medical record(?: (?:no\\.?|number|#))?|record (?:no\\.?|number)|chart (?:no\\.?|number)|hospital (?:no\\.?|number|id)|patient[- ]?(?:id|no\\.?|number|identifier)|" +
  "pat\\.?-?(?:id|nr\\.?)|patienten-?(?:id|nr\\.?|nummer)|fall-?(?:nr\\.?|nummer)|aufnahme-?(?:nr\\.?|nummer)|versicherten-?(?:nr\\.?|nummer)|krankenkassen?-?(?:nr\\.?|nummer)|kvnr|ahv-?nr\\.?|" +
  "nhs(?: (?:no\\.?|number))?|chi (?:no\\.?|number)|ssn|social security(?: (?:no\\.?|number))?|insurance (?:no\\.?|number|id)|policy (?:no\\.?|number)|member (?:id|no\\.?|number)|" +
  "(?:account|acct)\\.? ?(?:no\\.?|number|#)|accession(?: (?:no\\.?|number))?|passport(?: (?:no\\.?|number))?|num[ée]ro de (?:dossier|s[ée]curit[ée] sociale)|n[°º] ?(?:de )?(?:dossier|historia|hc|s[ée]cu)|" +
  "historia cl[íi]nica(?: n[°º])?|codice fiscale|prontu[áa]rio|pesel|снилс|病历号|住院号|身份证号?|診察券番号|患者番号|患者id|등록번호|차트번호|주민등록번호";

/** Short forms of numbers of persons that have other meanings too: IPP is a medicine, DNI an order. */
export const SHORT_LABELS = "ipp|nir|dni|nie|nif|bsn|cpf|nhs|nip|kvnr|ahv|svnr";

export const DATE =
  "\\d{1,4}\\s?[-./年]\\s?\\d{1,2}\\s?[-./月]\\s?\\d{1,4}日?|\\d{1,2}(?:th|st|nd|rd|\\.)?\\s(?:de\\s)?\\p{L}{3,12}\\.?,?\\s(?:de\\s)?\\d{2,4}|\\p{L}{3,12}\\.?\\s\\d{1,2}(?:th|st|nd|rd)?,?\\s\\d{4}|\\d{8}";
/** The label is no end of a longer word. */
export const NOT_IN_WORD = String.raw`(?<![\p{L}\p{N}])`;

export const SALUTATIONS =
  "dear|hi|hello|hallo|liebe[rs]?|sehr geehrte[rs]?|guten tag|ch[eè]re?|bonjour|querid[oa]|estimad[oa]|car[oa]|gentile|egregi[oa]|beste|geachte|prezad[oa]|kära|kære";
export const SIGNING =
  "(?:electronically |digitally )?signed(?: off)? by|signed:|e-signed by|dictated by|transcribed by|authored by|reported by|reviewed by|verified by|approved by|entered by|seen by|attending(?: physician)?:|" +
  "referring (?:physician|doctor|provider):|provider:|physician:|surgeon:|consultant:|radiologist:|pathologist:|signature:|author:|gez\\.|unterzeichnet(?: von)?|unterschrift:|signé(?: par)?:?|firmado(?: por)?:?|firmato(?: da)?:?|" +
  "arzt:|ärztin:|m[ée]decin:|m[ée]dico:|assinado por:?";
export const CLOSING =
  "(?:kind |best |warm )?regards|(?:yours )?(?:sincerely|faithfully|truly)|mit (?:freundlichen|kollegialen|besten|freundlichem) gr(?:ü|ue)(?:ß|ss)e?n?|mfg|cordialement|(?:un )?saludos?|atentamente|cordiali saluti|met vriendelijke groeten?|atenciosamente";
