import { describe, expect, test } from "vitest";
import { readRecord } from "../../../src/fhir/record.js";

const GOUT = { resourceType: "Condition", code: { text: "Gout" } };
const read = (input: unknown) => readRecord(input as object);
const textOf = async (input: unknown) => (await read(input)).entries.map((it) => it.text).join("\n");

describe("what is no record is refused by name", () => {
  const loop: Record<string, unknown> = { ...GOUT };
  loop.evidence = [{ detail: loop }];
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  test.each<[string, unknown, string]>([
    ["null", null, "bad_option"],
    ["undefined", undefined, "bad_option"],
    ["a number", 7, "bad_option"],
    ["a bigint", 7n, "bad_option"],
    ["a symbol", Symbol("record"), "bad_option"],
    ["a function", () => GOUT, "bad_option"],
    ["an empty text", " ", "bad_option"],
    ["an empty object", {}, "record_unreadable"],
    ["an empty list", [], "record_unreadable"],
    ["a list of junk", [null, undefined, 1, 2n, "x", [], {}, Symbol("x"), () => 1], "record_unreadable"],
    ["bytes", new Uint8Array([1, 2, 3]), "record_unreadable"],
    ["a map", new Map([["resourceType", "Condition"]]), "record_unreadable"],
    ["a circle", loop, "record_unreadable"],
    [
      "a list in itself",
      (() => {
        const list: unknown[] = [];
        list.push(list);
        return list;
      })(),
      "record_unreadable",
    ],
    ["a revoked proxy", revoked.proxy, "record_unreadable"],
    [
      "a getter that fails",
      {
        ...GOUT,
        get note() {
          throw new Error("Adaeze");
        },
      },
      "record_unreadable",
    ],
    [
      "an entry that fails",
      {
        get entry() {
          throw new Error("Adaeze");
        },
      },
      "record_unreadable",
    ],
    [
      "a toJSON that fails",
      {
        ...GOUT,
        note: {
          toJSON() {
            throw new Error("Adaeze");
          },
        },
      },
      "record_unreadable",
    ],
    [
      "a proxy without keys",
      new Proxy(GOUT, {
        ownKeys() {
          throw new Error("Adaeze");
        },
      }),
      "record_unreadable",
    ],
  ])("%s", async (_name, input, code) => {
    const error = await read(input).catch((it: unknown) => it);
    expect(error).toMatchObject({ name: "MedGemmaError", code });
    expect(String(error)).not.toContain("Adaeze");
  });

  test.each<[string, unknown]>([
    ["no options", null],
    ["an unknown option", { identiy: true }],
    ["a day that is none", { now: new Date("x") }],
    ["a day as text", { now: "2024-01-01" }],
  ])("%s", async (_name, options) => {
    await expect(readRecord(GOUT, options as object)).rejects.toMatchObject({ code: "bad_option" });
  });
});

describe("an application's objects are read as JSON has them", () => {
  test("dates, big numbers, and what JSON has no word for", async () => {
    const text = await textOf({
      ...GOUT,
      onsetDateTime: new Date("2020-03-04T05:06:00Z"),
      stage: [{ extent: 12n, of: undefined, by: Symbol("x"), when: () => 1, bytes: new Uint8Array(3) }],
    });
    expect(text).toBe("Gout: stage extent 12");
  });

  test("an object that stands in several places", async () => {
    const name = { text: "Aspirin" };
    expect(await textOf({ ...GOUT, stage: [{ a: name, b: name }] })).toBe("Gout: stage a Aspirin, b Aspirin");
  });

  test("one that doubles at each step is not followed to its end", async () => {
    let bomb: unknown = "x";
    for (let i = 0; i < 90; i++) bomb = [bomb, bomb];
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    await expect(
      readRecord({ ...GOUT, stage: bomb } as object, { signal: controller.signal }),
    ).rejects.toMatchObject({ code: "aborted" });
  });
});

const NAMES = [
  "constructor",
  "__proto__",
  "toString",
  "hasOwnProperty",
  "valueOf",
  "__defineGetter__",
  "prototype",
];

describe.each(NAMES)("the name %s is one like any other", (name) => {
  /** Of the same shape, and no member of any object: with a letter that nothing else here has. */
  const at = name.startsWith("value") ? 5 : name.search(/[a-z]/);
  const other = name.slice(0, at) + (name.startsWith("value") ? "Q" : "q") + name.slice(at + 1);
  const json = (text: string, of = name) => text.replaceAll("NAME", of);
  const compare = async (make: (of: string) => string) => {
    const [own, plain] = [await readRecord(make(name)), await readRecord(make(other))];
    const expected = JSON.stringify(plain)
      .toLowerCase()
      .replaceAll("q", name[at] ?? "");
    expect(JSON.stringify(own).toLowerCase()).toBe(expected.toLowerCase());
    return own;
  };

  test("of an element", () =>
    compare((of) =>
      json('{"resourceType":"Condition","code":{"text":"Gout"},"NAME":{"NAME":"NAME"},"x":[{"NAME":1}]}', of),
    ));
  test("of a type", async () => {
    const record = await compare((of) =>
      json(
        '[{"resourceType":"NAME","id":"1","code":{"text":"Gout"}},{"resourceType":"NAME","status":"entered-in-error"}]',
        of,
      ),
    );
    expect(Object.keys(record.skipped)).toEqual([`${name} (entered in error)`]);
  });
  test("of a status and a code", () =>
    compare((of) =>
      json(
        '{"resourceType":"Condition","code":{"text":"NAME"},"status":"NAME","clinicalStatus":{"coding":[{"code":"NAME"}]},"type":"NAME","decision":"NAME"}',
        of,
      ),
    ));
  test("of a reference and an id", () =>
    compare((of) =>
      json(
        '[{"resourceType":"Condition","id":"NAME","code":{"text":"Gout"},"subject":{"reference":"NAME"},"evidence":[{"detail":[{"reference":"NAME/NAME"},{"reference":"#NAME"}]}],"contained":[{"id":"NAME","resourceType":"NAME"}]}]',
        of,
      ),
    ));
  test("of an extension", () =>
    compare((of) =>
      json(
        '{"resourceType":"Condition","code":{"text":"Gout"},"extension":[{"url":"http://a/NAME","valueString":"x"}],"_NAME":{"extension":[{"url":"NAME","valueCode":"y"}]}}',
        of,
      ),
    ));
  test("of a media type", () =>
    compare((of) =>
      json(
        '{"resourceType":"DocumentReference","description":"Letter","content":[{"attachment":{"contentType":"NAME","data":"eA=="}}]}',
        of,
      ),
    ));
  test("in HL7 v2", () => {
    const text =
      "MSH|^~\\&|A\rPID|1||1||A^B|||NAME\rORC|NAME\rOBR|1|||P^Panel||||||||||||||||||||||NAME\rOBX|1|NAME|C^Sodium||\\NAME\\1||1-2|NAME|||NAME\rDG1|1||I^Gout|||NAME\rAL1|1||P^Nuts|NAME|NAME";
    return compare((of) => json(text, of));
  });
  test("in RTF and CDA", () =>
    compare((of) =>
      JSON.stringify({
        resourceType: "DocumentReference",
        content: [
          {
            attachment: {
              contentType: "text/rtf",
              data: Buffer.from(json("{\\rtf1 Well \\NAME  done}", of)).toString("base64"),
            },
          },
          {
            attachment: {
              contentType: "text/xml",
              data: Buffer.from(
                json("<ClinicalDocument><NAME>x</NAME><text>Well.</text></ClinicalDocument>", of),
              ).toString("base64"),
            },
          },
        ],
      }),
    ));
});

test("objects that share others are counted as often as they are named", async () => {
  let shared: object = { url: "x", valueString: "y" };
  for (let depth = 0; depth < 64; depth++) shared = { url: "x", extension: [shared, shared] };
  await expect(
    readRecord({ resourceType: "Observation", id: "o", extension: [shared] }),
  ).rejects.toMatchObject({ code: "record_unreadable", message: expect.stringContaining("values") });
});
