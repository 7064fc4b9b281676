import { describe, expect, test } from "vitest";
import { readRecord } from "../../../src/fhir/record.js";

/** Made up after HL7 v2.5.1, chapters 2 to 4 and 7. */
const msh = (event: string, sent: string) => String.raw`MSH|^~\&|LAB|H|E|H|${sent}||${event}|1|P|2.5.1`;
const PID = "PID|1||4711^^^H^MR||Quillon^Ada||19700509|F";
const obr = (filler: string, at = "20240131080000") =>
  `OBR|1|${filler && `P${filler}`}|${filler}|2823-3^Panel^LN|||${at}`;
const k = (value: string, status: string, sub = "") =>
  `OBX|1|NM|2823-3^Potassium^LN|${sub}|${value}|mmol/L|||||${status}`;
const told = async (...lines: string[]) => {
  const { entries, skipped } = await readRecord(lines.join("\r"), { now: new Date("2024-06-01") });
  return { texts: entries.map(({ text }) => text), skipped };
};
const [FIRST, SECOND] = ["20240131081500", "20240131091500"];

describe("of a result and its correction only the correction is told", () => {
  test.each<[string, string[]]>([
    [
      "in a later message",
      [
        msh("ORU^R01", FIRST),
        PID,
        obr("77"),
        k("7.9", "F"),
        msh("ORU^R01", SECOND),
        PID,
        obr("77"),
        k("4.1", "C"),
      ],
    ],
    [
      "in a message that was written later",
      [
        msh("ORU^R01", SECOND),
        PID,
        obr("77"),
        k("4.1", "C"),
        msh("ORU^R01", FIRST),
        PID,
        obr("77"),
        k("7.9", "F"),
      ],
    ],
    ["in the same message", [msh("ORU^R01", FIRST), PID, obr("77"), k("7.9", "F"), k("4.1", "C")]],
    [
      "without a number of the order",
      [
        msh("ORU^R01", FIRST),
        PID,
        obr(""),
        k("7.9", "F"),
        msh("ORU^R01", SECOND),
        PID,
        obr(""),
        k("4.1", "C"),
      ],
    ],
    [
      "what was preliminary",
      [
        msh("ORU^R01", FIRST),
        PID,
        obr("77"),
        k("7.9", "P"),
        msh("ORU^R01", SECOND),
        PID,
        obr("77"),
        k("4.1", "F"),
      ],
    ],
  ])("%s", async (_name, lines) => {
    const { texts, skipped } = await told(...lines);
    expect(texts.map((it) => it.replace("; corrected", ""))).toEqual(["Potassium: 4.1 mmol/L"]);
    expect(skipped).toMatchObject({ "Observation (older version)": 1 });
  });

  test("of a report in lines, and one that is taken back", async () => {
    const line = (text: string, status: string) => `OBX|1|TX|1^CT chest^LN||${text}||||||${status}`;
    const { texts } = await told(
      msh("ORU^R01", FIRST),
      PID,
      obr("5"),
      line("A mass.", "F"),
      line("Left lung.", "F"),
      msh("ORU^R01", SECOND),
      PID,
      obr("5"),
      line("No mass.", "C"),
      k("3", "F"),
    );
    expect(texts.join()).toContain("No mass.");
    expect(texts.join()).not.toContain("A mass.");
    const { texts: left } = await told(
      msh("ORU^R01", FIRST),
      PID,
      obr("5"),
      k("7.9", "F"),
      obr("6"),
      k("4", "F"),
      msh("ORU^R01", SECOND),
      PID,
      obr("5"),
      k("7.9", "W"),
    );
    expect(left).toEqual(["Potassium: 4 mmol/L"]);
  });

  test("in the message of a resource", async () => {
    const data = Buffer.from(
      [msh("ORU^R01", FIRST), PID, obr("77"), k("7.9", "F"), k("4.1", "C")].join("\r"),
    ).toString("base64");
    const { entries } = await readRecord({
      resourceType: "DocumentReference",
      content: [{ attachment: { contentType: "x-application/hl7-v2+er7", data } }],
    });
    expect(entries.map((it) => it.text).filter((it) => it.includes("Potassium"))).toEqual([
      "Potassium: 4.1 mmol/L; corrected",
    ]);
  });
});

test.each<[string, string[]]>([
  ["several values of one test", [msh("ORU^R01", FIRST), PID, obr("77"), k("3", "F"), k("4", "F")]],
  [
    "values of two orders",
    [msh("ORU^R01", FIRST), PID, obr("77"), k("3", "F"), msh("ORU^R01", SECOND), PID, obr("78"), k("4", "F")],
  ],
  [
    "one order at two times",
    [
      msh("ORU^R01", FIRST),
      PID,
      obr("77"),
      k("3", "F"),
      msh("ORU^R01", SECOND),
      PID,
      obr("77", "20240131090000"),
      k("4", "F"),
    ],
  ],
  [
    "two patients",
    [
      msh("ORU^R01", FIRST),
      PID,
      obr("77"),
      k("3", "F"),
      msh("ORU^R01", SECOND),
      PID.replace("4711", "4712"),
      obr("77"),
      k("4", "F"),
    ],
  ],
  [
    "without numbers",
    [msh("ORU^R01", FIRST), PID, obr(""), k("3", "F"), msh("ORU^R01", SECOND), PID, obr(""), k("4", "F")],
  ],
])("%s are all told", async (_name, lines) => {
  expect((await told(...lines)).texts).toHaveLength(2);
});

describe("of a visit what the newest event says is told", () => {
  const pv1 = (number: string, start = "", end = "") =>
    `PV1|1|I|W^1|${"|".repeat(15)}${number}${"|".repeat(25)}${start}|${end}`;
  const visit = (event: string, sent: string, ...times: string[]) => [
    msh(event, sent),
    PID,
    pv1("V1", ...times),
  ];

  test("an admission that was cancelled", async () => {
    const { texts } = await told(...visit("ADT^A01", FIRST, "20240130"), ...visit("ADT^A11", SECOND));
    expect(texts).toEqual(["CANCELLED: inpatient: cancelled"]);
    expect((await told(msh("ADT^A11", FIRST), PID, pv1(""))).texts).toEqual([
      "CANCELLED: inpatient: cancelled",
    ]);
  });
  test("a discharge, a cancelled one, and a result after it", async () => {
    const gone = [...visit("ADT^A01", FIRST, "20240130"), ...visit("ADT^A03", SECOND, "", "20240131")];
    expect((await told(...gone)).texts).toEqual(["inpatient: until 2024-01-31"]);
    expect((await told(...gone, ...visit("ORU^R01", "20240201"), obr("1"), k("4", "F"))).texts).toEqual([
      "inpatient: until 2024-01-31",
      "Potassium: 4 mmol/L",
    ]);
    expect((await told(...gone, ...visit("ADT^A13", "20240201"))).texts).toEqual(["inpatient"]);
  });
});

test("an order that was stopped and a problem that was taken back are told as that alone", async () => {
  const order = (control: string) => [`ORC|${control}|P9|9`, "RXE||^Warfarin 5 mg|5||mg^mg"];
  expect(
    (await told(msh("RDE^O11", FIRST), PID, ...order("NW"), msh("RDE^O11", SECOND), PID, ...order("DC")))
      .texts,
  ).toEqual(["Warfarin 5 mg: stopped; dose 5 mg"]);
  const problem = (action: string) => `PRB|${action}|20240101|1^Gout|P1`;
  const { texts } = await told(
    msh("PPR^PC1", FIRST),
    PID,
    problem("AD"),
    "DG1|1||2^Asthma",
    msh("PPR^PC3", SECOND),
    PID,
    problem("DE"),
  );
  expect(texts).toEqual(["Asthma"]);
});

test("a document that was cancelled or replaced is not told", async () => {
  const txa = (number: string, parent = "") => `TXA|1|CN^Consult||20240101||||||||${number}|${parent}`;
  const line = (text: string) => `OBX|1|TX|1^Consult||${text}||||||F`;
  const first = [msh("MDM^T02", FIRST), PID, txa("D1"), line("Cancer.")];
  expect(
    (await told(...first, msh("MDM^T10", SECOND), PID, txa("D2", "D1"), line("No cancer."))).texts.join(),
  ).not.toContain("Cancer");
  const { texts } = await told(
    ...first,
    "DG1|1||2^Asthma",
    msh("MDM^T11", SECOND),
    PID,
    txa("D1"),
    line("Cancer."),
  );
  expect(texts).toEqual(["Asthma"]);
});
