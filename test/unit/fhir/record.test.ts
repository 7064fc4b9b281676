import { describe, expect, test } from "vitest";
import { readRecord } from "../../../src/fhir/record.js";
import { rejection } from "../../support/ask.js";
import { countTurns } from "../../support/breaths.js";
import { bundle, DIABETES, DOCTOR, HBA1C, largeRecord, note, PATIENT, RECORD } from "../../support/record.js";

const NOW = new Date("2024-06-01");
const textsOf = async (input: string | object, options = {}) =>
  (await readRecord(input, { now: NOW, ...options })).entries.map(
    ({ id, date, type, text }) => `${id} ${date} ${type} ${text}`,
  );

const EXPECTED = [
  "E1 2001-06-06 AllergyIntolerance Penicillin: criticality high; recorded 2001-06-06; reaction Anaphylaxis",
  "E2 2012-03-01 Condition Type 2 diabetes mellitus: active",
  "E3 2022-01-10 MedicationRequest Metformin 500 mg tablet: active; dose one tablet twice daily",
  "E4 2023-11-02T08:00Z Observation Hemoglobin A1c: 9.1 %; interpretation High; reference 4 % to 5.6 %",
  "E5 2023-11-02 Observation Blood pressure: Systolic 148 mmHg; Diastolic 92 mmHg",
];

describe("a record becomes entries in order of time, the same from", () => {
  test.each<[string, string | object]>([
    ["an object", RECORD],
    ["a list of resources", RECORD.entry.map((it) => it.resource)],
    ["JSON text", JSON.stringify(RECORD)],
    ["indented JSON text with a mark in front", `\uFEFF${JSON.stringify(RECORD, null, 4)}`],
    ["a JSON list", JSON.stringify(RECORD.entry.map((it) => it.resource))],
    ["NDJSON", RECORD.entry.map((it) => JSON.stringify(it.resource)).join("\n")],
    ["bundles in a bundle", { resourceType: "Bundle", entry: [{ resource: RECORD }] }],
    [
      "members in another order",
      JSON.stringify({ total: 8, link: [{ url: "{[" }], entry: RECORD.entry, resourceType: "Bundle" }),
    ],
  ])("%s", async (_name, input) => {
    expect(await textsOf(input)).toEqual(EXPECTED);
  });

  test("one resource alone, also one that holds a list named entry in a string", async () => {
    expect(await textsOf(DIABETES)).toEqual(["E1 2012-03-01 Condition Type 2 diabetes mellitus: active"]);
    const odd = { ...DIABETES, code: { text: 'a "entry": [ \\ { } "quoted" \\\\' } };
    expect((await textsOf(JSON.stringify(odd)))[0]).toContain('""entry"": [');
  });
});

test("says who the patient is not, and what was left out", async () => {
  const record = await readRecord(RECORD, { now: NOW });
  expect(record.patient).toEqual({ age: 64, sex: "female" });
  expect(record.skipped).toEqual({ Patient: 1, Practitioner: 1, Medication: 1 });
  const died = await readRecord(bundle({ ...PATIENT, deceasedDateTime: "2020-01-01" }, DIABETES), {
    now: NOW,
  });
  expect(died.patient.age).toBe(59);
});

describe("identity", () => {
  const words = `Name: Adaeze Okonkwo
Mrs Okonkwo (MRN-4711-X, born 1960-05-17) of 12 Elm Lane, Springfield called 555-201-3344.
ADAEZE was seen by Dr. White and Walter White; white blood cells normal. White cell count 5.
Mail a.ok@example.org, SSN 123-45-6789.`;

  test("is taken out of notes, but words of the trade stay", async () => {
    const [, text = ""] = await textsOf(bundle(PATIENT, DOCTOR, note(words)));
    expect(text).not.toMatch(/Okonkwo|Adaeze|4711|1960-05-17|Elm Lane|Springfield|3344|Walter|example|6789/i);
    expect(text).toContain("white blood cells normal. White cell count 5.");
    expect(text).toContain("seen by Dr. [name] and [name];");
  });

  test("stays when it is asked for", async () => {
    const record = await readRecord(bundle(PATIENT, note(words)), { identity: true });
    expect(record.patient.name).toBe("Adaeze Ngozi Okonkwo");
    expect(record.entries.some((entry) => entry.text.includes("Mrs Okonkwo"))).toBe(true);
  });

  test("in plain text is found where its form tells it", async () => {
    const text =
      "Name: Jane Roe\nDOB: 1970-01-01\nMRN: 99887\n\nChest pain since Monday. Drug name: aspirin.";
    const all = (await textsOf(text)).join("\n");
    expect(all).not.toMatch(/Roe|1970|99887/);
    expect(all).toContain("Chest pain since Monday. Drug name: aspirin.");
  });
});

test("plain text becomes its paragraphs; long ones are cut at sentences", async () => {
  const long = "One sentence of some length here. ".repeat(100);
  const record = await readRecord(`2024-01-05 first visit.\nCough.\n\n${long}\r\n\r\nLast.`);
  expect(record.entries.every((entry) => entry.type === "Text" && entry.text.length <= 1200)).toBe(true);
  const first = record.entries.find((entry) => entry.date === "2024-01-05");
  expect(first?.text).toBe("2024-01-05 first visit. Cough.");
  expect(record.entries.map((entry) => entry.text).join(" ")).toContain(long.trim());
});

describe("what cannot be read is said, without the record's words", () => {
  test.each<[string, unknown, string]>([
    ["nothing", "  ", "bad_option"],
    ["XML", "<Bundle/>", "record_unreadable"],
    ["cut off JSON", JSON.stringify(RECORD).slice(0, -40), "record_unreadable"],
    ["damaged JSON", JSON.stringify(RECORD).replace('"family":', '"family"'), "record_unreadable"],
    ["other JSON", '{"a": 1}', "record_unreadable"],
    ["a bundle of nothing", bundle(), "record_unreadable"],
    ["a bundle of people only", bundle(PATIENT), "record_unreadable"],
  ])("%s", async (_name, input, code) => {
    const error = await rejection(readRecord(input as string));
    expect(error.code).toBe(code);
    expect(`${error.message} ${String(error.cause)}`).not.toMatch(/Okonkwo|Adaeze/);
  });

  test.each<[string, unknown, RegExp]>([
    ["a wrong bracket", '{"resourceType": "Flag", "note": [{"text": "a"}}', /one of another kind/],
    ["a bracket too many", '{"resourceType": "Flag"}]', /not opened/],
    ["an end too early", '{"resourceType": "Flag", "note": [{"text": "a"', /ends too early/],
    ["a missing comma", '{"resourceType": "Flag" "id": "a"}', /the JSON is damaged\./],
    ["a Bundle without entries", { resourceType: "Bundle" }, /without entries/],
    ["a Bundle with no entries in it", '{"resourceType": "Bundle", "entry": []}', /without entries/],
    ["a Bundle object with no entries in it", { resourceType: "Bundle", entry: [] }, /without entries/],
    ["no resourceType", { resource: { a: 1 } }, /has a resourceType/],
    ["a resourceType that is none", '{"resourceType": {}, "id": "a"}', /has a resourceType/],
    ["people only", bundle(PATIENT), /nothing about the patient's health/],
  ])("%s is told from the others", async (_name, input, words) => {
    expect((await rejection(readRecord(input as string))).message).toMatch(words);
  });

  test.each<[string, (value: object) => string | object]>([
    ["object", (value) => value],
    ["text", (value) => JSON.stringify(value)],
  ])("a List of its own, as %s, is no Bundle", async (_name, as) => {
    const list = { resourceType: "List", title: "Medicines", entry: [{ item: { display: "Warfarin" } }] };
    expect(await textsOf(as(list))).toEqual(["E1 undefined List Medicines: entry Warfarin"]);
  });

  test.each<[string, object, string]>([
    [
      "a List",
      { entry: [{ item: { display: "Warfarin" } }, { item: { display: "Aspirin" } }], resourceType: "List" },
      "E1 undefined List entry Warfarin; entry Aspirin",
    ],
    [
      "a Bundle that begins with an entry without a resource",
      { entry: [{ request: { method: "DELETE" } }, { resource: DIABETES }], resourceType: "Bundle" },
      "E1 2012-03-01 Condition Type 2 diabetes mellitus: active",
    ],
  ])("%s whose type comes last is read from text", async (_name, value, expected) => {
    expect(await textsOf(JSON.stringify(value))).toEqual([expected]);
    const both = `${JSON.stringify(value)}\n${JSON.stringify({ ...DIABETES, id: "b" })}`;
    expect(await textsOf(both)).toHaveLength(2);
  });

  test("Bundles in one another are read so far, and no further", async () => {
    const nested = (count: number) => {
      let value: object = DIABETES;
      for (let depth = 0; depth < count; depth++) value = bundle(value);
      return value;
    };
    expect((await readRecord(nested(10))).entries).toHaveLength(1);
    const error = await rejection(readRecord(nested(20_000)));
    expect(error).toMatchObject({ code: "record_unreadable", message: expect.stringMatching(/too deep/) });
    const record = await readRecord([DIABETES, nested(20_000)]);
    expect(record.skipped).toEqual({ "Bundle (nested too deep)": 1 });
  });

  test("values of wrong types are passed over", async () => {
    const broken = {
      ...HBA1C,
      code: { coding: "none", text: "Sodium" },
      valueQuantity: [null],
      interpretation: 7,
      component: {},
    };
    expect((await textsOf(bundle(broken, DIABETES)))[1]).toContain("Sodium");
  });

  test("a signal ends it", async () => {
    const call = readRecord(RECORD, { signal: AbortSignal.abort() });
    expect((await rejection(call)).code).toBe("aborted");
  });
});

test("5 MB are read without holding the event loop", async () => {
  const text = largeRecord(5_000_000);
  expect(text.length).toBeGreaterThan(5_000_000);
  const { result: record, turns } = await countTurns(() => readRecord(text));
  expect(record.entries.length).toBeGreaterThan(3000);
  // Splitting and both passes of reading let the event loop turn after each entry. bench/records.ts measures the time.
  expect(turns).toBeGreaterThan(2.5 * record.entries.length);
  const bytes = record.entries.reduce((sum, entry) => sum + entry.text.length, 0);
  expect(bytes).toBeLessThan(text.length / 2);
}, 60_000);
