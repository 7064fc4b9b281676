import { expect, test } from "vitest";
import { readRecord } from "../../../src/fhir/record.js";
import { bundle } from "../../support/record.js";

const ICD = "http://hl7.org/fhir/sid/icd-10";
const condition = (text: string, code: string, system: string | undefined = ICD, display?: string) => ({
  resourceType: "Condition",
  code: { text, coding: [{ system, code, display }] },
});
const told = async (...resources: object[]) =>
  (await readRecord(bundle(...resources))).entries.map((it) => it.text);

test("concepts that are called the same and coded differently are told with their codes", async () => {
  const referring = {
    resourceType: "Encounter",
    type: [{ text: "Visit" }],
    diagnosis: [{ condition: { reference: "Condition/a" } }],
  };
  const first = { ...condition("Diabetes", "E10"), id: "a" };
  expect(await told(first, condition("Diabetes", "E11"), condition("Gout", "M10"), referring)).toEqual([
    "Diabetes (E10)",
    "Diabetes (E11)",
    "Gout",
    "Visit: diagnosis condition Diabetes (E10)",
  ]);
});

test("a display stays with its text", async () => {
  const texts = await told(
    condition("Diabetes", "E10", ICD, "Diabetes mellitus"),
    condition("Diabetes", "E11", ICD, "Diabetes mellitus"),
  );
  expect(texts).toEqual(["Diabetes (Diabetes mellitus) (E10)", "Diabetes (Diabetes mellitus) (E11)"]);
});

test.each<[string, object]>([
  ["one code", condition("Diabetes", "E10")],
  ["codes of two systems", condition("Diabetes", "73211009", "http://snomed.info/sct")],
  ["codes of no system", { resourceType: "Condition", code: { text: "Diabetes", coding: [{ code: "2" }] } }],
])("with %s they are told as they are called", async (_name, other) => {
  expect(await told(condition("Diabetes", "E10"), other)).toEqual(["Diabetes", "Diabetes"]);
});
