import { describe, expect, test } from "vitest";
import { readRecord } from "../../../../src/fhir/record.js";
import { bundle } from "../../../support/record.js";

const note = (text: string) => ({ resourceType: "Observation", code: { text: "Note" }, valueString: text });
const textOf = async (patient: object, text: string) =>
  (await readRecord(bundle({ resourceType: "Patient", ...patient }, note(text)))).entries[0]?.text ?? "";
const named = (family: string, ...given: string[]) => ({ name: [{ family, given }] });

/** Each name with texts that hold it, and what of it may not be left. */
const NAMES: readonly (readonly [object, readonly string[], RegExp])[] = [
  [
    named("Müller", "Jörg"),
    [
      "MUELLER, Jörg",
      "Mu\u0308ller kam",
      "Herrn Müllers Husten",
      "Joerg klagt",
      "mÜller",
      "Ｍüller",
      "Mül\u00adler",
    ],
    /m\S{0,3}ller|j\S{1,2}rg/i,
  ],
  [
    named("Weiß", "Anna"),
    ["Frau WEISS klagt", "Frau Weiss", "Weiß, Anna", "Frau WEIẞ", "Anna Weiß"],
    /wei|anna/i,
  ],
  [
    named("O'Brien", "Seán"),
    ["O’Brien was seen", "O'Brien's pain", "OʼBrien", "Sean O`Brien", "O‘BRIEN", "Seán"],
    /brien|seán/i,
  ],
  [
    named("Müller-Lüdenscheidt", "Eva-Maria"),
    [
      "Lüdenscheidt klagt",
      "Frau Müller‑Lüdenscheidt",
      "Müller–Lüdenscheidt",
      "Eva-Maria ist wach",
      "Müller\u00a0Lüdenscheidt",
    ],
    /m.ller|denscheidt|eva/i,
  ],
  [
    named("Núñez García", "José Luis"),
    ["Jose Nunez seen", "García refiere", "JOSÉ LUIS NÚÑEZ", "Don José"],
    /n.n|garc|jos/i,
  ],
  [
    named("Łukasiewicz", "Żaneta"),
    ["Pani Łukasiewicz", "Lukasiewicz", "Żanety ból", "Zaneta"],
    /ukasiew|anet/i,
  ],
  [named("Novák", "Jan"), ["Novákovi se", "pana Nováka", "Pan Novák"], /nov.k/i],
  [named("Иванов", "Пётр"), ["Иванову хуже", "пациент Иванов", "ИВАНОВ Петр", "Петр Иванов"], /иванов|п.тр/i],
  [named("Иванова", "Анна"), ["у Ивановой", "Ивановой Анны", "Анна Иванова"], /иванов/i],
  [named("王", "小明"), ["患者王小明说", "王 小明", "王先生", "王小明"], /小明|王/],
  [named("张", "伟"), ["患者张伟，男", "张伟说头痛", "张医生"], /张/],
  [named("山田", "太郎"), ["山田太郎様", "山田　太郎", "山田さん"], /山田|太郎/],
  [named("ヤマダ", "タロウ"), ["ﾔﾏﾀﾞ ﾀﾛｳ", "ヤマダ・タロウ"], /ﾔﾏﾀ|ヤマダ/],
  [
    named("김", "민수"),
    ["김민수는 두통", "환자 김민수", "김민수의 혈압", "김민수님", "민수 씨", "김 씨", "김민수씨에게"],
    /김|민수/,
  ],
  [named("ใจดี", "สมชาย"), ["ผู้ป่วยสมชาย ใจดี มา", "นายสมชาย ใจดี", "คุณสมชาย", "สมชายมีไข้"], /สมชาย/],
  [named("محمد", "أحمد"), ["المريض أحمد محمد", "لمحمد", "وأحمد", "احمد"], /محمد|حمد/],
  [named("כהן", "משה"), ["החולה משה כהן", "למשה", "של כהן"], /כהן|משה/],
  [named("शर्मा", "राजेश"), ["राजेश शर्मा को", "शर्मा जी"], /शर्मा|राजेश/],
  [named("Παπαδόπουλος", "Γιώργος"), ["ΠΑΠΑΔΟΠΟΥΛΟΣ", "Γιωργος Παπαδοπουλος"], /παπαδ/i],
  [named("Şahin", "İpek"), ["IPEK SAHIN", "İpek Şahin", "ipek", "Şahin'in"], /ipek|ahin/i],
  [
    named("D'Angelo", "Abd al-Rahman"),
    ["D’Angelo came", "dangelo", "D' Angelo", "Abdalrahman", "Abd-al-Rahman"],
    /angelo|rahman/i,
  ],
  [named("No", "Ji-hoon"), ["Ji-hoon No came", "Mr No", "Mr. No has pain", "No, Ji-hoon"], /\bno\b(?!te)/i],
  [
    named("Long", "Grace"),
    ["Grace Long was seen", "Ms Long", "LONG, GRACE", "Dr. Long", "Grace M. Long", "Mrs. Long's pain"],
    /long|grace/i,
  ],
  [named("Li", "Na"), ["Li Na was seen", "Ms Li", "Na Li reports"], /\bli\b|\bna\b/i],
  [
    named("von der Heide", "Ada"),
    ["Frau von der Heide", "von der Heide, Ada", "Fr. von der Heide"],
    /heide|ada/i,
  ],
  [named("de la Cruz", "María"), ["María de la Cruz", "Sra. de la Cruz", "De La Cruz, Maria"], /cruz|mar.a/i],
  [
    { birthDate: "1970-05-09" },
    [
      "DOB 05/09/1970",
      "born 9 May 1970",
      "geb. 09.05.1970",
      "May 9, 1970",
      "née le 9 mai 1970",
      "1970年5月9日生",
      "09-MAY-1970",
    ],
    /1970/,
  ],
  [
    { telecom: [{ value: "+49 30 1234567" }, { value: "555-201-3344" }] },
    ["Tel 030 1234567", "555 201 3344", "5552013344", "(555) 201-3344", "030/1234567", "+49301234567"],
    /1234567|3344/,
  ],
  [
    {
      ...named("Quillon", "Ada"),
      identifier: [{ value: "MRN-4711-X" }, { value: "123456789" }, { value: "4711" }],
    },
    ["MRN 4711", "(MRN-4711-X)", "123 456 789", "Ada Quillon (4711)", "mrn_4711_x", "MRN: 75"],
    /4711|789|75/,
  ],
  [
    {
      address: [
        { line: ["12 Elm Lane"], city: "Springfield", postalCode: "01101", state: "MA" },
        { city: "Normal", postalCode: "61761" },
        { city: "Reading" },
      ],
    },
    [
      "12 Elm Lane, Springfield, MA 01101",
      "SPRINGFIELD",
      "resident of Normal",
      "lives in Reading",
      "Normal, IL 61761",
    ],
    /elm|springfield|normal|reading|01101/i,
  ],
  [
    named("Quillon", "Ada"),
    [
      "Mr. Wobblesworth came",
      "Dear Walter, thank you",
      "Signed by: Jane Roe MD",
      "Best regards, Walter Brown",
      "Frau Schulze klagt",
      "Mme Dupont se plaint",
      "Dr. med. Hans Schulze",
      "name: jane roe",
      "Patient name: Jane ROE",
      "姓名：李四，男",
      "Mr. John Wobblesworth has",
      "Dott.ssa Wobblesworth",
      "Prof. Dr. med. W. Brown",
      "MRS ROE'S ROOM",
      "born on 3 March 1950",
      "SSN 123-45-6789",
      "call 555-201-3344",
    ],
    /wobbles|walter|roe|schulze|dupont|李四|brown|1950|6789|3344/i,
  ],
];

describe("who somebody is is found", () => {
  const cases = NAMES.flatMap(([patient, texts, left]) =>
    texts.map((text) => [text, patient, left] as const),
  );
  test.each(cases)("%s", async (text, patient, left) => {
    expect((await textOf(patient, text)).replace("Note: ", "")).not.toMatch(left);
  });
});

test("the patient's own name is found among those of any number of others", async () => {
  const others = Array.from({ length: 3000 }, (_, index) => ({
    resourceType: "Practitioner",
    name: [{ family: `Fam${index}x`, given: [`Giv${index}y`] }],
    address: [{ line: [`${index} Elm Street`], city: `City${index}` }],
    telecom: [{ value: `555-${index}-01` }],
  }));
  const patient = { resourceType: "Patient", ...named("Quibblesworth", "Una"), birthDate: "1950-03-04" };
  const record = await readRecord(
    bundle(...others, patient, note("Una Quibblesworth, born 1950-03-04, gout")),
  );
  expect(record.entries[0]?.text).toBe("Note: [name], born [date of birth], gout");
});
