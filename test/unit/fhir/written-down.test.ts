import { expect, test } from "vitest";
import { readRecord } from "../../../src/fhir/record.js";
import { bundle } from "../../support/record.js";

const patient = { resourceType: "Patient" };
const textOf = async (resource: object) => (await readRecord(bundle(patient, resource))).entries[0]?.text;

test("when a thing began and when it was written down are not the same", async () => {
  const condition = { resourceType: "Condition", code: { text: "Asthma" } };
  expect(await textOf({ ...condition, onsetDateTime: "2020" })).toBe("Asthma");
  expect(await textOf({ ...condition, recordedDate: "2020" })).toBe("Asthma: recorded 2020");
  const observation = { resourceType: "Observation", code: { text: "INR" }, valueString: "2.3" };
  expect(await textOf({ ...observation, issued: "2020-01-02" })).not.toBe(
    await textOf({ ...observation, effectiveDateTime: "2020-01-02" }),
  );
});

test("a refuted allergy of DSTU2 is refuted in front", async () => {
  const allergy = {
    resourceType: "AllergyIntolerance",
    status: "refuted",
    substance: { text: "Penicillin" },
  };
  expect(await textOf(allergy)).toMatch(/^REFUTED, not present/);
});
