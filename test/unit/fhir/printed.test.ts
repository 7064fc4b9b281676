import { expect, test } from "vitest";
import { readRecord } from "../../../src/fhir/record.js";
import { rejection } from "../../support/ask.js";

test.each([
  "{'resourceType': 'Patient', 'name': [{'family': 'Zabrowski'}], 'birthDate': '1960-04-03'}",
  "[{'resourceType': 'Patient', 'name': [{'family': 'Zabrowski'}]}]",
  "{ resourceType: 'Patient', name: [ { family: 'Zabrowski' } ] }",
  "Patient(resource_type='Patient', id='1', name=[HumanName(family='Zabrowski')])",
  "OrderedDict([('resourceType', 'Patient'), ('birthDate', '1960-04-03')])",
  "Patient {\n  resourceType: 'Patient',\n  name: [ [Object] ]\n}",
  '{"resourceType" => "Patient", "name" => [{"family" => "Zabrowski"}]}',
  "[object Object]",
])("what a program prints of an object is refused: %s", async (text) => {
  const error = await rejection(readRecord(text));
  expect(error).toMatchObject({ code: "record_unreadable" });
  expect(error.message).not.toContain("Zabrowski");
});

test.each([
  "(resourceType was missing in the export)",
  "[x] smoker",
  "{sic} no allergies",
  "Patient (60) well.",
])("a note with brackets is text: %s", async (text) => {
  expect((await readRecord(text)).entries.map((it) => it.text)).toEqual([text]);
});
