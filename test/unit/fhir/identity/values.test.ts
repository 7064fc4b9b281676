import { describe, expect, test, vi } from "vitest";
import { StructuredValues } from "../../../../src/fhir/identity/structured.js";
import { readRecord } from "../../../../src/fhir/record.js";
import { bundle } from "../../../support/record.js";

const told = async (input: string | object) =>
  (await readRecord(input, { now: new Date("2026-11-28") })).entries.map((it) => it.text).join("\n");
const observation = (text: string, more: object) => ({
  resourceType: "Observation",
  code: { text },
  ...more,
});
const form = (group: string, value: object, label = "Name") => ({
  resourceType: "QuestionnaireResponse",
  item: [{ text: group, item: [{ text: label, answer: [value] }] }],
});

describe("a code, a quantity or a date is no name and no number of anybody", () => {
  test.each<[object, string]>([
    [
      observation("Date of last contact", { valueDateTime: "2021-03-04" }),
      "Date of last contact: 2021-03-04",
    ],
    [observation("Red blood cell", { valueInteger: 4500000 }), "Red blood cell: 4500000"],
    [observation("Cell", { valueQuantity: { value: 4512345, unit: "/uL" } }), "Cell: 4512345 /uL"],
    [observation("Called on", { valueDateTime: "2021-03-04T10:00:00Z" }), "Called on: 2021-03-04 10:00 UTC"],
    [
      observation("Name", { valueCodeableConcept: { coding: [{ code: "1", display: "Quillovan" }] } }),
      "Name: Quillovan",
    ],
    [
      observation("Doctor", {
        valueCodeableConcept: { coding: [{ code: "1", display: "Nurse Quillovan" }] },
      }),
      "Doctor: Nurse Quillovan",
    ],
    [observation("Rhythm", { valueString: "HR Irregular" }), "Rhythm: HR Irregular"],
    [form("Medication", { valueString: "Lantuvex" }), "Medication / Name: Lantuvex"],
    [form("Allergies", { valueString: "Penicillin" }), "Allergies / Name: Penicillin"],
  ])("%j", async (resource, expected) => {
    expect(await told(resource)).toBe(expected);
  });

  test.each<[object, string]>([
    [form("Demographics", { valueString: "Long" }), "Demographics / Name: [name]"],
    [
      form("Medication prescriber", { valueString: "Elvira Quarkwell" }),
      "Medication prescriber / Name: [name]",
    ],
    [
      form("Demographics", { valueDate: "1970-01-01" }, "Date of birth"),
      "Demographics / Date of birth: [date of birth]",
    ],
    [form("Contact", { valueString: "0171 2345678" }, "Mobile"), "Contact / Mobile: [telephone]"],
    [form("Contact", { valueInteger: 5551234567 }, "Telephone"), "Contact / Telephone: [telephone]"],
  ])("but what a person's form asks for is: %j", async (resource, expected) => {
    expect(await told(resource)).toBe(expected);
  });
});

test.each([
  "GP called on 03/04/2021",
  "GP called on 20210304. Telephone 2021-03-04 10:00: well",
  "Tel 03.04.2021 Befund besprochen",
  "Red blood cell: 4512345, white cell: 11000000",
  "Date of last contact: 03/04/2021",
  "Name: Metformin Dose: 500 mg",
  "Name: Lantuvex Dose: 10 units",
  "Address: BP 150/90, start amlodipine 5 mg",
  "HR Regular. Sig Take 1 tablet. Pan Scan normal. Nurse Practitioner saw. Miss Dose not. Doctor Consult.",
])("words of notes stay: %s", async (text) => {
  expect(await told(text)).toBe(text);
});

test("fields in lines are understood by those around them", async () => {
  expect(await told("Name: Lantuvex\nDose: 10 units")).toBe("Name: Lantuvex; Dose: 10 units");
  expect(await told("MEDICATIONS\nName: Lantuvex")).toBe("MEDICATIONS; Name: Lantuvex");
  expect(await told("Name: Long\nDOB: 03.04.1960")).toBe("Name: [name]; DOB: [date of birth]");
  expect(await told("EMERGENCY CONTACT\nName: Elvira Quarkwell")).toBe("EMERGENCY CONTACT; Name: [name]");
});

test.each([
  ["Patient: Elvira Quarkwell, DOB 3 April 1960", /Elvira|Quarkwell|1960/],
  ["Patientin: Quarkwell, Elvira. Husten", /Elvira|Quarkwell/],
  ["RE: Elvira Quarkwell", /Elvira|Quarkwell/],
  ["Emergency contact: wife, Elvira Quarkwell 555-201-3344", /Elvira|Quarkwell|3344/],
  ["Emergency contact: 555 201 33 44", /33 44/],
  ["Signed: Jonathan Carverly, MD", /Jonathan|Carverly/],
  ["PCP: Gruberwald", /Gruberwald/],
  ["MR. QUARKWELL WAS SEEN BY DR. CARVERLY.", /QUARKWELL|CARVERLY/],
  ["Dr. med. univ. Hans Gruberwald klagt", /Hans|Gruberwald/],
  ["DOB - 3 April 1960", /1960/],
  ["Called at 06.12.34.56.78", /34\.56/],
  ["Address: 12 Quarkwell Lane", /Quarkwell/],
])("who somebody is goes from plain text: %s", async (text, left) => {
  expect(await told(text)).not.toMatch(left);
});

test.each([
  "Patient: Alert and oriented",
  "Patient: Denies Chest Pain",
  "Patient: Ambulating",
  "Patient: Intubated Sedated",
  "Patient: Resting Comfortably",
  "RE: Hyperkalemia",
  "RE: Quillovan",
  "Nurse Triage note",
  "RE: Metoprolol Succinate",
  "RE: CT Abdomen",
  "PCP: Follow up in 2 weeks",
  "Signed: Consent form",
  "MR. BRAIN normal. MR ANGIOGRAPHY normal.",
  "Emergency contact: none",
])("and what is said of them stays: %s", async (text) => {
  expect(await told(text)).toBe(text);
});

const note = (text: string) => observation("Note", { valueString: text });
describe("what a record's numbers, wards and organisations are called stays where it is a word", () => {
  test.each<[object, string]>([
    [{ resourceType: "Patient", id: "patient-12" }, "The patient 12 years ago had an MI"],
    [
      { resourceType: "Patient", identifier: [{ value: "ICU-12" }, { value: "ward-2021" }] },
      "ICU 12 full, ward 2021",
    ],
    [{ resourceType: "Location", name: "Telemetry" }, "On Telemetry. Telemetry shows AF"],
    [{ resourceType: "Location", name: "Endoskopie" }, "Endoskopie geplant"],
    [{ resourceType: "Organization", name: "Kardiozentrale" }, "Kardiozentrale Befunde"],
    [
      {
        resourceType: "Encounter",
        participant: [{ individual: { reference: "Practitioner/1", display: "Nephrology Consult" } }],
        reasonCode: [{ text: "x" }],
      },
      "Nephrology Consult done",
    ],
  ])("%j", async (resource, text) => {
    expect(await told(bundle(resource, note(text)))).toContain(`Note: ${text}`);
  });

  test("but a number as it is written, and a long one, goes", async () => {
    const patient = { resourceType: "Patient", id: "patient-12", identifier: [{ value: "WX-44718" }] };
    expect(await told(bundle(patient, note("Seen: patient-12 and wx 44718.")))).toBe(
      "Note: Seen: [number] and [number].",
    );
  });

  test("the organisation of a document's author", async () => {
    const xml = `<ClinicalDocument xmlns="urn:hl7-org:v3"><author><assignedAuthor><assignedPerson><name><given>Jo</given><family>Quimbledon</family></name></assignedPerson><representedOrganization><name>Telemetrix</name></representedOrganization></assignedAuthor></author><component><structuredBody><component><section><title>Course</title><text>Telemetrix on. Quimbledon saw.</text></section></component></structuredBody></component></ClinicalDocument>`;
    const document = {
      resourceType: "DocumentReference",
      content: [{ attachment: { contentType: "text/xml", data: Buffer.from(xml).toString("base64") } }],
    };
    expect(await told(document)).toContain("Telemetrix on. [name] saw.");
  });
});

test.each<[string, object, RegExp]>([
  ["a relative's number", { resourceType: "RelatedPerson", identifier: [{ value: "RP-88123" }] }, /88123/],
  [
    "a visit's number",
    { resourceType: "Encounter", identifier: [{ value: "V7755123" }], class: { code: "AMB" } },
    /7755123/,
  ],
  [
    "an insurance's number",
    { resourceType: "Coverage", subscriberId: "SUB-99120", subscriber: { display: "Una Quibblesworth" } },
    /99120|Una|Quibb/,
  ],
  [
    "a mother's name and a place of birth",
    {
      resourceType: "Patient",
      extension: [
        {
          url: "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName",
          valueString: "Quorndale",
        },
        {
          url: "http://hl7.org/fhir/StructureDefinition/patient-birthPlace",
          valueAddress: { city: "Quimperville" },
        },
      ],
    },
    /Quorndale|Quimperville/,
  ],
])("%s is learnt", async (_name, resource, left) => {
  const text = "RP 88123, V7755123, SUB-99120 of Una Quibblesworth, born Quorndale in Quimperville: gout";
  expect(await told(bundle(resource, note(text)))).not.toMatch(left);
});

describe("values in a text", () => {
  const values = new StructuredValues({
    resourceType: "Observation",
    code: { coding: [{ code: "1", display: "Dr Test" }] },
    valueCodeableConcept: { coding: [{ code: "2", display: "Dr Test of Anna" }] },
    component: [{ valueQuantity: { value: 5, unit: "mg" } }, { valueInteger: 7 }],
  });
  const text = "He had 5 mg of Dr Test of Annas Dr Test 7 17 Dr Test of Anna";
  const covered = (words: string, from = 0) => {
    const start = text.indexOf(words, from);
    return values.covers(text, start, start + words.length);
  };

  test("cover what is in them, the longest that ends with a word", () => {
    expect(covered("5 mg")).toBe(true);
    expect(covered("Test")).toBe(true);
    expect(covered("Annas")).toBe(false);
    expect(covered("Anna", 50)).toBe(true);
    expect(covered("of Dr")).toBe(false);
    expect(covered("7")).toBe(true);
    expect(covered("17")).toBe(false);
  });

  test("are looked for once at each place, however often a text is asked about", () => {
    const long = "Mrs. Test saw Dr. Anna, ".repeat(40);
    const borders = vi.spyOn(RegExp.prototype, "test");
    for (let at = 0; at + 4 < long.length; at++) values.covers(long, at, at + 4);
    const { length: tested } = borders.mock.calls;
    borders.mockRestore();
    expect(tested).toBeLessThan(2 * long.length);
  });
});
