import { readRecord } from "../../../../src/fhir/record.js";
import { magnitude, oneOf } from "../kinds.js";
import type { Attack, AttackMakers } from "./attack.js";

/** Names that every object of JavaScript has, and those that make a prototype. */
const INHERITED = [
  "constructor",
  "__proto__",
  "toString",
  "hasOwnProperty",
  "valueOf",
  "prototype",
  "length",
];

function attack(name: string, record: string | object): Attack {
  return {
    name,
    run: async ({ model, signal }) => {
      await readRecord(record);
      await model.decide(record, "Which drug is taken?", { maxTokens: 8, signal });
    },
  };
}

const many = (count: number, make: (index: number) => unknown) =>
  Array.from({ length: count }, (_, index) => make(index));
const bundle = (entries: readonly unknown[]) => ({
  resourceType: "Bundle",
  type: "collection",
  entry: entries.map((resource) => ({ resource })),
});
const patient = (rest: object = {}) => ({
  resourceType: "Patient",
  id: "p",
  name: [{ family: "Kowalska" }],
  ...rest,
});

/** What each text is made of, again and again. */
const LINES: Readonly<Record<string, string>> = {
  "paragraphs of HTML": "<p>Pain, no fever.</p>\n",
  "tags that do not end": "<div ",
  "entities that do not end": "&amp",
  "characters of Chinese": "患者无发热，无咳嗽。",
  identifiers: "MRN 4711-0815 ",
  names: "Mrs. Kowalska ",
  dates: "2021-02-31 ",
  brackets: "[({",
  "groups of RTF": "{\\rtf1 ",
  "one letter": "x",
  "line ends": "\n",
  colons: ": : ",
};

export const RECORD_ATTACKS: AttackMakers = {
  "inherited-names": (random) => {
    const [where, name] = [
      oneOf(random, ["element", "type", "reference", "nested"]),
      oneOf(random, INHERITED),
    ];
    const observation = { resourceType: "Observation", status: "final", code: { text: "Glucose" } };
    // By JSON, for in a literal `__proto__` is no member.
    const member = JSON.parse(`{${JSON.stringify(name)}: "aspirin"}`) as object;
    const record = {
      element: bundle([patient(), { ...observation, ...member }]),
      type: bundle([patient(), { ...observation, resourceType: name }]),
      reference: bundle([patient(), { ...observation, subject: { reference: `${name}/${name}` } }]),
      nested: bundle([patient(member), { ...observation, valueQuantity: member, component: [member] }]),
    }[where];
    return attack(`${name} as ${where}`, JSON.stringify(record));
  },

  "long-record-text": (random) => {
    const matter = oneOf(random, Object.keys(LINES));
    const unit = LINES[matter] ?? "";
    const length = magnitude(random, 10_000, 4_000_000);
    const text = unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
    const [shape, record] = oneOf<[string, string | object]>(random, [
      ["a text", text],
      ["a narrative", bundle([patient({ text: { status: "generated", div: `<div>${text}</div>` } })])],
      [
        "a note",
        bundle([patient(), { resourceType: "Condition", code: { text: "Pain" }, note: [{ text }] }]),
      ],
      [
        "an attachment",
        bundle([
          patient(),
          {
            resourceType: "DocumentReference",
            status: "current",
            content: [
              { attachment: { contentType: "text/html", data: Buffer.from(text).toString("base64") } },
            ],
          },
        ]),
      ],
    ]);
    return attack(`${length} characters of ${matter} as ${shape}`, record);
  },

  "many-of-a-kind": (random) => {
    const count = magnitude(random, 1000, 50_000);
    const kind = oneOf(random, [
      "observations",
      "members",
      "names",
      "references",
      "contained",
      "versions",
    ] as const);
    const observation = (index: number) => ({
      resourceType: "Observation",
      id: `o${index}`,
      status: "final",
      code: { text: `Test ${index}` },
      valueQuantity: { value: index, unit: "mg/dL" },
    });
    const record = {
      observations: () => bundle([patient(), ...many(count, observation)]),
      members: () =>
        bundle([patient(), Object.fromEntries(many(count, (i) => [`e${i}`, i]) as [string, number][])]),
      names: () =>
        bundle([
          patient({ name: many(count, (i) => ({ family: `Name${i}`, given: [`Given${i}`] })) }),
          { resourceType: "Condition", code: { text: many(100, (i) => `Name${i * 7} has pain.`).join(" ") } },
        ]),
      references: () =>
        bundle([
          patient(),
          ...many(count, (i) => ({
            ...observation(i),
            hasMember: [{ reference: `Observation/o${(i + 1) % count}` }],
            derivedFrom: [{ reference: `Observation/o${(i * 31) % count}` }],
          })),
        ]),
      contained: () => bundle([patient(), { ...observation(0), contained: many(count, observation) }]),
      versions: () =>
        bundle([patient(), ...many(count, (i) => ({ ...observation(0), meta: { versionId: String(i) } }))]),
    }[kind]();
    return attack(`${count} ${kind}`, record);
  },

  "deep-record": (random) => {
    const depth = magnitude(random, 100, 100_000);
    const [shape, open, close] = oneOf(random, [
      ["lists", "[", "]"],
      ["members", '{"extension":', "}"],
      ["contained", '{"resourceType":"Observation","contained":[', "]}"],
    ] as const);
    const text = `{"resourceType":"Patient","x":${open.repeat(depth)}1${close.repeat(depth)}}`;
    return attack(`${shape} ${depth} deep`, text);
  },

  hl7v2: (random) => {
    const count = magnitude(random, 100, 100_000);
    const segment = oneOf(random, [
      "OBX|1|NM|GLU^Glucose||5.4|mmol/L|||||F",
      "NTE|1||see note",
      "PID|1||4711||Kowalska^Anna",
      `OBX|1|TX|||${"~".repeat(20)}`,
      `ZZZ|${"^".repeat(40)}`,
    ]);
    const head =
      "MSH|^~\\&|A|B|C|D|20240101||ORU^R01|1|P|2.5\rPID|1||4711||Kowalska^Anna||19500101|F\rOBR|1|||LAB\r";
    return attack(`HL7 v2, ${count} times ${segment.slice(0, 12)}`, head + `${segment}\r`.repeat(count));
  },
};
