import { describe, expect, test } from "vitest";
import { readRecord } from "../../../src/fhir/record.js";

const read = async (resource: object) => (await readRecord(resource)).entries;
const concept = (text: string) => ({ text });

describe("where something is in the body is no place", () => {
  test.each<[string, object, RegExp]>([
    ["R4", { location: concept("Left breast"), morphology: concept("Mass") }, /location Left breast/],
    [
      "R5",
      {
        includedStructure: [{ structure: concept("Breast"), laterality: concept("Left") }],
        excludedStructure: [{ structure: concept("Nipple") }],
      },
      /included structure .*Breast.*Left.*; excluded structure .*Nipple/,
    ],
    [
      "DSTU2",
      { resourceType: "BodySite", code: concept("Breast"), modifier: [concept("Left")] },
      /Breast: modifier Left/,
    ],
  ])("%s", async (_version, more, expected) => {
    const [entry] = await read({ resourceType: "BodyStructure", ...more });
    expect(entry?.text).toMatch(expected);
  });

  test("where it was done is", async () => {
    const procedure = { resourceType: "Procedure", code: concept("Biopsy"), location: concept("Ward 5") };
    expect((await read(procedure)).map((it) => it.text)).toEqual(["Biopsy"]);
  });
});

describe("days of elements that other versions have", () => {
  test.each<[string, object]>([
    ["STU3's Condition", { resourceType: "Condition", code: concept("Gout"), assertedDate: "2017-02-03" }],
    ["DSTU2's Condition", { resourceType: "Condition", code: concept("Gout"), dateRecorded: "2017-02-03" }],
    [
      "DSTU2's order",
      {
        resourceType: "MedicationOrder",
        medicationCodeableConcept: concept("Gout"),
        dateWritten: "2017-02-03",
      },
    ],
    [
      "DSTU2's administration",
      {
        resourceType: "MedicationAdministration",
        medicationCodeableConcept: concept("Gout"),
        effectiveTimeDateTime: "2017-02-03",
      },
    ],
    [
      "a dispense",
      {
        resourceType: "MedicationDispense",
        medicationCodeableConcept: concept("Gout"),
        whenHandedOver: "2017-02-03",
      },
    ],
    ["R4's Consent", { resourceType: "Consent", scope: concept("Gout"), dateTime: "2017-02-03" }],
    ["a diet", { resourceType: "NutritionOrder", oralDiet: { instruction: "Gout" }, dateTime: "2017-02-03" }],
    ["an issue", { resourceType: "DetectedIssue", code: concept("Gout"), identifiedDateTime: "2017-02-03" }],
  ])("%s", async (_name, resource) => {
    const [entry] = await read(resource);
    expect(entry?.date).toBe("2017-02-03");
    expect(entry?.text).toContain("Gout");
  });

  test("a second day is told under its own word", async () => {
    const [entry] = await read({
      resourceType: "MedicationDispense",
      medicationCodeableConcept: concept("Statin"),
      whenPrepared: "2017-02-02",
      whenHandedOver: "2017-02-03",
    });
    expect(entry).toMatchObject({ date: "2017-02-03", text: "Statin: prepared 2017-02-02" });
  });
});

describe("what DSTU2 says of a thing that is not so", () => {
  test.each<[string, object, RegExp]>([
    [
      "not taken",
      {
        resourceType: "MedicationStatement",
        wasNotTaken: true,
        reasonNotTaken: [concept("Nausea")],
        medicationCodeableConcept: concept("Statin"),
      },
      /^NOT taken: Statin: .*reason not taken Nausea/,
    ],
    [
      "not performed",
      {
        resourceType: "Procedure",
        notPerformed: true,
        code: concept("Biopsy"),
        reasonNotPerformed: [concept("Refused")],
      },
      /^NOT done: Biopsy: .*reason not performed Refused/,
    ],
    [
      "not given",
      {
        resourceType: "Immunization",
        wasNotGiven: true,
        vaccineCode: concept("MMR"),
        explanation: { reasonNotGiven: [concept("Egg")] },
      },
      /^NOT given: MMR: .*reason not given Egg/,
    ],
    [
      "not given by a nurse",
      {
        resourceType: "MedicationAdministration",
        wasNotGiven: true,
        medicationCodeableConcept: concept("Statin"),
      },
      /^NOT given: Statin/,
    ],
    [
      "ruled out",
      {
        resourceType: "ClinicalImpression",
        description: "Chest pain",
        ruledOut: [{ item: concept("Infarct"), reason: "ECG" }],
      },
      /ruled out Infarct, reason ECG/,
    ],
    [
      "refuted",
      { resourceType: "AllergyIntolerance", status: "refuted", substance: concept("Nuts") },
      /^REFUTED, not present.*Nuts/,
    ],
    [
      "prohibited",
      { resourceType: "CarePlan", activity: [{ detail: { prohibited: true, code: concept("Walk") } }] },
      /do NOT perform: .*Walk/,
    ],
  ])("%s", async (_name, resource, expected) => {
    expect((await read(resource))[0]?.text).toMatch(expected);
  });
});
