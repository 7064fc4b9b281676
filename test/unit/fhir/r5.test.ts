import { expect, test } from "vitest";
import { readRecord } from "../../../src/fhir/record.js";
import { bundle } from "../../support/record.js";

const concept = (text: string) => ({ concept: { text } });

test.each<[string, object, RegExp]>([
  [
    "MedicationRequest.medication.concept",
    {
      resourceType: "MedicationRequest",
      status: "active",
      medication: concept("Heparin"),
      reason: [concept("DVT")],
    },
    /^Heparin: active; reason DVT$/,
  ],
  [
    "MedicationRequest.medication.reference",
    {
      resourceType: "MedicationRequest",
      status: "active",
      contained: [{ resourceType: "Medication", id: "m", code: { text: "Heparin" } }],
      medication: { reference: { reference: "#m" } },
    },
    /^Heparin: active$/,
  ],
  [
    "a medication.reference to what is missing",
    {
      resourceType: "MedicationRequest",
      status: "active",
      medication: { reference: { reference: "Medication/x" } },
    },
    /^unnamed medication \(reference not in the record\): active$/,
  ],
  [
    "AllergyIntolerance.reaction.manifestation.concept",
    {
      resourceType: "AllergyIntolerance",
      code: { text: "Penicillin" },
      type: { text: "allergy" },
      reaction: [{ manifestation: [concept("Anaphylaxis"), { reference: { display: "Hives" } }] }],
    },
    /^Penicillin: type allergy; reaction Anaphylaxis, Hives$/,
  ],
  [
    "MedicationUsage",
    { resourceType: "MedicationUsage", status: "recorded", medication: concept("Aspirin") },
    /^Aspirin: recorded$/,
  ],
  [
    "MedicationUsage.adherence",
    {
      resourceType: "MedicationUsage",
      status: "recorded",
      medication: concept("Aspirin"),
      adherence: { code: { coding: [{ code: "not-taking" }] } },
    },
    /^NOT taken: Aspirin/,
  ],
  [
    "DeviceUsage.device",
    { resourceType: "DeviceUsage", status: "active", device: { concept: { text: "Pacemaker" } } },
    /device Pacemaker/,
  ],
  [
    "Encounter.reason.value",
    { resourceType: "Encounter", type: [{ text: "Visit" }], reason: [{ value: [concept("Cough")] }] },
    /^Visit: reason Cough$/,
  ],
  [
    "ClinicalImpression.finding.item",
    { resourceType: "ClinicalImpression", finding: [{ item: concept("Ascites") }], summary: "Worse" },
    /finding Ascites/,
  ],
  [
    "AdverseEvent.code and suspectEntity.instanceCodeableConcept",
    {
      resourceType: "AdverseEvent",
      actuality: "actual",
      code: { text: "Rash" },
      suspectEntity: [{ instanceCodeableConcept: { text: "Amoxicillin" } }],
    },
    /^Rash: .*Amoxicillin/,
  ],
])("R5's %s is read", async (_name, resource, expected) => {
  const { entries } = await readRecord(bundle(resource));
  expect(entries[0]?.text).toMatch(expected);
});
