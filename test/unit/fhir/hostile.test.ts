import { describe, expect, test } from "vitest";
import { MedGemmaError } from "../../../src/base/errors.js";
import { readRecord } from "../../../src/fhir/record.js";
import { countTurns } from "../../support/breaths.js";
import { HOSTILE } from "../../support/hostile-records.js";

/** So many that each shape needs several steps, and so few that a quadratic one is still quick to fail. */
const COUNT = 2000;

/** Characters that are told of a record, or the code of the error that it ends with. */
async function told(text: string): Promise<{ characters: number; code: string | undefined }> {
  try {
    const { entries } = await readRecord(text);
    return { characters: entries.reduce((sum, it) => sum + it.text.length, 0), code: undefined };
  } catch (error) {
    if (!MedGemmaError.isInstance(error)) throw error;
    return { characters: 0, code: error.code };
  }
}

describe("a record made to hold the application", () => {
  test.each(Object.entries(HOSTILE))(
    "%s: is read in pieces, and told in its own length",
    async (_name, make) => {
      const half = await told(make(COUNT / 2));
      const { result, turns } = await countTurns(() => told(make(COUNT)));
      expect(result.code ?? "record_unreadable").toBe("record_unreadable");
      expect(result.characters).toBeLessThan(3 * half.characters + 2000);
      expect(turns).toBeGreaterThan(3);
    },
  );

  test.each(["contained in one another", "nested things", "nested lists", "Bundles in one another"])(
    "%s to any depth overflow no stack",
    async (name) => {
      const { code } = await told((HOSTILE[name] as (count: number) => string)(100_000));
      expect(code ?? "record_unreadable").toBe("record_unreadable");
    },
  );
});

test("each step of a list of any length is of a few hundred members", async () => {
  const turnsOf = async (count: number) => {
    const text = (HOSTILE.identifiers as (count: number) => string)(count);
    return (await countTurns(() => readRecord(text))).turns;
  };
  const [few, many] = [await turnsOf(2000), await turnsOf(12_000)];
  expect(many - few).toBeGreaterThanOrEqual(10_000 / 400);
});

test("a medicine that thousands refer to is named once, and with as much as a title holds", async () => {
  const text = (HOSTILE["references to a wide one"] as (count: number) => string)(300);
  const { entries } = await readRecord(text);
  expect(entries).toHaveLength(300);
  expect(entries[0]?.text).toMatch(/^Salt 0, Salt 1, /);
  expect(entries[0]?.text.length).toBeLessThanOrEqual(300);
});

test("of a thing with thousands of values the first are told, and that there are more", async () => {
  const stage = { a: Array.from({ length: 400 }, () => Array.from({ length: 400 }, () => "v")) };
  const { entries } = await readRecord({ resourceType: "Condition", code: { text: "Gout" }, stage: [stage] });
  const text = entries.map((it) => it.text).join(" ");
  expect(text.match(/\(more, not read\)/g)).toHaveLength(1);
  expect(text.match(/v/g)?.length).toBeGreaterThan(4000);
});

test("reading ends at a signal between the steps of one resource", async () => {
  const text = (HOSTILE.names as (count: number) => string)(20_000);
  const controller = new AbortController();
  setImmediate(() => controller.abort());
  await expect(readRecord(text, { signal: controller.signal })).rejects.toMatchObject({ code: "aborted" });
});

test("more resources than can be read within seconds are refused, wherever they stand", async () => {
  const observation = { resourceType: "Observation", status: "final", code: { text: "Glucose" } };
  const many = (count: number) => Array.from({ length: count }, () => observation);
  const entry = many(50_001).map((resource) => ({ resource }));
  const refusal = {
    code: "record_unreadable",
    message: expect.stringContaining("more than 50000 resources"),
  };
  await expect(readRecord({ resourceType: "Bundle", type: "collection", entry })).rejects.toMatchObject(
    refusal,
  );
  await expect(readRecord({ ...observation, contained: many(50_000) })).rejects.toMatchObject(refusal);
  const segments = `MSH|^~\\&|A|B|C|D|2024||ORU^R01|1|P|2.5\rOBR|1|||LAB\r${"OBX|1|NM|G||5\r".repeat(50_001)}`;
  await expect(readRecord(segments)).rejects.toMatchObject(refusal);
});

test("a text of more paragraphs than can be read within seconds is refused", async () => {
  const lines = (count: number) => "2020-01-02 well\n".repeat(count);
  await expect(readRecord(lines(100_001))).rejects.toMatchObject({
    code: "record_unreadable",
    message: expect.stringContaining("more than 100000 paragraphs"),
  });
  expect((await readRecord(lines(2000))).entries).toHaveLength(2000);
});

test("more values than can be read within seconds are refused, in however many resources and as text too", async () => {
  const observation = (count: number) => ({
    resourceType: "Observation",
    code: { text: "Glucose" },
    own: Array.from({ length: count }, (_, index) => index),
  });
  const refusal = {
    code: "record_unreadable",
    message: expect.stringContaining("more than 1000000 values"),
  };
  const many = Array.from({ length: 10 }, () => observation(100_000));
  for (const record of [observation(1_000_000), many])
    for (const input of [record, JSON.stringify(record)])
      await expect(readRecord(input)).rejects.toMatchObject(refusal);
  expect((await readRecord(observation(990_000))).entries.length).toBeGreaterThan(1000);
});
