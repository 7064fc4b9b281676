import { describe, expect, test } from "vitest";
import { readRecord } from "../../../src/fhir/record.js";
import { bundle, DIABETES } from "../../support/record.js";

const gout = (more: object = {}) => ({ resourceType: "Condition", id: "1", code: { text: "Gout" }, ...more });
const version = (versionId: string, text: string, lastUpdated?: string) =>
  gout({ code: { text }, meta: { versionId, ...(lastUpdated && { lastUpdated }) } });
const entry = (resource: object | undefined, method?: string, more: object = {}) => ({
  ...(resource && { resource }),
  ...(method && { request: { method, url: "Condition/1" } }),
  ...more,
});
const of = (type: string | undefined, ...entries: object[]) => ({
  resourceType: "Bundle",
  ...(type && { type }),
  entry: [...entries, { resource: DIABETES }],
});
const DIABETIC = "Type 2 diabetes mellitus: active";

describe.each<[string, (value: object) => string | object]>([
  ["an object", (value) => value],
  ["text", (value) => JSON.stringify(value)],
  ["text with the type last", (value) => JSON.stringify({ ...value, type: undefined, ...typeOf(value) })],
  ["a Bundle in a Bundle", (value) => bundle(value)],
])("from %s only what is current is told", (_name, form) => {
  test.each<[string, object, string[], Record<string, number>]>([
    [
      "the newest of a history by place",
      of("history", entry(gout({ code: { text: "New" } }), "PUT"), entry(gout(), "POST")),
      ["New"],
      { "Condition (older version)": 1 },
    ],
    [
      "by number, wherever it stands",
      of("collection", entry(version("10", "New")), entry(version("9", "Old"))),
      ["New"],
      { "Condition (older version)": 1 },
    ],
    [
      "by the server's time",
      of(
        "searchset",
        entry(version("b", "New", "2024-02-01T00:00:00Z")),
        entry(version("a", "Old", "2024-02-01T00:30:00+01:00")),
      ),
      ["New"],
      { "Condition (older version)": 1 },
    ],
    [
      "a deletion that is newest in a history",
      of(
        "history",
        entry(undefined, "DELETE"),
        entry(version("2", "B"), "PUT"),
        entry(version("1", "A"), "POST"),
      ),
      [],
      { "Condition (deleted)": 1, "Condition (older version)": 2 },
    ],
    [
      "a deletion that was taken back",
      of(
        "history",
        entry(version("3", "Back"), "PUT"),
        entry(undefined, "DELETE"),
        entry(version("1", "A"), "POST"),
      ),
      ["Back"],
      { "Condition (older version)": 1 },
    ],
    [
      "a deletion by its entity tag",
      of(
        "history",
        entry(version("1", "A"), "POST"),
        entry(undefined, "DELETE", { response: { status: "204", etag: 'W/"2"' } }),
      ),
      [],
      { "Condition (deleted)": 1, "Condition (older version)": 1 },
    ],
    [
      "a transaction's deletion",
      of("transaction", entry(gout(), "DELETE")),
      [],
      { "Condition (deleted)": 1 },
    ],
    [
      "a batch's deletion of what it has too",
      of("batch", entry(undefined, "DELETE"), entry(gout(), "PUT")),
      [],
      { "Condition (deleted)": 1, "Condition (older version)": 1 },
    ],
    [
      "what was entered in error in its newest version",
      of(
        "history",
        entry(
          { ...version("2", "Gout"), verificationStatus: { coding: [{ code: "entered-in-error" }] } },
          "PUT",
        ),
        entry(version("1", "Gout"), "POST"),
      ),
      [],
      { "Condition (entered in error)": 1, "Condition (older version)": 1 },
    ],
    [
      "one of two that are the same",
      of("collection", entry(gout()), entry(gout())),
      ["Gout"],
      { "Condition (repeated)": 1 },
    ],
    [
      "by addresses with versions",
      of(
        "collection",
        entry(gout({ code: { text: "New" } }), undefined, { fullUrl: "http://a/Condition/1/_history/2" }),
        entry(gout(), undefined, { fullUrl: "http://a/Condition/1/_history/1" }),
      ),
      ["New"],
      { "Condition (older version)": 1 },
    ],
  ])("%s", async (_case, value, expected, skipped) => {
    const record = await readRecord(form(value));
    expect(record.entries.map((it) => it.text)).toEqual([...expected, DIABETIC]);
    expect(record.skipped).toEqual(skipped);
  });
});

function typeOf(value: object): object {
  return "type" in value ? { type: value.type } : {};
}

test("a deletion by search is said not to be carried out", async () => {
  const request = { method: "DELETE", url: "Condition?code=1" };
  const { entries, warnings } = await readRecord(of("transaction", { request }));
  expect(entries).toHaveLength(1);
  expect(warnings.join()).toContain("by a search");
});

test("two servers' resources of one id are two", async () => {
  const record = await readRecord(
    of(
      "collection",
      entry(version("1", "A"), undefined, { fullUrl: "http://a/Condition/1" }),
      entry(version("2", "B"), undefined, { fullUrl: "http://b/Condition/1" }),
    ),
  );
  expect(record.entries.map((it) => it.text)).toEqual(["A", "B", DIABETIC]);
  expect(record.warnings).toEqual([]);
});

test("two of one id that nothing orders are both told, and it is said", async () => {
  const record = await readRecord(of("collection", entry(gout({ code: { text: "A" } })), entry(gout())));
  expect(record.entries.map((it) => it.text)).toEqual(["A", "Gout", DIABETIC]);
  expect(record.warnings.join()).toContain("nothing says which is current");
});

test("what another replaces is marked on each piece, also in its text", async () => {
  const data = Buffer.from("The tumour is malignant.").toString("base64");
  const letter = {
    resourceType: "DocumentReference",
    id: "old",
    status: "current",
    type: { text: "Pathology" },
    content: [{ attachment: { contentType: "text/plain", data } }],
  };
  const replacing = (relatesTo: object) => ({
    resourceType: "DocumentReference",
    id: "new",
    type: { text: "Letter" },
    relatesTo,
  });
  for (const relatesTo of [
    [{ code: "replaces", target: { reference: "DocumentReference/old" } }],
    [{ code: { coding: [{ code: "replaces" }] }, target: { reference: "DocumentReference/old" } }],
  ]) {
    const { entries } = await readRecord(bundle(replacing(relatesTo), letter));
    const texts = entries.map((it) => it.text).filter((it) => it.includes("Pathology"));
    expect(texts.length).toBe(2);
    for (const text of texts) expect(text).toMatch(/^SUPERSEDED by a later one: Pathology/);
  }
  const order = {
    resourceType: "MedicationRequest",
    id: "a",
    status: "active",
    medicationCodeableConcept: { text: "Warfarin" },
  };
  const { entries } = await readRecord(
    bundle(order, { ...order, id: "b", priorPrescription: { reference: "MedicationRequest/a" } }),
  );
  expect(entries.map((it) => it.text)).toEqual([
    "SUPERSEDED by a later one: Warfarin: active",
    "Warfarin: active",
  ]);
});
