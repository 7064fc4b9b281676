/** A record as Synthea writes them, made up here: nobody's. */
export const PATIENT = {
  resourceType: "Patient",
  id: "7d3c1f5e-aaaa-bbbb-cccc-000000000001",
  name: [{ family: "Okonkwo", given: ["Adaeze", "Ngozi"] }],
  identifier: [{ value: "MRN-4711-X" }],
  telecom: [{ system: "phone", value: "555-201-3344" }],
  address: [{ line: ["12 Elm Lane"], city: "Springfield", postalCode: "01101" }],
  gender: "female",
  birthDate: "1960-05-17",
} as const;

export const DOCTOR = {
  resourceType: "Practitioner",
  id: "doc",
  name: [{ family: "White", given: ["Walter"] }],
} as const;

const subject = { reference: `Patient/${PATIENT.id}`, display: "Adaeze Okonkwo" };
const concept = (text: string, code = "1") => ({ text, coding: [{ code, display: text }] });

export const DIABETES = {
  resourceType: "Condition",
  id: "dm",
  subject,
  code: concept("Type 2 diabetes mellitus", "44054006"),
  clinicalStatus: { coding: [{ code: "active" }] },
  onsetDateTime: "2012-03-01",
};
export const HBA1C = {
  resourceType: "Observation",
  id: "a1c",
  subject,
  performer: [{ display: "Walter White" }],
  status: "final",
  code: concept("Hemoglobin A1c"),
  effectiveDateTime: "2023-11-02T08:00:00Z",
  valueQuantity: { value: 9.1, unit: "%" },
  interpretation: [concept("High")],
  referenceRange: [{ low: { value: 4, unit: "%" }, high: { value: 5.6, unit: "%" } }],
};
export const PRESSURE = {
  resourceType: "Observation",
  id: "bp",
  status: "final",
  code: concept("Blood pressure"),
  effectiveDateTime: "2023-11-02",
  component: [
    { code: concept("Systolic"), valueQuantity: { value: 148, unit: "mmHg" } },
    { code: concept("Diastolic"), valueQuantity: { value: 92, unit: "mmHg" } },
  ],
};
export const METFORMIN = { resourceType: "Medication", id: "met", code: concept("Metformin 500 mg tablet") };
export const PRESCRIPTION = {
  resourceType: "MedicationRequest",
  id: "rx",
  subject,
  status: "active",
  intent: "order",
  medicationReference: { reference: "Medication/met" },
  authoredOn: "2022-01-10",
  dosageInstruction: [{ text: "one tablet twice daily" }],
};
export const ALLERGY = {
  resourceType: "AllergyIntolerance",
  id: "al",
  code: concept("Penicillin"),
  criticality: "high",
  reaction: [{ manifestation: [concept("Anaphylaxis")] }],
  recordedDate: "2001-06-06",
};
export const note = (text: string, date = "2024-02-01") => ({
  resourceType: "DocumentReference",
  id: "note",
  date,
  type: concept("Progress note"),
  content: [{ attachment: { contentType: "text/plain", data: Buffer.from(text).toString("base64") } }],
});

export const bundle = (...resources: readonly object[]) => ({
  resourceType: "Bundle",
  type: "collection",
  entry: resources.map((resource) => ({
    fullUrl: `urn:uuid:${Math.abs(resources.indexOf(resource))}`,
    resource,
  })),
});

export const RECORD = bundle(PATIENT, DOCTOR, DIABETES, HBA1C, PRESSURE, METFORMIN, PRESCRIPTION, ALLERGY);

/** About this many bytes of JSON: observations of many days, and prose. */
export function largeRecord(bytes: number): string {
  const parts: string[] = [JSON.stringify(PATIENT), JSON.stringify(DIABETES), JSON.stringify(ALLERGY)];
  let size = 0;
  for (let day = 0; size < bytes; day++) {
    const date = new Date(Date.UTC(2010, 0, 1) + day * 86_400_000).toISOString().slice(0, 10);
    const resource =
      day % 10 === 9
        ? note(`Seen on ${date}. ${"The patient feels well and walks daily. ".repeat(20)}`, date)
        : {
            ...HBA1C,
            id: `a${day}`,
            effectiveDateTime: date,
            valueQuantity: { value: 5 + (day % 50) / 10, unit: "%" },
            meta: { profile: ["http://hl7.org/fhir/us/core/StructureDefinition/us-core-observation-lab"] },
          };
    const text = JSON.stringify(resource, null, 2);
    parts.push(text);
    size += text.length;
  }
  return `{\n "resourceType": "Bundle",\n "type": "collection",\n "entry" : [${parts.map((it) => `{"resource": ${it}}`).join(",\n")}]\n}`;
}
