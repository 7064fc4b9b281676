import { describe, expect, test } from "vitest";
import { readRecord } from "../../../src/fhir/record.js";
import { bundle, DIABETES } from "../../support/record.js";

const textOf = async (...resources: object[]) =>
  (await readRecord(bundle(DIABETES, ...resources))).entries.map((entry) => entry.text).join("\n");
const john = { display: "John Doeman" };
const uuid = { reference: "urn:uuid:7b0d2c4e-0000-4000-8000-000000000001", ...john };
const code = { text: "Visit" };

describe("a reference to a person is never told", () => {
  test.each<[string, object]>([
    ["a Patient at any place", { supportingInfo: [{ reference: "Patient/3", ...john }] }],
    ["a type that is said", { supportingInfo: [{ type: "Practitioner", ...john }] }],
    ["one with more elements", { supportingInfo: [{ reference: "Patient/3", ...john, note: "x" }] }],
    ["R5's codeable reference", { reason: [{ reference: { reference: "Practitioner/3", ...john } }] }],
    ...[
      ...["prescriber", "orderer", "for", "expressedBy", "referrer", "assessor", "responsibleParty"],
      ...["controller", "grantor", "grantee", "manager", "origin", "destination", "deliverTo", "supplier"],
      ...["authority", "verifiedWith"],
    ].flatMap((key): [string, object][] => [
      [`${key} by display`, { [key]: john }],
      [`${key} by uuid, nested`, { detail: [{ [key]: [uuid] }] }],
    ]),
    ["a form's answer", { item: [{ text: "Doctor", answer: [{ valueReference: uuid }] }] }],
    [
      "a form's typed answer",
      { item: [{ text: "Doctor", answer: [{ valueReference: { reference: "Patient/1", ...john } }] }] },
    ],
  ])("%s", async (_name, element) => {
    const text = await textOf({ resourceType: "ServiceRequest", code, ...element });
    expect(text).toContain("Visit");
    expect(text).not.toMatch(/John|Doeman/);
  });

  test("nor is the number of an identifier", async () => {
    const supportingInfo = [{ identifier: { system: "urn:x", value: "QX-4711" } }];
    expect(await textOf({ resourceType: "ServiceRequest", code, supportingInfo })).not.toContain("4711");
  });
});

test.each<[string, object]>([
  ["collection.collector", { collection: { collector: john } }],
  ["dispenseRequest.performer", { dispenseRequest: { performer: john } }],
  ["section.author", { section: [{ title: "A", section: [{ title: "B", author: [john] }] }] }],
  ["a list in a list", { detail: [[{ participant: [{ individual: john }] }]] }],
  ["a typed reference", { supportingInfo: [{ reference: "Practitioner/9", ...john }] }],
])("the name under %s is taken out of free text", async (_name, element) => {
  const note = [{ text: "Seen by John Doeman today." }];
  const text = await textOf({ resourceType: "Specimen", type: code, note, ...element });
  expect(text).toContain("Seen by [name] today.");
});

test("lists in lists without end are cut, not a crash", async () => {
  let deep: unknown = "end";
  for (let depth = 0; depth < 20_000; depth++) deep = [deep];
  expect(await textOf({ resourceType: "Flag", code, odd: deep })).toContain("(more, not read)");
});
