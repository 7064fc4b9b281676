import { readRecord } from "../../../../src/fhir/record.js";
import { magnitude, oneOf } from "../kinds.js";
import { type Attack, type AttackMakers, SHORT } from "./attack.js";

const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const filled = (unit: string, length: number) =>
  unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
const base64 = (text: string) => Buffer.from(text).toString("base64");
const bundle = (resources: readonly object[]) =>
  JSON.stringify({
    resourceType: "Bundle",
    type: "collection",
    entry: resources.map((resource) => ({ resource })),
  });

const PATIENT = {
  resourceType: "Patient",
  id: "p",
  name: [{ family: "Kowalska", given: ["Anna"] }],
  birthDate: "1950-01-02",
  telecom: [{ value: "+49 170 1234567" }],
  identifier: [{ value: "4711-0815" }],
};
const observation = (index: number) => ({
  resourceType: "Observation",
  id: `o${index}`,
  status: "final",
  code: { text: `Test ${index}` },
  valueQuantity: { value: index, unit: "mg/dL" },
});

function attack(name: string, record: string | object): Attack {
  return {
    name,
    run: async ({ model, signal }) => {
      await readRecord(record, { signal });
      await model.decide(record, "Which drug is taken?", { maxTokens: 8, signal });
    },
  };
}

/** What patterns of names, numbers, dates and labels look at twice, again and again. */
const MATTER: Readonly<Record<string, string>> = {
  "ambiguous dates": "12/03/2020 ",
  "ISO dates": "2021-02-31 ",
  "dates in lines": "2020-01-01\n",
  slashes: "/",
  "capitalised words": "Anna Muster Kowalska Berg ",
  digits: "1234567890",
  "groups of digits": "1 2 3 ",
  "telephone numbers": "+49 170 1234567 ",
  titles: "Dr. ",
  "titles and names": "Dr. Muster ",
  "e-mail": "a@",
  quotes: "\"'",
  brackets: "([{<",
  "words and tabs": "a\t",
  colons: ": ",
  labels: "Name: Patient: MRN: DOB: Tel: ",
  Korean: "김민수는 환자 ",
  Arabic: "المريض يعاني ",
  Thai: "ผู้ป่วยมีไข้",
  emoji: "\u{1F9FF}",
  orders: "no CPR, not DNR ",
};

/** How a text comes as a record. */
const SHAPES: Readonly<Record<string, (text: string) => string>> = {
  "a text": (text) => text,
  "a note": (text) =>
    bundle([PATIENT, { resourceType: "Condition", code: { text: "Pain" }, note: [{ text }] }]),
  "an attachment": (text) =>
    bundle([
      PATIENT,
      {
        resourceType: "DocumentReference",
        content: [{ attachment: { contentType: "text/plain", data: base64(text) } }],
      },
    ]),
  "a v2 report": (text) =>
    `MSH|^~\\&|A|B|C|D|20240101||ORU^R01|1|P|2.5\rPID|1||4711||Kowalska^Anna||19500102|F\rOBX|1|TX|C^Report||${text.replace(/[|^~\\&\r\n]/g, " ")}|||||F`,
};

/** Of each a record of so many things, which refer to one another, or are wide, or deep. */
const NUMBERS: Readonly<Record<string, (count: number) => string>> = {
  "resources that refer to three others": (count) =>
    bundle([
      PATIENT,
      ...many(count, (i) => ({
        ...observation(i),
        subject: { reference: "Patient/p" },
        hasMember: many(3, (k) => ({ reference: `Observation/o${(i + k) % count}` })),
        derivedFrom: many(3, (k) => ({ reference: `Observation/o${(i * 31 + k) % count}` })),
      })),
    ]),
  "resources with codes, notes and parts": (count) =>
    bundle([
      PATIENT,
      ...many(count, (i) => ({
        ...observation(i),
        performer: [{ display: `Dr Name${i} Family${i}` }],
        effectiveDateTime: `20${10 + (i % 14)}-0${1 + (i % 9)}-1${i % 10}T08:00:00Z`,
        code: { coding: [{ system: "http://loinc.org", code: `${i % 300}`, display: `Test ${i % 300}` }] },
        note: [{ text: `Mrs. Kowalska was seen by Dr. Muster on 12/03/2020, value ${i}.` }],
        component: many(3, (k) => ({
          code: { text: `part ${k}` },
          valueQuantity: { value: k, unit: "mg" },
        })),
      })),
    ]),
  "resources of seventy numbers": (count) =>
    bundle([PATIENT, ...many(count, (i) => ({ ...observation(i), extra: many(70, (k) => k) }))]),
  "keys of one resource": (count) =>
    bundle([
      PATIENT,
      { ...observation(1), ...Object.fromEntries(many(2 * count, (i) => [`own${i}`, { a: i }])) },
    ]),
  "numbers of one list": (count) =>
    bundle([
      PATIENT,
      { ...observation(1), valueSampledData: { data: "1", list: many(50 * count, () => 1) } },
    ]),
  "cells of a CDA": (count) =>
    bundle([
      PATIENT,
      {
        resourceType: "DocumentReference",
        content: [
          {
            attachment: {
              contentType: "text/xml",
              data: base64(
                `<ClinicalDocument><component><section><text><table>${"<tr><td>Na</td><td>132</td></tr>".repeat(count)}</table></text></section></component></ClinicalDocument>`,
              ),
            },
          },
        ],
      },
    ]),
  "groups of RTF in one another": (count) => `{\\rtf1 ${"{".repeat(40 * count)}a${"}".repeat(40 * count)}`,
  "escapes of RTF": (count) => `{\\rtf1 ${"\\'e4\\u228?".repeat(10 * count)}}`,
  "v2 results": (count) =>
    `MSH|^~\\&|A|B|C|D|20240101||ORU^R01|1|P|2.5\rPID|1||4711||Kowalska^Anna||19500102|F\rOBR|1|||LAB\r${many(count, (i) => `OBX|${i}|NM|C${i}^Sodium||${i}|mmol/L|1-2|H|||F`).join("\r")}`,
};

export const LONG_RECORD_ATTACKS: AttackMakers = {
  "long-record-matter": (random) => {
    const [matter, shape] = [oneOf(random, Object.keys(MATTER)), oneOf(random, Object.keys(SHAPES))];
    const length = magnitude(random, 100_000, shape === "an attachment" ? 3_700_000 : 5_000_000);
    const text = filled(MATTER[matter] as string, length);
    return attack(`${length} characters of ${matter} as ${shape}`, SHAPES[shape]?.(text) as string);
  },

  /** Up to just below the limits. */
  "wide-record": (random) => {
    const kind = oneOf(random, Object.keys(NUMBERS));
    const count = magnitude(random, 1000, 49_000);
    return attack(`${count} ${kind}`, (NUMBERS[kind] as (count: number) => string)(count));
  },

  "long-chat": (random) => {
    const count = magnitude(random, 100, 100_000);
    const words = oneOf(random, ["", "is there pain? ", "is there pain? ".repeat(10), "x".repeat(300)]);
    const overflow = oneOf(random, ["error", "drop-oldest"] as const);
    const history = many(count, (index) => ({
      role: index % 2 === 0 ? ("user" as const) : ("assistant" as const),
      content: `turn ${index} ${words}`,
    }));
    return {
      name: `a chat of ${count} turns of ${words.length} characters, ${overflow}`,
      run: ({ model, signal }) => model.chat({ history, overflow }).ask("And now?", { ...SHORT, signal }),
    };
  },
};
