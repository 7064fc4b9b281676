import { describe, expect, test } from "vitest";
import { readRecord } from "../../../../src/fhir/record.js";
import { bundle } from "../../../support/record.js";

const note = (text: string) => ({ resourceType: "Observation", code: { text: "Note" }, valueString: text });
const person = (family: string, given: string, more: object = {}) => ({
  resourceType: "Patient",
  name: [{ family, given: [given] }],
  ...more,
});
const textOf = async (patient: object, text: string) =>
  (await readRecord(bundle(patient, note(text)))).entries[0]?.text.replace(/^Note: /, "");

/** What a clinician reads, in several languages; each holds words that somebody is called, or lives in. */
const SENTENCES = [
  "No known allergies. NO evidence of metastasis",
  "Do not resuscitate. DO NOT give NSAIDs",
  "An echo showed normal function. Na 132, K 4.1, Li 0.8 mmol/l",
  "Low potassium. High risk. Low-grade fever. Normal sinus rhythm. NORMAL study",
  "Graves' disease since 2010. Graves ophthalmopathy. Bell's palsy. Down syndrome",
  "Smith's fracture of the left wrist. Wilson's disease excluded. Stevens-Johnson syndrome",
  "Parkinson's disease on levodopa. Morbus Crohn. maladie de Crohn. Hodgkin lymphoma",
  "Baker cyst. Murphy's sign negative. Weber B fracture. Foley catheter. Babinski negative",
  "White cell count 5. Long segment stenosis. Grey matter. Brown sputum. Black stool",
  "Hand swollen. Head and Neck normal. Arm fracture. Foot drop. Heart rate 88",
  "May bathe. Will follow up. Mark the site. Hope for discharge. Grace period",
  "Pain scale 7. Rash on arms. Burns of 10% TBSA. Wound dry. Cough and Cold",
  "Der Patient klagt seit der Operation. Entfernung von Fäden, Kontrolle der Wunde",
  "Herz normal groß. Kurz nach Aufnahme. Starke Schmerzen. Lange Anamnese. Haut blass",
  "Essen gut vertragen. Lunge frei. Klein und weich. Schwarz verfärbt. Hals gerötet",
  "Dolores abdominales. Niño sano. Sin alergias. Cabeza normal. Sangre en heces",
  "Pas de fièvre. Petit mal. Dos douloureux. Bon état général. Poids stable",
  "Cute calda. Globuli bianchi 12000. Dolore forte. Testa normale. Sano e lieve",
  "Geen koorts. Hart normaal. Lang bekend. Hoofd en hals vrij. Licht verhoogd",
  "Sem febre. Dor forte. Coração normal. Boa evolução. Mama direita normal",
];
const WORDS = (
  "No Do An Na Li K Low High Normal Graves Bell Down Smith Wilson Johnson Parkinson Crohn Hodgkin Baker Murphy Weber Foley " +
  "Babinski White Long Grey Brown Black Hand Head Neck Arm Foot Heart May Will Mark Hope Grace Pain Rash Burns Cough Cold " +
  "Der Von Seit Herz Kurz Starke Lange Haut Essen Lunge Klein Schwarz Hals Dolores Sano Cabeza Sangre Petit Dos Bon Cute " +
  "Bianchi Testa Geen Hart Lang Hoofd Licht Sem Dor Boa Mama Study Stable"
).split(" ");

describe("a sentence stays, whoever is called or lives as one of its words", () => {
  test.each(SENTENCES)("%s", async (sentence) => {
    for (const word of WORDS) {
      expect(await textOf(person(word, "Quillabella"), sentence)).toBe(sentence);
      expect(await textOf(person("Quillabella", word), sentence)).toBe(sentence);
      const home = { address: [{ city: word, postalCode: "132", line: ["5"] }] };
      expect(await textOf(person("Quillabella", "Wobble", home), sentence)).toBe(sentence);
    }
  });
});

describe("numbers stay", () => {
  const numbers = {
    identifier: [{ value: "75" }, { value: "1000" }, { value: "120000" }],
    telecom: [{ value: "110 145 190" }],
    address: [{ postalCode: "1000" }, { postalCode: "138" }],
  };
  test.each([
    "Na 138 140 139. Plt 210 198 187. HR 88 102 110",
    "Creatinine 110 145 190 umol/L. Platelets 120000 /ul. Glucose 9.1 10.2 11.3",
    "Titrate 250-500-1000 mg over three weeks, then 500 1000 1500 mg",
    "Carbidopa-levodopa 25-100-200. Penicillin G 10 000 000 units. Insulin 10-100-200",
    "Paracetamol 1000 mg. Aspirin 75 mg. Vitamin D 1000 IU. Platelets 1000. WBC 2021-123-4567",
    "BP 120-130-140, HR 60 100 120. White cell 12000 10000 9000. FVC 20 1500 3000 ml",
    "IPP 40 mg. DNI 2021-05-05. Cell count 11000 9000. Account for 30 % of it. Patient no longer in pain",
  ])("%s", async (sentence) => {
    expect(await textOf(person("Quillabella", "Wobble", numbers), sentence)).toBe(sentence);
  });
});

test("what codes display stays, though somebody is called so", async () => {
  const coded = (display: string) => ({
    resourceType: "Condition",
    code: { coding: [{ system: "http://snomed.info/sct", code: "1", display }] },
  });
  const record = await readRecord(
    bundle(
      person("Marfanoid", "Quillabella"),
      coded("Marfanoid habitus"),
      coded("Quillabella"),
      note("Marfanoid came."),
    ),
  );
  expect(record.entries.map(({ text }) => text)).toEqual([
    "Marfanoid habitus",
    "Quillabella",
    "Note: [name] came.",
  ]);
});

test("words stay though others than the patient are called so", async () => {
  const text = "Red blood cells. RED BLOOD cells. Normal heart. Dr. Blood came.";
  const doctor = { resourceType: "Practitioner", name: [{ family: "Blood", given: ["Red"] }] };
  const record = await readRecord(bundle(doctor, note(text)));
  expect(record.entries[0]?.text).toBe(
    "Note: Red blood cells. RED BLOOD cells. Normal heart. Dr. [name] came.",
  );
});

describe("what was done is told", () => {
  test("by kind, and where a word was kept", async () => {
    const record = await readRecord(
      bundle(
        person("Long", "Quillabella"),
        note("Quillabella and Mr. Long came."),
        note("Long bones normal."),
      ),
    );
    expect(record.redacted).toEqual({ name: 2 });
    expect(record.warnings).toEqual([
      "E2: words that are also names or places of the record were kept, as nothing beside them says that they name somebody.",
    ]);
  });

  test("nothing where identity is kept", async () => {
    const record = await readRecord(bundle(person("Long", "Ada"), note("Long bones")), { identity: true });
    expect(record).toMatchObject({ redacted: {}, warnings: [] });
  });
});
