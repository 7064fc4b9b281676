import { describe, expect, test } from "vitest";
import { readRecord } from "../../../src/fhir/record.js";
import { ageAt } from "../../../src/fhir/words/age.js";
import { bundle } from "../../support/record.js";

const now = new Date("2026-11-28");
const at = (effectiveDateTime: string | undefined, text: string) => ({
  resourceType: "Observation",
  code: { text },
  ...(effectiveDateTime && { effectiveDateTime }),
});
const linesOf = async (input: string | object) =>
  (await readRecord(input, { now })).entries.map((it) => `${it.date} ${it.text}`);

describe("entries stand in order of days, of one day the newest first", () => {
  test("by the hour, and across zones", async () => {
    expect(
      await linesOf(
        bundle(
          at("2021-03-01T08:00:00Z", "b"),
          at("2021-03-01T14:00:00Z", "a"),
          at("2021-02-28T23:59:00Z", "d"),
          at("2021-03-01T09:30:00+02:00", "c"),
        ),
      ),
    ).toEqual([
      "2021-02-28T23:59Z d",
      "2021-03-01T14:00Z a",
      "2021-03-01T08:00Z b",
      "2021-03-01T09:30+02:00 c",
    ]);
  });

  test("the day is the record's own, not that of Greenwich", async () => {
    expect(
      await linesOf(bundle(at("2021-03-01T20:00:00-05:00", "evening"), at("2021-03-02", "next day"))),
    ).toEqual(["2021-03-01T20:00-05:00 evening", "2021-03-02 next day"]);
  });

  test("what has no date keeps its place", async () => {
    expect(
      await linesOf(
        bundle(
          at(undefined, "x"),
          at("2021-03-01", "c"),
          at(undefined, "y"),
          at("2020-01-01", "a"),
          at(undefined, "z"),
        ),
      ),
    ).toEqual(["2020-01-01 a", "undefined z", "undefined x", "2021-03-01 c", "undefined y"]);
  });
});

test("hours are told wherever a record has them, and dates of other days", async () => {
  const [line] = await linesOf(
    bundle({
      resourceType: "Procedure",
      code: { text: "Dialysis" },
      performedPeriod: { start: "2021-03-01T08:00:00Z", end: "2021-03-01T12:15:00Z" },
    }),
  );
  expect(line).toBe("2021-03-01T08:00Z Dialysis: until 12:15 UTC");
  const [other] = await linesOf(
    bundle({
      resourceType: "Condition",
      code: { text: "Gout" },
      onsetDateTime: "2019-05-01",
      recordedDate: "2021-03-01",
    }),
  );
  expect(other).toBe("2019-05-01 Gout: recorded 2021-03-01");
});

describe("a text's paragraphs have the date that they stand under", () => {
  test.each<[string, string, string[]]>([
    [
      "a line of its own",
      "2019-01-02\n\nAllergic reaction.\n\nAdmitted.\n\n2021-05-05\n\nDoing well.",
      ["2019-01-02 Allergic reaction.", "2019-01-02 Admitted.", "2021-05-05 Doing well."],
    ],
    [
      "lines without a gap",
      "2021-05-05: Well.\n2019-01-02: Rash.",
      ["2019-01-02 2019-01-02: Rash.", "2021-05-05 2021-05-05: Well."],
    ],
    [
      "a visit's name",
      "Visit on 3 March 2020: cough\n\nLungs clear.",
      ["2020-03-03 Visit on 3 March 2020: cough", "2020-03-03 Lungs clear."],
    ],
    ["German", "Vorstellung am 02.03.2020\n\nHusten.", ["2020-03-02 Husten."]],
    ["French", "Consultation du 2 août 2020\n\nToux.", ["2020-08-02 Toux."]],
    ["Spanish", "Consulta: 2 de enero de 2020\n\nTos.", ["2020-01-02 Tos."]],
    ["American, by another date", "01/02/2020\n\nA.\n\n01/31/2020\n\nB.", ["2020-01-02 A.", "2020-01-31 B."]],
    ["British, by another date", "01/02/2020\n\nA.\n\n31/01/2020\n\nB.", ["2020-01-31 B.", "2020-02-01 A."]],
    ["neither, by nothing", "01/02/2020\n\nA.", ["2020 A."]],
    [
      "with the hour",
      "2020-01-02 14:30 Fell.\n\n2020-01-02 09:00 Well.",
      ["2020-01-02T14:30 2020-01-02 14:30 Fell.", "2020-01-02T09:00 2020-01-02 09:00 Well."],
    ],
    ["a date at the end", "A.\n\n2020-01-02", ["undefined A.", "2020-01-02 2020-01-02"]],
  ])("%s", async (_name, text, expected) => {
    expect(await linesOf(text)).toEqual(expected);
  });

  test.each<[string, string, string[]]>([
    [
      "a review after a visit",
      "2024-01-01: cough\n\nReview 2024-03-01\nChest clear.",
      ["2024-01-01 2024-01-01: cough", "2024-03-01 Chest clear."],
    ],
    [
      "a plan or a review",
      "2024-01-01: cough\n\nReview 2024-03-01\n\nChest clear.",
      ["2024-01-01 2024-01-01: cough", "undefined Review 2024-03-01", "undefined Chest clear."],
    ],
    [
      "a plan at the end of a visit",
      "2024-01-01: cough.\nFollow-up 2024-03-01",
      ["2024-01-01 2024-01-01: cough. Follow-up 2024-03-01"],
    ],
    [
      "a stretch of time",
      "2021-03-04 10:00-11:30 Physiotherapy",
      ["2021-03-04T10:00 2021-03-04 10:00-11:30 Physiotherapy"],
    ],
    ["a zone", "2021-03-04T10:00-05:00 Fell", ["2021-03-04T10:00-05:00 2021-03-04T10:00-05:00 Fell"]],
    ["a dose", "2021-03-04 12.50 mg warfarin", ["2021-03-04 2021-03-04 12.50 mg warfarin"]],
    ["a short year", "12/10/14 Seen", ["2014 12/10/14 Seen"]],
  ])("%s", async (_name, text, expected) => {
    expect(await linesOf(text)).toEqual(expected);
  });

  test.each([
    "12-10-12 IE Actrapid",
    "12/10/14 units insulin",
    "12-10-12 Lantus",
    "10-8-10-12 Hub",
    "Follow-up 2031-01-01.",
    "2031-01-01 check-up.",
    "Next visit: 2026-01-05.",
    "Follow-up 2026-01-05",
    "Had a heart attack on 2005-03-04.",
    "2019 was a hard year.",
    "13/13/2020 is no date.",
    "1.2.3 is a version.",
  ])("%s is no date of the note", async (text) => {
    expect(await linesOf(`${text}\n\nWell.`)).toEqual([`undefined ${text}`, "undefined Well."]);
  });
});

describe("ages go by the calendar", () => {
  test.each<[string, string, number | undefined, string | undefined]>([
    ["2008-11-28", "2026-11-28", 18, "18 years"],
    ["2008-11-29", "2026-11-28", 17, "17 years"],
    ["2023-11-28", "2026-11-28", 3, "3 years"],
    ["2004-02-29", "2026-02-28", 21, "21 years"],
    ["2026-08-01", "2026-11-28", 0.25, "3 months"],
    ["2024-12-28", "2026-11-28", 1.92, "23 months"],
    ["2024-11-28", "2026-11-28", 2, "2 years"],
    ["2026-11-16", "2026-11-28", 0.03, "12 days"],
    ["2026-11-28", "2026-11-28", 0, "0 days"],
    ["1960", "2026-11-28", 66, "about 66 years"],
    ["2027-01-01", "2026-11-28", undefined, undefined],
    ["", "2026-11-28", undefined, undefined],
  ])("%s at %s", (born, until, years, text) => {
    const age = ageAt(born, until);
    expect([age?.years, age?.text]).toEqual([years, text]);
  });

  test("an infant's months and a death are among the patient's facts", async () => {
    const patient = { resourceType: "Patient", gender: "female", birthDate: "2026-08-01" };
    const facts = async (more: object) =>
      (await readRecord(bundle({ ...patient, ...more }, at(undefined, "x")), { now })).patient;
    expect(await facts({})).toEqual({ age: 0.25, ageText: "3 months", sex: "female" });
    expect(await facts({ deceasedBoolean: true })).toMatchObject({ deceased: true });
    expect(await facts({ birthDate: "1950-01-02", deceasedDateTime: "2020-01-01T10:00:00Z" })).toEqual({
      age: 69,
      sex: "female",
      deceased: "2020-01-01",
    });
  });
});

test.each<[object, RegExp]>([
  [{ deceasedBoolean: true }, /deceased/],
  [{ active: false }, /not active/],
  [{ link: [{ type: "replaced-by", other: { reference: "Patient/2" } }] }, /replaced by another/],
])("what changes a patient's record is warned of: %o", async (more, expected) => {
  const { warnings } = await readRecord(
    bundle({ resourceType: "Patient", id: "1", ...more }, at(undefined, "x")),
  );
  expect(warnings.join()).toMatch(expected);
});
