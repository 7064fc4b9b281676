import { expect, test } from "vitest";
import { readRecord } from "../../../src/fhir/record.js";
import { bundle, DIABETES } from "../../support/record.js";

const now = new Date("2026-11-28");
const asthma = { resourceType: "Condition", code: { text: "Asthma" } };
const told = async (resource: object) =>
  (await readRecord(bundle(resource), { now })).entries.map((it) => it.text);

test.each([
  [{ onsetPeriod: { start: "2019", end: "2020" } }, "Asthma: onset from 2019 to 2020"],
  [{ onsetDateTime: "2019", abatementDateTime: "2020" }, "Asthma: until 2020"],
  [{ onsetPeriod: { start: "2019-01-01" } }, "Asthma"],
  [
    {
      clinicalStatus: { coding: [{ code: "active" }] },
      onsetPeriod: { start: "2019-01-01", end: "2019-02-01" },
    },
    "Asthma: active; onset from 2019-01-01 to 2019-02-01",
  ],
])("when something began is not told as its end: %j", async (more, expected) => {
  expect(await told({ ...asthma, ...more })).toEqual([expected]);
});

test.each([
  ["2021-03-04T10:00:00Z", "2021-03-04", "Dialysis: until 2021-03-04"],
  ["2021-03-04", "2021-03-04T12:15:00Z", "Dialysis: until 12:15 UTC"],
  ["2021-03-04", "2021-03-04", "Dialysis"],
])("a period from %s to %s ends", async (start, end, expected) => {
  const procedure = {
    resourceType: "Procedure",
    code: { text: "Dialysis" },
    performedPeriod: { start, end },
  };
  expect(await told(procedure)).toEqual([expected]);
});

test("of a document without a title its state alone is no entry", async () => {
  const data = Buffer.from("The tumour is malignant.").toString("base64");
  const document = {
    resourceType: "DocumentReference",
    status: "current",
    content: [{ attachment: { contentType: "text/plain", data } }],
  };
  const record = await readRecord(bundle(document, DIABETES), { now });
  expect(record.entries.map((it) => it.text).filter((it) => !it.includes("diabetes"))).toEqual([
    "The tumour is malignant.",
  ]);
});
