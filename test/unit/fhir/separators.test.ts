import { describe, expect, test } from "vitest";
import { readRecord } from "../../../src/fhir/record.js";

const GOUT = { resourceType: "Condition", code: { text: "Gout" } };
const textOf = async (resource: object) =>
  (await readRecord(resource)).entries.map((it) => it.text).join("\n");
const allergy = (...reaction: object[]) => ({
  resourceType: "AllergyIntolerance",
  code: { text: "Penicillin" },
  reaction,
});
const manifested = (...texts: string[]) => ({ manifestation: texts.map((text) => ({ text })) });

describe("what parts others is in quotation marks where a value has it", () => {
  test.each<[string, object, string]>([
    ["a semicolon", allergy(manifested("Hives; reaction Shock")), 'reaction "Hives; reaction Shock"'],
    ["a comma, alone", allergy(manifested("Hives, severity severe")), 'reaction "Hives, severity severe"'],
    ["a comma, among others", allergy(manifested("Hives, big", "Shock")), 'reaction "Hives, big", Shock'],
    ["a mark at the beginning", allergy(manifested('"Hives"; "')), 'reaction """Hives""; """'],
    ["a sentence", { ...GOUT, note: [{ text: "Well, no fever." }] }, "note Well, no fever."],
    ["a title with a colon", { ...GOUT, code: { text: "Gout: severity mild" } }, '"Gout: severity mild"'],
  ])("%s", async (_name, resource, expected) => {
    expect(await textOf(resource)).toContain(expected);
  });
});

describe("records that differ never give equal texts", () => {
  test.each<[string, object, object]>([
    [
      "one reaction or two",
      allergy(manifested("Hives; reaction Shock")),
      allergy(manifested("Hives"), manifested("Shock")),
    ],
    ["one manifestation or two", allergy(manifested("Hives, Shock")), allergy(manifested("Hives", "Shock"))],
    [
      "a word or an element",
      allergy(manifested("Hives, severity severe")),
      allergy({ ...manifested("Hives"), severity: "severe" }),
    ],
    [
      "one reason or two",
      { ...GOUT, bodySite: [{ text: "Toe, left" }] },
      { ...GOUT, bodySite: [{ text: "Toe" }, { text: "left" }] },
    ],
    [
      "a title or a severity",
      { ...GOUT, code: { text: "Gout: severity mild" } },
      { ...GOUT, severity: { text: "mild" } },
    ],
    [
      "a title or a negation",
      { ...GOUT, code: { text: "REFUTED, not present: Gout" } },
      { ...GOUT, verificationStatus: { coding: [{ code: "refuted" }] } },
    ],
    ["marks or the value in them", allergy(manifested('"Hives, big"')), allergy(manifested("Hives, big"))],
    [
      "a value or a list in it",
      allergy({ ...manifested("Hives"), a: ["b", "c"], d: "e" }),
      allergy({ ...manifested("Hives"), a: "b, c", d: "e" }),
    ],
  ])("%s", async (_name, one, other) => {
    expect(await textOf(one)).not.toBe(await textOf(other));
  });
});
