import { describe, expect, test } from "vitest";
import { readRecord } from "../../../src/fhir/record.js";
import { isV2, segmentsOf } from "../../../src/fhir/v2/parse.js";

/** Made up after the segments' definitions in HL7 v2.5.1, chapters 3, 4 and 7: nobody's. */
const RESULT = String.raw`MSH|^~\&|LAB|HOSP|EHR|HOSP|20240131081500||ORU^R01|123|P|2.5.1
PID|1||4711^^^HOSP^MR||Quillon^Ada^B||19700509|F|||12 Elm Lane^^Springfield^MA^01101||555-201-3344
NK1|1|Wobblesworth^Ben|HUS
PV1|1|I|Ward 5^^^||||1234^Marchbanks^Walter
AL1|1|DA|^Penicillin|SV|Anaphylaxis
DG1|1||E11.9^Type 2 diabetes mellitus^I10|||F
OBR|1|||718-7^Haemoglobin^LN|||20240131080000||||||||||||||||||F
OBX|1|NM|718-7^Haemoglobin^LN||9.1|g/dL|12-16|L|||F
NTE|1||Ada Quillon (born 19700509) was told \T\ Ben Wobblesworth.\.br\Repeat in a week
OBX|2|NM|2951-2^Sodium^LN||138|mmol/L|135-145|N|||D
OBX|3|CE|600-7^Culture^LN||112283007^Escherichia coli^SCT||||||F
OBX|4|SN|1^Titre^L||>^1^:^80||||||P
OBR|2|||24627-2^CT chest^LN|||20240130
OBX|1|TX|24627-2^CT chest^LN||Mrs Quillon has no effusion.||||||F
OBX|2|TX|24627-2^CT chest^LN||IMPRESSION: 5 mm nodule, Dr Marchbanks told.||||||F
OBX|3|ED|PDF^Report||^application^pdf^Base64^JVBERi0xLjQKJcfsJVBERi0xLjQKJcfs
ORC|DC
RXE||^Warfarin 5 mg|5||mg^mg
RXR|PO^Oral
ORC|RE
RXA|0|1|20200101||^MMR|999||||||||||||||RE
RXA|0|1|20210101||^Influenza|0.5|ml||||||||||||CP
ZPD|1|Quillon
`;

const EXPECTED = [
  "Encounter inpatient",
  "AllergyIntolerance Penicillin: reaction Anaphylaxis, severity severe",
  "Condition Type 2 diabetes mellitus",
  "MedicationRequest Warfarin 5 mg: stopped; dose 5 mg, route Oral",
  "Immunization NOT given: MMR: not-done",
  "Immunization Influenza: completed",
  "DiagnosticReport CT chest",
  "DiagnosticReport Mrs [name] has no effusion. IMPRESSION: 5 mm nodule, Dr [name] told.",
  "Observation Report: presented form (attachment of application/pdf not read)",
  "Observation Haemoglobin: 9.1 g/dL; interpretation Low; reference 12-16; note [name] (born [date of birth]) was told & [name]. Repeat in a week",
  "Observation Culture: Escherichia coli",
  "Observation Titre: >1:80; preliminary",
];

test.each<[string, (text: string) => string]>([
  ["lines", (text) => text],
  ["returns", (text) => text.replaceAll("\n", "\r")],
  ["MLLP's frame", (text) => `\v${text.replaceAll("\n", "\r")}\x1c\r`],
  ["other delimiters", (text) => text.replaceAll("|", "#").replaceAll("^", "$")],
])("a message in %s becomes entries", async (_name, change) => {
  const record = await readRecord(change(RESULT), { now: new Date("2024-06-01") });
  const texts = record.entries.map(({ type, text }) => `${type} ${text}`);
  for (const expected of EXPECTED) expect(texts.join("\n")).toContain(expected.split(":")[0]);
  expect(texts.join("\n")).not.toMatch(/Quillon|Ada|Elm|4711|1970|Sodium|Wobble|Marchbanks|JVBER/);
  expect(record.patient).toEqual({ age: 54, sex: "female" });
  expect(record.skipped).toMatchObject({ "Observation (entered in error)": 1, "HL7 v2 segment ZPD": 1 });
});

test("in words", async () => {
  const record = await readRecord(RESULT);
  expect(record.entries.map(({ type, text }) => `${type} ${text}`).sort()).toEqual([...EXPECTED].sort());
});

test("a message that a resource carries is read as one", async () => {
  const data = Buffer.from(RESULT).toString("base64");
  const document = {
    resourceType: "DocumentReference",
    content: [{ attachment: { contentType: "x-application/hl7-v2+er7", data } }],
  };
  const texts = (await readRecord(document)).entries.map(({ text }) => text).join("\n");
  expect(texts).toContain("Type 2 diabetes mellitus");
  expect(texts).not.toMatch(/Quillon|Elm|PID/);
});

describe("of several patients", () => {
  const pid = (id: string, name: string, birth: string) => `PID|1||${id}^^^H^MR||${name}||${birth}|F`;
  const result = (name: string) => `OBX|1|NM|x^${name}||4||||||F`;
  const head = String.raw`MSH|^~\&|A|B|C|D|20240101||ORU^R01|1|P|2.5`;
  const [ada, bo] = [pid("1", "Roe^Ada", "19500304"), pid("2", "Poe^Bo", "19900304")];
  const told = async (...lines: string[]) =>
    (await readRecord(lines.join("\r"), { now: new Date("2024-06-01") })).entries.map(({ text }) => text);
  const OTHER = "NOT this patient's own, but about another patient: ";

  test("in a message each", async () => {
    const texts = await told(
      head,
      ada,
      result("K"),
      result("Na"),
      head,
      bo,
      result("Hb"),
      head,
      ada,
      result("Cl"),
    );
    expect(texts).toEqual(["K: 4", "Na: 4", `${OTHER}Hb: 4`, "Cl: 4"]);
  });
  test("in one message", async () => {
    expect(await told(head, ada, result("K"), result("Na"), bo, result("Hb"))).toEqual([
      "K: 4",
      "Na: 4",
      `${OTHER}Hb: 4`,
    ]);
  });
  test("a patient whose name was corrected is one by number", async () => {
    expect(
      await told(head, ada, result("K"), head, pid("1", "Roe-Poe^Ada", "19500304"), result("Na")),
    ).toEqual(["K: 4", "Na: 4"]);
  });
});

test("a vaccine that was refused was not given, also without a completion status", async () => {
  const text = String.raw`MSH|^~\&|A
RXA|0|1|20240101||03^Flu^CVX|999||||||||||||00^Parental decision`;
  expect((await readRecord(text)).entries[0]?.text).toMatch(/^NOT given: Flu: not-done; .*Parental decision/);
});

test("a field of many repetitions is read", async () => {
  const text = String.raw`MSH|^~\&|A
OBX|1|TX|x^Note||${"a~b ".repeat(200_000)}||||||F`;
  expect((await readRecord(text)).entries.length).toBeGreaterThan(100);
});

test("escapes are read", () => {
  const [, note] = [
    ...segmentsOf(`MSH|^~\\&|A\rNTE|1||a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f\\X41\\g\\H\\h\\N\\ i & j \\ k`),
  ];
  expect(note?.text(3)).toBe("a|b^c&d~e\\fAgh i & j \\ k");
});

test.each([
  ["[x] smoker\n[ ] diabetes", "[x] smoker; [ ] diabetes"],
  ["[2024-01-05] Cough.", "[2024-01-05] Cough."],
  ["{sic} no allergies", "{sic} no allergies"],
  ["<2 mg of morphine", "<2 mg of morphine"],
])("%s is text", async (text, expected) => {
  expect((await readRecord(text)).entries.map((it) => it.text)).toEqual([expected]);
  expect(isV2(text)).toBe(false);
});
