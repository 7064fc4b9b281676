import { expect, test } from "vitest";
import { FakeEngine } from "../../../../../src/engine/fake-engine.js";
import type { RecordEntry } from "../../../../../src/fhir/record.js";
import { manifestOf, rankEntries } from "../../../../../src/medgemma/record/rank.js";
import { TokenMeter } from "../../../../../src/medgemma/record/token-meter.js";
import { makeParts } from "../../../../../src/medgemma/tasks/decide/parts.js";
import { countTurns } from "../../../../support/breaths.js";

const COUNT = 20_000;
const entries = Array.from(
  { length: COUNT },
  (_, index): RecordEntry => ({
    id: `E${index + 1}`,
    type: "Observation",
    date: undefined,
    text: `Test ${index}: ${index % 50 === 0 ? "pain" : "a long text of many words ".repeat(20)}`,
  }),
);

test("entries are ranked in steps, the best first and of equals the latest", async () => {
  const { result, turns } = await countTurns(() => rankEntries(entries, "Is there pain?"));
  expect(turns).toBeGreaterThan(COUNT);
  const best = result.slice(0, COUNT / 50).map(({ text }) => text.endsWith("pain"));
  expect(best).not.toContain(false);
  expect(result[0]?.id).toBe(`E${COUNT - 49}`);
  expect(new Set(result).size).toBe(COUNT);
});

test("what a record holds is counted in steps", async () => {
  const { result, turns } = await countTurns(() => manifestOf(entries));
  expect(result).toEqual([
    {
      type: "Observation",
      count: COUNT,
      from: undefined,
      to: undefined,
      examples: [0, 1, 2, 3, 4].map((it) => `Test ${it}`),
    },
  ]);
  expect(turns).toBeGreaterThan(COUNT);
});

test("entries that do not fit are passed over in steps", async () => {
  const meter = new TokenMeter(new FakeEngine(), undefined);
  const { result, turns } = await countTurns(() => makeParts(entries, [], { budget: 100, parts: 1 }, meter));
  expect(result.flat().length).toBeGreaterThan(1);
  expect(result.flat().every(({ text }) => text.endsWith("pain"))).toBe(true);
  expect(turns).toBeGreaterThan(100);
});
