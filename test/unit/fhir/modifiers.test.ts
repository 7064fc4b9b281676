import { describe, expect, test } from "vitest";
import { readRecord } from "../../../src/fhir/record.js";
import { bundle, DIABETES } from "../../support/record.js";

const nsaid = { text: "NSAID" };
const textsOf = async (...resources: object[]) =>
  (await readRecord(bundle(...resources))).entries.map((entry) => entry.text);

describe("what says the opposite of what it names is told so", () => {
  test.each<[string, object, RegExp]>([
    [
      "MedicationRequest.doNotPerform",
      {
        resourceType: "MedicationRequest",
        status: "active",
        doNotPerform: true,
        medicationCodeableConcept: nsaid,
      },
      /^do NOT perform: NSAID: active$/,
    ],
    [
      "ServiceRequest.doNotPerform",
      { resourceType: "ServiceRequest", status: "active", doNotPerform: true, code: { text: "CPR" } },
      /^do NOT perform: CPR/,
    ],
    [
      "CommunicationRequest.doNotPerform",
      {
        resourceType: "CommunicationRequest",
        doNotPerform: true,
        payload: [{ contentString: "Tell the family" }],
      },
      /^do NOT perform: payload Tell the family$/,
    ],
    [
      "CarePlan.activity.detail.doNotPerform",
      {
        resourceType: "CarePlan",
        title: "Diet",
        activity: [{ detail: { doNotPerform: true, code: { text: "Grapefruit" } } }],
      },
      /activity \(do NOT perform: Grapefruit\)$/,
    ],
    [
      "Immunization.status",
      { resourceType: "Immunization", status: "not-done", vaccineCode: { text: "MMR" } },
      /^NOT given: MMR/,
    ],
    [
      "Immunization.isSubpotent",
      { resourceType: "Immunization", status: "completed", isSubpotent: true, vaccineCode: { text: "MMR" } },
      /^subpotent, does not count: MMR/,
    ],
    [
      "Procedure.status",
      { resourceType: "Procedure", status: "not-done", code: { text: "Biopsy" } },
      /^NOT done: Biopsy/,
    ],
    [
      "Procedure.notDone of STU3",
      { resourceType: "Procedure", notDone: true, code: { text: "Biopsy" } },
      /^NOT done: Biopsy/,
    ],
    [
      "MedicationStatement.status",
      { resourceType: "MedicationStatement", status: "not-taken", medicationCodeableConcept: nsaid },
      /^NOT taken: NSAID/,
    ],
    [
      "MedicationStatement.taken of STU3",
      { resourceType: "MedicationStatement", status: "active", taken: "n", medicationCodeableConcept: nsaid },
      /^NOT taken: NSAID/,
    ],
    [
      "AllergyIntolerance.verificationStatus",
      {
        resourceType: "AllergyIntolerance",
        code: { text: "Latex" },
        verificationStatus: { text: "Ruled out", coding: [{ code: "refuted", display: "No longer" }] },
      },
      /^REFUTED, not present: Latex/,
    ],
    [
      "Condition.verificationStatus",
      {
        resourceType: "Condition",
        code: { text: "Gout" },
        verificationStatus: { coding: [{ code: "refuted" }] },
      },
      /^REFUTED, not present: Gout/,
    ],
    [
      "Observation.dataAbsentReason by code alone",
      {
        resourceType: "Observation",
        code: { text: "Potassium" },
        dataAbsentReason: { coding: [{ code: "not-performed" }] },
      },
      /^Potassium: no value \(not-performed\)$/,
    ],
    [
      "a component's dataAbsentReason",
      {
        resourceType: "Observation",
        code: { text: "Pressure" },
        component: [{ code: { text: "Systolic" }, dataAbsentReason: { coding: [{ code: "error" }] } }],
      },
      /Systolic no value \(error\)/,
    ],
    [
      "AdverseEvent.actuality",
      { resourceType: "AdverseEvent", actuality: "potential", event: { text: "Fall" } },
      /^potential, did not happen: Fall/,
    ],
    [
      "List.entry.deleted",
      { resourceType: "List", title: "Medicines", entry: [{ deleted: true, item: { display: "Warfarin" } }] },
      /entry \(REMOVED from the list: Warfarin\)$/,
    ],
    [
      "Consent.provision.type",
      {
        resourceType: "Consent",
        status: "active",
        category: [{ text: "Transfusion" }],
        provision: { type: "deny" },
      },
      /^consent DENIED: Transfusion/,
    ],
    [
      "a focus other than the patient",
      { resourceType: "Observation", code: { text: "Heart rate" }, focus: [{ display: "Fetus" }] },
      /focus Fetus/,
    ],
  ])("%s", async (_name, resource, expected) => {
    expect((await textsOf(resource))[0]).toMatch(expected);
  });

  test("what was entered in error is left out and counted, by code and not by display", async () => {
    const wrong = { coding: [{ code: "entered-in-error", display: "Mistake" }] };
    const record = await readRecord(
      bundle(
        DIABETES,
        { resourceType: "Condition", code: { text: "Gout" }, verificationStatus: wrong },
        { resourceType: "Observation", code: { text: "Potassium" }, status: "entered-in-error" },
        { resourceType: "Goal", lifecycleStatus: "entered-in-error", description: { text: "Run" } },
      ),
    );
    expect(record.entries.map((it) => it.text)).toEqual(["Type 2 diabetes mellitus: active"]);
    expect(record.skipped).toEqual({
      "Condition (entered in error)": 1,
      "Observation (entered in error)": 1,
      "Goal (entered in error)": 1,
    });
  });

  test("each piece of a long entry, and each text of it, begins with what reverses it", async () => {
    const instructions = Array.from({ length: 40 }, (_, index) => ({
      text: `step ${index} ${"word ".repeat(20)}`,
    }));
    const texts = await textsOf({
      resourceType: "MedicationRequest",
      doNotPerform: true,
      medicationCodeableConcept: nsaid,
      note: instructions,
    });
    expect(texts.length).toBeGreaterThan(2);
    for (const text of texts) expect(text).toMatch(/^do NOT perform: NSAID: /);
    expect(texts.join(" ")).toContain("step 39");
  });
});

test("a modifier extension that is not read is warned of and marked, at any depth", async () => {
  const url = "http://example.org/StructureDefinition/not-given";
  const record = await readRecord(
    bundle(DIABETES, {
      resourceType: "MedicationRequest",
      status: "active",
      medicationCodeableConcept: nsaid,
      dosageInstruction: [{ text: "daily", modifierExtension: [{ url, valueBoolean: true }] }],
    }),
  );
  const [entry] = record.entries.filter((it) => it.text.includes("NSAID"));
  expect(entry?.text).toMatch(
    /^\(MEANING MAY DIFFER, modifier not read: not-given\): NSAID: active; dose daily/,
  );
  expect(record.warnings).toHaveLength(1);
  expect(record.warnings[0]).toContain(`${entry?.id}: a modifier extension`);
  expect((await readRecord(bundle(DIABETES))).warnings).toEqual([]);
});

test("a record of two patients is warned of", async () => {
  const record = await readRecord(
    bundle({ resourceType: "Patient", id: "a" }, { resourceType: "Patient", id: "b" }, DIABETES),
  );
  expect(record.warnings[0]).toContain("more than one patient");
});

describe("what must not be done is flagged", () => {
  const order = (text: string) => ({ resourceType: "ServiceRequest", status: "active", code: { text } });
  const flagged = async (resource: object) =>
    (await readRecord(bundle(resource))).entries.map((it) => it.prohibition);

  test.each<[string, object]>([
    [
      "behind a modifier that is not read",
      { ...order("CPR"), doNotPerform: true, modifierExtension: [{ url: "http://example.org/x" }] },
    ],
    ["a consent denied", { resourceType: "Consent", scope: { text: "Care" }, provision: { type: "deny" } }],
    [
      "an exception to a consent",
      {
        resourceType: "Consent",
        scope: { text: "Care" },
        provision: { type: "permit", provision: [{ type: "deny", code: [{ text: "Transfusion" }] }] },
      },
    ],
    [
      "an activity of a care plan",
      {
        resourceType: "CarePlan",
        title: "Plan",
        activity: [{ detail: { code: { text: "Walk" } } }, { detail: { doNotPerform: true, code: nsaid } }],
      },
    ],
    ["an order not to resuscitate", order("Do not resuscitate")],
    ["the same in other words", { ...order(""), code: { text: "Not for CPR (DNAR)" } }],
    ["a procedure", { resourceType: "Procedure", code: { text: "Do-not-attempt-resuscitation order" } }],
    ["a condition", { resourceType: "Condition", code: { text: "DNR status" } }],
    ["a flag", { resourceType: "Flag", code: { text: "DNR" } }],
  ])("%s", async (_name, resource) => {
    expect(await flagged(resource)).toEqual([true]);
  });

  test.each([order("Walk"), order("DNRX panel"), { ...order("Walk"), doNotPerform: false }])(
    "but not %o",
    async (resource) => {
      expect(await flagged(resource)).toEqual([undefined]);
    },
  );
});
