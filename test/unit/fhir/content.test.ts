import { describe, expect, test } from "vitest";
import { readRecord } from "../../../src/fhir/record.js";
import { bundle, DIABETES, PATIENT } from "../../support/record.js";

const read = (...resources: object[]) => readRecord(bundle(...resources));
const allOf = async (...resources: object[]) =>
  (await read(...resources)).entries.map((entry) => entry.text).join("\n");
const concept = (text: string) => ({ text });
const div = (words: string) => ({
  status: "generated",
  div: `<div xmlns="http://www.w3.org/1999/xhtml">${words}</div>`,
});

describe("what a resource says becomes an entry", () => {
  test.each<[string, object, string[]]>([
    [
      "AdverseEvent.event",
      { resourceType: "AdverseEvent", actuality: "actual", event: concept("Rash") },
      ["Rash"],
    ],
    [
      "Goal",
      {
        resourceType: "Goal",
        lifecycleStatus: "active",
        description: concept("Walk"),
        target: [{ detailString: "5 km" }],
      },
      ["description Walk", "5 km"],
    ],
    [
      "NutritionOrder",
      { resourceType: "NutritionOrder", status: "active", oralDiet: { type: [concept("Low sodium")] } },
      ["oral diet type Low sodium"],
    ],
    [
      "RiskAssessment",
      {
        resourceType: "RiskAssessment",
        prediction: [{ outcome: concept("Stroke"), probabilityDecimal: 0.12 }],
      },
      ["Stroke", "probability 0.12"],
    ],
    [
      "Consent",
      { resourceType: "Consent", scope: concept("Treatment"), provision: { type: "permit" } },
      ["permit"],
    ],
    [
      "DeviceUseStatement",
      { resourceType: "DeviceUseStatement", status: "active", device: { display: "Pacemaker" } },
      ["device Pacemaker"],
    ],
    [
      "Communication",
      { resourceType: "Communication", status: "completed", payload: [{ contentString: "Stop aspirin" }] },
      ["Stop aspirin"],
    ],
    [
      "ClinicalImpression",
      {
        resourceType: "ClinicalImpression",
        summary: "Worse than before",
        finding: [{ itemCodeableConcept: concept("Ascites"), basis: "ultrasound" }],
      },
      ["summary Worse than before", "finding Ascites", "ultrasound"],
    ],
    [
      "CarePlan",
      {
        resourceType: "CarePlan",
        title: "Heart failure plan",
        description: "Weigh daily",
        activity: [{ detail: { code: concept("Fluid restriction"), status: "scheduled" } }],
      },
      ["Heart failure plan", "description Weigh daily", "Fluid restriction", "status scheduled"],
    ],
    [
      "AdverseEvent.suspectEntity.instance",
      {
        resourceType: "AdverseEvent",
        event: concept("Rash"),
        suspectEntity: [{ instance: { display: "Amoxicillin" } }],
      },
      ["suspect entity Amoxicillin"],
    ],
    [
      "DetectedIssue",
      {
        resourceType: "DetectedIssue",
        code: concept("Interaction"),
        detail: "Bleeding",
        implicated: [{ display: "Warfarin" }, { display: "Aspirin" }],
      },
      ["Bleeding", "implicated Warfarin, Aspirin"],
    ],
    [
      "AllergyIntolerance of a substance alone",
      {
        resourceType: "AllergyIntolerance",
        reaction: [{ substance: concept("Peanut"), manifestation: [concept("Hives")], severity: "severe" }],
      },
      ["Peanut:", "Hives", "severity severe"],
    ],
    [
      "FamilyMemberHistory",
      {
        resourceType: "FamilyMemberHistory",
        relationship: concept("Mother"),
        deceasedBoolean: true,
        condition: [{ code: concept("Breast cancer"), onsetAge: { value: 42, unit: "a" } }],
      },
      ["Mother:", "deceased true", "Breast cancer", "onset 42 a"],
    ],
    [
      "all doses of a prescription",
      {
        resourceType: "MedicationRequest",
        medicationCodeableConcept: concept("Warfarin"),
        dosageInstruction: [
          { doseAndRate: [{ doseQuantity: { value: 5, unit: "mg" } }], timing: { code: concept("Monday") } },
          { text: "2.5 mg otherwise", asNeededBoolean: false },
        ],
      },
      ["5 mg", "Monday", "2.5 mg otherwise"],
    ],
    [
      "the end of a medication",
      {
        resourceType: "MedicationStatement",
        medicationCodeableConcept: concept("Warfarin"),
        effectivePeriod: { start: "2020-01-01", end: "2020-03-01" },
      },
      ["until 2020-03-01"],
    ],
    [
      "an attachment that cannot be read",
      {
        resourceType: "DocumentReference",
        type: concept("Letter"),
        content: [{ attachment: { contentType: "application/pdf", data: "AAAA" } }],
      },
      ["Letter", "(attachment of application/pdf not read)"],
    ],
    [
      "an extra resource of no kind that is known",
      { resourceType: "NutritionIntake", consumedItem: [{ nutritionProduct: { concept: concept("Milk") } }] },
      ["Milk"],
    ],
  ])("%s", async (_name, resource, expected) => {
    const text = await allOf(resource);
    for (const words of expected) expect(text).toContain(words);
  });

  test("an ImagingStudy's single pictures are not listed", async () => {
    const series = [{ bodySite: concept("Chest"), instance: [{ title: "Picture 1", number: 7 }] }];
    const text = await allOf({ resourceType: "ImagingStudy", description: "CT", series });
    expect(text).toContain("Chest");
    expect(text).not.toMatch(/Picture|7/);
  });

  test("a form's answers, of every kind and depth, each with its question", async () => {
    const answers: [string, object, string][] = [
      ["Boolean", { valueBoolean: false }, "false"],
      ["Decimal", { valueDecimal: 1.5 }, "1.5"],
      ["Integer", { valueInteger: 0 }, "0"],
      ["Date", { valueDate: "2020-02-03" }, "2020-02-03"],
      ["DateTime", { valueDateTime: "2020-02-03T10:00:00Z" }, "2020-02-03 10:00"],
      ["Time", { valueTime: "10:30:00" }, "10:30:00"],
      ["String", { valueString: "words" }, "words"],
      ["Uri", { valueUri: "urn:x:y" }, "urn:x:y"],
      ["Coding", { valueCoding: { code: "c", display: "Coded" } }, "Coded"],
      ["Quantity", { valueQuantity: { value: 3, unit: "cm" } }, "3 cm"],
      ["Reference", { valueReference: { reference: "Condition/x", display: "Somewhat" } }, "Somewhat"],
      [
        "Attachment",
        { valueAttachment: { contentType: "image/png", title: "Scan" } },
        "Scan (attachment of image/png not read)",
      ],
    ];
    const item = [
      {
        linkId: "g",
        text: "Group",
        item: [
          ...answers.map(([text, answer]) => ({ linkId: text, text, answer: [answer] })),
          {
            linkId: "q",
            text: "Outer",
            answer: [{ valueBoolean: true, item: [{ text: "Inner", answer: [{ valueString: "deep" }] }] }],
          },
        ],
      },
    ];
    const text = await allOf({ resourceType: "QuestionnaireResponse", status: "completed", item });
    for (const [question, , said] of answers) expect(text).toContain(`Group / ${question}: ${said}`);
    expect(text).toContain("Group / Outer / Inner: deep");
  });

  test("a Composition's sections, each paragraph under its title, and its entries", async () => {
    const record = await read(PATIENT, DIABETES, {
      resourceType: "Composition",
      title: "Discharge summary",
      section: [
        {
          title: "Family history",
          text: div("<p>Breast cancer &lt; 50 years</p><p>Seen with Mrs Okonkwo</p>"),
          section: [{ title: "Father", emptyReason: concept("unknown") }],
        },
        { title: "Stopped", entry: [{ reference: "Condition/dm" }] },
      ],
    });
    const texts = record.entries.map((entry) => entry.text);
    expect(texts).toContain("Family history: Breast cancer < 50 years");
    expect(texts).toContain("Family history: Seen with Mrs [name]");
    expect(texts).toContain("Family history / Father: empty: unknown");
    expect(texts).toContain("Stopped: Type 2 diabetes mellitus");
  });

  test("a narrative where nothing else says it, or it says more", async () => {
    const bare = { resourceType: "Observation", status: "final", text: div("<p>Murmur heard</p>") };
    expect(await allOf(bare)).toContain("Murmur heard");
    const more = { ...DIABETES, text: { ...div("<b>With</b> foot ulcer"), status: "additional" } };
    expect(await allOf(more)).toContain("With foot ulcer");
    expect(await allOf({ ...DIABETES, text: div("Diabetes again") })).not.toContain("again");
  });
});

describe("nothing goes uncounted and nobody is named", () => {
  test("a resource without any text is counted", async () => {
    const record = await read(DIABETES, { resourceType: "Goal", id: "g" }, { resourceType: "Flag" });
    expect(record.skipped).toEqual({ "Goal (no text)": 1, "Flag (no text)": 1 });
  });

  test("names in narratives, tables, answers and displays of actors are taken out", async () => {
    const text = await allOf(
      PATIENT,
      {
        resourceType: "Observation",
        text: div(
          "<table><tr><th>Patient name</th><td>Jane Roe</td></tr><tr><th>Pulse</th><td>80</td></tr></table><p>Ada&#101;ze is well</p>",
        ),
      },
      {
        resourceType: "QuestionnaireResponse",
        author: { display: "Saul Goodman" },
        item: [{ text: "Who", answer: [{ valueString: "Adaeze Okonkwo, told by Saul Goodman" }] }],
      },
      {
        resourceType: "Procedure",
        code: concept("Biopsy"),
        performer: [{ actor: { display: "Gale Boetticher" } }],
        note: [{ text: "Done by Gale Boetticher.", authorString: "G. B." }],
      },
      {
        resourceType: "FamilyMemberHistory",
        name: "Ngozi Eze",
        relationship: concept("Aunt"),
        note: [{ text: "Ngozi Eze died" }],
      },
    );
    expect(text).not.toMatch(/Jane|Roe|Adaeze|Okonkwo|Goodman|Boetticher|Ngozi|G\. B\./);
    expect(text).toContain("Pulse | 80");
    expect(text).toContain("Aunt:");
  });

  test("a name at the place where a long entry is cut is taken out whole", async () => {
    for (let shift = 0; shift < 24; shift++) {
      const text = await allOf(PATIENT, {
        resourceType: "Condition",
        code: concept("Pain"),
        note: [{ text: `${"x".repeat(1170 + shift)} Adaeze Okonkwo ${"y ".repeat(400)}` }],
      });
      expect(text).not.toMatch(/Adae|Okon|nkwo|aeze/);
    }
  });
});
