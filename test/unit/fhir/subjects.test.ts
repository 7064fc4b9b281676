import { describe, expect, test } from "vitest";
import { readRecord } from "../../../src/fhir/record.js";
import { bundle } from "../../support/record.js";

const mother = {
  resourceType: "Patient",
  id: "m",
  gender: "female",
  birthDate: "1990-03-01",
  name: [{ family: "Roe", given: ["Ada"] }],
  identifier: [{ system: "urn:hospital", value: "A-100" }],
};
const child = {
  resourceType: "Patient",
  id: "c",
  gender: "male",
  birthDate: "2024-05-01",
  name: [{ family: "Roe", given: ["Bo"] }],
};
const of = (id: string, text: string) => ({
  resourceType: "Observation",
  code: { text },
  subject: { reference: `Patient/${id}` },
});
const now = new Date("2024-06-01");
const read = (...resources: object[]) => readRecord(bundle(...resources), { now });
const OTHER = "NOT this patient's own, but about another patient: ";

describe("of a mother and her child", () => {
  test("the one whom most is about is the patient; the other's is marked", async () => {
    const record = await read(child, mother, of("m", "Hemoglobin"), of("m", "Pulse"), of("c", "Apgar"));
    expect(record.patient).toEqual({ age: 34, sex: "female" });
    expect(record.entries.map((it) => it.text)).toEqual(["Hemoglobin", "Pulse", `${OTHER}Apgar`]);
    expect(record.warnings.join("\n")).toMatch(/more than one patient[\s\S]*1 resources are about somebody/);
  });

  test("each piece and text of the other's is marked", async () => {
    const note = [{ text: "word ".repeat(600) }];
    const attachment = { contentType: "text/plain", data: Buffer.from("Jaundice.").toString("base64") };
    const letter = {
      resourceType: "DocumentReference",
      subject: { reference: "Patient/c" },
      content: [{ attachment }],
    };
    const { entries } = await read(
      mother,
      child,
      of("m", "A"),
      of("m", "B"),
      { ...of("c", "Apgar"), note },
      letter,
    );
    const others = entries.filter((it) => /word|Jaundice/.test(it.text));
    expect(others.length).toBeGreaterThan(3);
    for (const { text } of others) expect(text.startsWith(OTHER.trim().slice(0, -1))).toBe(true);
  });

  test("also by a number, an address, or a patient that is contained", async () => {
    const { entries } = await readRecord({
      resourceType: "Bundle",
      entry: [
        { fullUrl: "urn:uuid:1", resource: mother },
        { resource: { ...of("", "A"), subject: { reference: "urn:uuid:1" } } },
        { resource: { ...of("", "B"), subject: { identifier: { system: "urn:hospital", value: "A-100" } } } },
        { resource: { ...of("", "C"), subject: { reference: "Patient/m/_history/3" } } },
        { resource: { ...of("", "D"), contained: [{ ...mother, id: "p" }], subject: { reference: "#p" } } },
        { resource: { ...of("", "E"), contained: [{ ...child, id: "p" }], subject: { reference: "#p" } } },
        { resource: { ...of("", "F"), subject: { identifier: { system: "urn:hospital", value: "B-7" } } } },
      ],
    });
    expect(entries.map((it) => it.text)).toEqual(["A", "B", "C", "D", `${OTHER}E`, `${OTHER}F`]);
  });
});

describe("one patient who is described twice is one", () => {
  test.each<[string, object]>([
    ["the same again", mother],
    ["under another id with the same number", { ...mother, id: "x", name: [{ family: "Doe" }] }],
    ["by a link", { ...child, id: "x", link: [{ type: "seealso", other: { reference: "Patient/m" } }] }],
  ])("%s", async (_name, again) => {
    const record = await read(mother, again, of("m", "Pulse"), of("x", "Weight"));
    expect(record.warnings.filter((it) => it.includes("more than one"))).toEqual([]);
    expect(record.entries.every((it) => !it.text.includes("NOT") || again === mother)).toBe(true);
  });

  test("but two without anything in common are two", async () => {
    const record = await read(
      { resourceType: "Patient", id: "a" },
      { resourceType: "Patient", id: "b" },
      of("a", "Pulse"),
    );
    expect(record.warnings[0]).toContain("more than one patient");
  });
});

test("without a patient, what is about another than most is marked", async () => {
  const { entries, patient } = await read(of("a", "A"), of("a", "B"), of("b", "C"));
  expect(patient).toEqual({ age: undefined, sex: undefined });
  expect(entries.map((it) => it.text)).toEqual(["A", "B", `${OTHER}C`]);
});

test("where nothing refers to the only patient, it is said", async () => {
  const { entries, patient, warnings } = await read(mother, of("x", "A"));
  expect(entries[0]?.text).toBe("A");
  expect(patient.age).toBe(34);
  expect(warnings.join()).toContain("not in the record");
});

describe("a focus that is somebody else stands in front", () => {
  const spouse = {
    resourceType: "RelatedPerson",
    id: "s",
    relationship: [{ text: "spouse" }],
    patient: { reference: "Patient/m" },
  };
  test.each<[string, object, string]>([
    [
      "a related person",
      { focus: [{ reference: "RelatedPerson/s", display: "John Roe" }] },
      "NOT the patient's own (focus a related person (spouse)): HIV",
    ],
    [
      "one who is not in the record",
      { focus: [{ reference: "RelatedPerson/t" }] },
      "NOT the patient's own (focus a related person): HIV",
    ],
    [
      "another patient",
      { focus: [{ reference: "Patient/c" }] },
      "NOT the patient's own (focus another patient): HIV",
    ],
    ["a fetus by name", { focus: [{ display: "Fetus" }] }, "NOT the patient's own (focus Fetus): HIV"],
    [
      "an extension",
      {
        extension: [
          {
            url: "http://hl7.org/fhir/StructureDefinition/observation-focusCode",
            valueCodeableConcept: { text: "donor" },
          },
        ],
      },
      "NOT the patient's own (focus donor): HIV",
    ],
    ["the patient", { focus: [{ reference: "Patient/m" }] }, "HIV"],
    ["a thing", { focus: [{ reference: "Specimen/x", display: "Blood" }] }, "HIV: focus Blood"],
  ])("%s", async (_name, more, expected) => {
    const { entries } = await read(mother, spouse, { ...of("m", "HIV"), ...more });
    expect(entries[0]?.text.startsWith(expected)).toBe(true);
    expect(entries[0]?.text).not.toContain("John");
  });
});

test("what is about a group or a device is marked", async () => {
  const about = (reference: string) => ({
    resourceType: "Observation",
    code: { text: "Reading" },
    subject: { reference },
  });
  const { entries } = await read(mother, of("m", "A"), about("Group/1"), about("Device/1"));
  expect(entries.map((it) => it.text)).toEqual([
    "A",
    "NOT this patient's own, but about a group: Reading",
    "NOT this patient's own, but about a device: Reading",
  ]);
});

test("STU3's extension of a focal subject is a focus", async () => {
  const url = "http://hl7.org/fhir/StructureDefinition/observation-focal-subject";
  const rate = { ...of("m", "Heart rate"), extension: [{ url, valueReference: { reference: "Patient/c" } }] };
  const { entries } = await read(mother, child, of("m", "Gout"), of("m", "Asthma"), rate);
  expect(entries.at(-1)?.text).toBe("NOT the patient's own (focus another patient): Heart rate");
});

describe("patients of one id", () => {
  const patient = (family: string, gender: string, birthDate: string, more: object = {}) => ({
    resourceType: "Patient",
    id: "1",
    name: [{ family }],
    gender,
    birthDate,
    ...more,
  });
  const condition = (text: string) => ({
    resourceType: "Condition",
    code: { text },
    subject: { reference: "Patient/1" },
  });
  const entries = [condition("Prostate cancer"), condition("Pregnancy")];
  const aalto = patient("Aalto", "male", "1950-01-01");

  test.each([{}, { meta: { versionId: "2", lastUpdated: "2024-01-01T00:00:00Z" } }])(
    "who are hardly one person are not taken to be one: %j",
    async (more) => {
      const record = await readRecord(
        bundle(aalto, patient("Berg", "female", "1990-01-01", more), ...entries),
      );
      expect(record.warnings.join()).toContain("2 patients of the record share an id");
      expect(record.patient).toEqual({ age: undefined, sex: undefined });
      expect(record.skipped).toEqual({ Patient: 2 });
    },
  );

  test.each([
    patient("Aalto-Berg", "male", "1950-01-02"),
    patient("Berg", "male", "1950-01-01"),
    patient("Aalto", "female", "1950-01-01"),
  ])("and one whose data were corrected is one: %j", async (other) => {
    const record = await readRecord(bundle(aalto, other, condition("Gout")));
    expect(record.warnings.join()).not.toContain("share an id");
  });
});
