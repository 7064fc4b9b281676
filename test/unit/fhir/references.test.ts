import { describe, expect, test } from "vitest";
import { readRecord } from "../../../src/fhir/record.js";
import { DIABETES } from "../../support/record.js";

const heparin = { resourceType: "Medication", id: "m", code: { text: "Heparin" } };
const request = (medicationReference: object, more: object = {}) => ({
  resourceType: "MedicationRequest",
  status: "active",
  medicationReference,
  ...more,
});
const entry = (resource: object, fullUrl?: string) => ({ resource, ...(fullUrl && { fullUrl }) });
const textsOf = async (...entries: object[]) =>
  (await readRecord({ resourceType: "Bundle", entry: entries })).entries.map((it) => it.text);
const server = "https://ehr.example/fhir";

describe("a medication is named through", () => {
  test.each<[string, object[]]>([
    ["#id of what is contained", [entry(request({ reference: "#m" }, { contained: [heparin] }))]],
    ["Type/id", [entry(request({ reference: "Medication/m" })), entry(heparin)]],
    ["a version", [entry(request({ reference: "Medication/m/_history/2" })), entry(heparin)]],
    ["urn:uuid", [entry(request({ reference: "urn:uuid:1" })), entry(heparin, "urn:uuid:1")]],
    [
      "a full address",
      [entry(request({ reference: `${server}/Medication/m` })), entry(heparin, `${server}/Medication/m`)],
    ],
    [
      "a full address of an entry without one",
      [entry(request({ reference: `${server}/Medication/m` })), entry(heparin)],
    ],
    ["its display where it is missing", [entry(request({ reference: "Medication/x", display: "Heparin" }))]],
    [
      "its ingredients",
      [
        entry(
          request(
            { reference: "#m" },
            {
              contained: [
                {
                  resourceType: "Medication",
                  id: "m",
                  ingredient: [{ itemCodeableConcept: { text: "Heparin" } }],
                },
              ],
            },
          ),
        ),
      ],
    ],
  ])("%s", async (_name, entries) => {
    expect((await textsOf(...entries))[0]).toMatch(/^Heparin: active/);
  });

  test.each([{ reference: "#x" }, { reference: "Medication/x" }, { reference: "urn:uuid:9" }])(
    "%o that is not there is said",
    async (reference) => {
      expect(await textsOf(entry(request(reference)))).toEqual([
        "unnamed medication (reference not in the record): active",
      ]);
    },
  );

  test("another server's Medication/m, or one of two, is not it", async () => {
    const [other] = await textsOf(
      entry(request({ reference: "https://other.example/Medication/m" })),
      entry(heparin, `${server}/Medication/m`),
    );
    expect(other).toContain("not in the record");
    const [one] = await textsOf(
      entry(request({ reference: "Medication/m" })),
      entry(heparin, `${server}/Medication/m`),
      entry({ ...heparin, code: { text: "Warfarin" } }, "https://other.example/Medication/m"),
    );
    expect(one).toContain("not in the record");
  });
});

test("an administration of a contained medication does not disappear", async () => {
  const [text] = await textsOf(
    entry({
      resourceType: "MedicationAdministration",
      status: "completed",
      contained: [heparin],
      medicationReference: { reference: "#m" },
      dosage: { dose: { value: 5000, unit: "IU" } },
    }),
  );
  expect(text).toBe("Heparin: completed; dose 5000 IU");
});

const tramadol = (strength: object, more: object = {}) => ({
  ...heparin,
  code: { text: "Tramal" },
  ingredient: [{ itemCodeableConcept: { text: "Tramadol" }, ...strength }],
  ...more,
});
test.each<[object, string]>([
  [tramadol({}), "Tramal"],
  [
    tramadol({ strength: { numerator: { value: 100, unit: "mg" }, denominator: { value: 1, unit: "mL" } } }),
    "Tramal (Tramadol 100 mg / 1 mL)",
  ],
  [
    tramadol({ strengthQuantity: { value: 50, unit: "mg" } }, { doseForm: { text: "drops" } }),
    "Tramal (drops, Tramadol 50 mg)",
  ],
  [tramadol({ strengthQuantity: { value: 50, unit: "mg" } }, { code: undefined }), "Tramadol 50 mg"],
])("how strong a medicine is stands with its name", async (medicine, title) => {
  const [text] = await textsOf(entry(request({ reference: "Medication/m" })), entry(medicine));
  expect(text).toBe(`${title}: active`);
});

test("what a resource contains is told, but not people; refuted things are told as refuted", async () => {
  const [text = ""] = await textsOf(
    entry({
      resourceType: "DiagnosticReport",
      status: "final",
      code: { text: "Blood count" },
      contained: [
        {
          resourceType: "Observation",
          id: "o",
          code: { text: "Hemoglobin" },
          valueQuantity: { value: 7, unit: "g/dL" },
        },
        { resourceType: "Practitioner", id: "p", name: [{ text: "Walter White" }] },
      ],
      result: [{ reference: "#o" }],
      resultsInterpreter: [{ reference: "#p", display: "Walter White" }],
      conclusion: "Low, says Walter White",
    }),
  );
  expect(text).toContain("Hemoglobin: 7 g/dL");
  expect(text).not.toContain("Walter");
  const texts = await textsOf(
    entry({ ...DIABETES, verificationStatus: { coding: [{ code: "refuted" }] } }),
    entry({
      resourceType: "Procedure",
      code: { text: "Foot exam" },
      reasonReference: [{ reference: "Condition/dm" }],
      performer: [{ actor: { display: "Gale Boetticher" } }],
    }),
  );
  expect(texts.join("\n")).toContain("reason Type 2 diabetes mellitus (REFUTED, not present)");
  expect(texts.join("\n")).not.toContain("Boetticher");
});

test("what is no entry is known to be there, but what it says is not kept, unless others are named by it", async () => {
  const [text] = await textsOf(
    entry({
      ...DIABETES,
      evidence: [{ reference: "Claim/c" }, { reference: "Device/d" }, { reference: "Claim/x" }],
    }),
    entry({ resourceType: "Claim", id: "c", type: { text: "Pharmacy" } }),
    entry({ resourceType: "Device", id: "d", type: { text: "Pacemaker" } }),
  );
  expect(text).toBe(
    "Type 2 diabetes mellitus: active; evidence unnamed claim, Pacemaker, unnamed claim (reference not in the record)",
  );
});
