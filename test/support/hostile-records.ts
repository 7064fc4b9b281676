/**
 * Records made to hold an application: of each shape one grows with a number, so that a test takes a small one and a
 * measurement one of megabytes. Nobody's.
 */
const many = <T>(count: number, of: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => of(index));

const base64 = (text: string) => Buffer.from(text).toString("base64");

function document(contentType: string, text: string): string {
  return JSON.stringify({
    resourceType: "DocumentReference",
    content: [{ attachment: { contentType, data: base64(text) } }],
  });
}

function bundle(resources: readonly object[]): string {
  return JSON.stringify({ resourceType: "Bundle", entry: resources.map((resource) => ({ resource })) });
}

const one = (resource: object) => JSON.stringify(resource);
const CODE = { text: "Gout" };
const MSH = "MSH|^~\\&|A|B|C|D|20240101||ORU^R01|1|P|2.5\rPID|1||4711||Okonkwo^Adaeze||19600517|F\r";
const CJK = "患者于昨日入院，主诉胸痛三天，无发热，血压一百三十。";
const PATIENT = { resourceType: "Patient", id: "p", name: [{ family: "Okonkwo", given: ["Adaeze"] }] };
const CJK_PATIENT = {
  resourceType: "Patient",
  id: "p",
  name: [{ text: "王小明", family: "王", given: ["小明"] }],
};

/** As text: so deep a thing cannot be written by JSON.stringify, but it can be read. */
function nested(depth: number, before: string, after: string, innermost: string): string {
  return before.repeat(depth) + innermost + after.repeat(depth);
}

/** By name: a record of so many things. */
export const HOSTILE: Readonly<Record<string, (count: number) => string>> = {
  "v2 results": (n) =>
    `${MSH}OBR|1|||P^Panel|||20240101\r${many(n, (i) => `OBX|${i}|NM|C${i}^Sodium||${i}|mmol/L|1-2|H|||F`).join("\r")}`,
  "v2 lines of a report": (n) =>
    `${MSH}OBR|1|||P^Report|||20240101\r${many(n, (i) => `OBX|${i}|TX|C^Report||Line ${i} of text|||||F`).join("\r")}`,
  "v2 notes": (n) => `${MSH}OBX|1|NM|C^Sodium||1\r${many(n, (i) => `NTE|${i}||note ${i}`).join("\r")}`,
  "v2 repetitions": (n) => `${MSH}OBX|1|ST|C^Sodium||${many(n, (i) => `value ${i}`).join("~")}`,
  "v2 escapes": (n) => `${MSH}OBX|1|ST|C^Note||${"\\F\\x&y".repeat(n)}`,
  "v2 patients": (n) => MSH + many(n, (i) => `PID|1||${i}||Name${i}^Given${i}||19600517|F`).join("\r"),
  "v2 in an attachment": (n) =>
    document(
      "application/hl7-v2",
      `${MSH}${many(n, (i) => `OBX|${i}|NM|C${i}^Sodium||${i}|mmol/L|||||F`).join("\r")}`,
    ),
  "a Chinese text": (n) => CJK.repeat(n),
  "a Chinese text in lines": (n) => many(n, () => CJK).join("\n"),
  "a Chinese note and name": (n) =>
    bundle([CJK_PATIENT, { resourceType: "Condition", code: CODE, note: [{ text: CJK.repeat(n) }] }]),
  "paragraphs of HTML": (n) =>
    document("text/html", many(n, (i) => `<p>Paragraph ${i} of the note.</p>`).join("")),
  "paragraphs of a narrative": (n) =>
    one({
      resourceType: "Condition",
      text: {
        status: "additional",
        div: `<div>${many(n, (i) => `<p>Paragraph ${i} of it.</p>`).join("")}</div>`,
      },
      code: CODE,
    }),
  "cells of HTML": (n) => document("text/html", `<table><tr>${"<td>1</td>".repeat(n)}</tr></table>`),
  "attributes of HTML": (n) => document("text/html", `<p ${many(n, (i) => `a${i}="b"`).join(" ")}>x</p>`),
  "RTF groups": (n) => document("text/rtf", `{\\rtf1 ${"{\\b word} ".repeat(n)}}`),
  "RTF bytes": (n) => document("text/rtf", `{\\rtf1 ${"\\'e4".repeat(n)}}`),
  "people of a CDA": (n) =>
    document(
      "text/xml",
      `<ClinicalDocument>${many(n, (i) => `<patientRole><patient><name><given>G${i}</given><family>F${i}</family></name></patient></patientRole>`).join("")}<text>Well.</text></ClinicalDocument>`,
    ),
  members: (n) =>
    one({
      resourceType: "Condition",
      code: CODE,
      ...Object.fromEntries(many(n, (i) => [`own${i}`, i])),
    }),
  "members of a member": (n) =>
    one({
      resourceType: "Condition",
      code: CODE,
      stage: [Object.fromEntries(many(n, (i) => [`own${i}`, i]))],
    }),
  codings: (n) =>
    one({
      resourceType: "Condition",
      code: { coding: many(n, (i) => ({ code: `${i}`, display: `Word${i}` })) },
    }),
  categories: (n) =>
    one({ resourceType: "Condition", code: CODE, category: many(n, (i) => ({ text: `Drawer ${i}` })) }),
  titles: (n) => one({ resourceType: "Composition", type: many(n, (i) => ({ text: `Drawer ${i}` })) }),
  extensions: (n) =>
    one({
      resourceType: "Condition",
      code: CODE,
      extension: many(n, (i) => ({ url: `http://a/b${i}`, valueString: `x${i}` })),
    }),
  "modifier extensions": (n) =>
    one({
      resourceType: "Condition",
      code: CODE,
      modifierExtension: many(n, (i) => ({ url: `http://a/b${i}`, valueBoolean: true })),
    }),
  attachments: (n) =>
    one({
      resourceType: "DocumentReference",
      content: many(n, (i) => ({
        attachment: { contentType: "text/plain", data: base64(`Note ${i}`) },
      })),
    }),
  sections: (n) =>
    one({
      resourceType: "Composition",
      title: "Letter",
      section: many(n, (i) => ({ title: `Part ${i}`, text: { div: `<div>Words ${i}</div>` } })),
    }),
  contained: (n) =>
    one({
      resourceType: "DiagnosticReport",
      code: CODE,
      contained: many(n, (i) => ({ resourceType: "Observation", id: `o${i}`, code: { text: `c${i}` } })),
      result: many(n, (i) => ({ reference: `#o${i}` })),
    }),
  "contained in one another": (n) =>
    nested(n, '{"resourceType":"Observation","id":"o","code":{"text":"c"},"contained":[', "]}", ""),
  "nested things": (n) => {
    const of = (innermost: string) =>
      `{"resource":{"resourceType":"Condition","id":"a","code":{"text":"Gout"},"stage":${nested(n, '{"stage":', "}", innermost)}}}`;
    return `{"resourceType":"Bundle","entry":[${of("1")},${of("2")},${of("2")}]}`;
  },
  "nested lists": (n) =>
    `{"resourceType":"Condition","code":{"text":"Gout"},"x":${"[".repeat(n)}1${"]".repeat(n)}}`,
  "Bundles in one another": (n) =>
    nested(
      n,
      '{"resourceType":"Bundle","entry":[{"resource":',
      "}]}",
      '{"resourceType":"Condition","code":{"text":"Gout"}}',
    ),
  "a Bundle in a Bundle": (n) =>
    bundle([
      {
        resourceType: "Bundle",
        entry: many(n, (i) => ({ resource: { resourceType: "Condition", id: `${i}`, code: CODE } })),
      },
    ]),
  "versions of one": (n) =>
    bundle(many(n, (i) => ({ resourceType: "Condition", id: "a", code: { text: `Gout ${i}` } }))),
  "addresses of one": (n) =>
    one({
      resourceType: "Bundle",
      entry: many(n, (i) => ({
        fullUrl: `http://server${i}/Condition/a`,
        resource: { resourceType: "Condition", id: "a", code: { text: `Gout ${i}` } },
      })),
    }),
  identifiers: (n) =>
    bundle([
      { ...PATIENT, identifier: many(n, (i) => ({ system: "s", value: `X-${i}-Y` })) },
      { resourceType: "Condition", code: CODE },
    ]),
  names: (n) =>
    bundle([
      { ...PATIENT, name: many(n, (i) => ({ family: `Okonkwo${i}x`, given: [`Ada${i}y`] })) },
      { resourceType: "Condition", code: CODE, note: [{ text: "Okonkwo5x was seen. ".repeat(100) }] },
    ]),
  "patients of one likeness": (n) =>
    bundle([
      ...many(n, (i) => ({ ...PATIENT, id: `p${i}`, birthDate: "1960-05-17" })),
      { resourceType: "Condition", code: CODE, subject: { reference: "Patient/p1" } },
    ]),
  "patients linked in a chain": (n) =>
    bundle([
      ...many(n, (i) => ({
        ...PATIENT,
        id: `p${i}`,
        name: [{ family: `F${i}` }],
        link: [{ other: { reference: `Patient/p${(i + 1) % n}` }, type: "seealso" }],
      })),
      { resourceType: "Condition", code: CODE, subject: { reference: "Patient/p1" } },
    ]),
  "references in a ring": (n) =>
    bundle(
      many(n, (i) => ({
        resourceType: "MedicationRequest",
        id: `m${i}`,
        medicationReference: { reference: `MedicationRequest/m${(i + 1) % n}` },
        priorPrescription: { reference: `MedicationRequest/m${(i + 1) % n}` },
        reasonReference: [{ reference: `MedicationRequest/m${(i + 7) % n}` }],
      })),
    ),
  "references to one": (n) =>
    bundle([
      { resourceType: "Observation", id: "o", code: CODE },
      {
        resourceType: "DiagnosticReport",
        code: CODE,
        result: many(n, () => ({ reference: "Observation/o" })),
      },
    ]),
  "references to a wide one": (n) =>
    bundle([
      {
        resourceType: "Medication",
        id: "m",
        ingredient: many(n, (i) => ({ itemCodeableConcept: { text: `Salt ${i}` } })),
      },
      ...many(n, () => ({
        resourceType: "MedicationRequest",
        medicationReference: { reference: "Medication/m" },
      })),
    ]),
  subjects: (n) =>
    one({
      resourceType: "Condition",
      code: CODE,
      subject: many(n, (i) => ({ reference: `Patient/${i}` })),
    }),
  "one line": (n) => "The patient walks daily and is well. ".repeat(n),
  "no blank": (n) => "abcdefgh".repeat(n),
  "no blank in a note": (n) =>
    one({ resourceType: "Condition", code: CODE, note: [{ text: "abcdefgh".repeat(n) }] }),
  "no blank in many": (n) =>
    one({
      resourceType: "Condition",
      code: CODE,
      note: many(n >> 8, () => ({ text: "abcdefgh".repeat(256) })),
    }),
  digits: (n) => `Number ${"12345678".repeat(n)}`,
  "groups of digits": (n) => "123 456 78 ".repeat(n),
  blanks: (n) => `x${" ".repeat(8 * n)}x`,
  "empty lines": (n) => `x${"\n".repeat(8 * n)}x`,
  "lines of one letter": (n) => "a\n".repeat(n),
  "lines with dates": (n) => many(n, (i) => `2020-01-0${1 + (i % 9)} seen`).join("\n"),
  "lines with labels": (n) => many(n, () => "Name: Patient: MRN: DOB: Tel: ").join("\n"),
  capitals: (n) => "Dr Mr Mrs Prof ".repeat(n),
  "names of nobody": (n) => "Anna-Maria'de la Oconnor, ".repeat(n),
  brackets: (n) => "[(<{".repeat(n),
  ampersands: (n) => "&am&#x;".repeat(n),
  slashes: (n) => one({ resourceType: "Condition", code: CODE, note: [{ text: '\\"'.repeat(n) }] }),
  "orders not to": (n) => "DNR not DNI no CPR if ".repeat(n),
  "a list of junk": (n) => `[{"a":1}${",1,null,[],{}".repeat(n)}]`,
};
