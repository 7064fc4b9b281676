import { describe, expect, test } from "vitest";
import { readRecord } from "../../../src/fhir/record.js";
import { countTurns } from "../../support/breaths.js";

const many = <T>(count: number, of: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => of(index));
const prose = "The patient feels well and walks daily. ".repeat(5000);
const quantity = (value: number) => ({ value, unit: "mg" });

/** One resource of each shape, and how often reading it lets the event loop turn at least: once for each entry. */
describe("one large resource is read in pieces", () => {
  test.each<[string, object, number]>([
    ["a long note", { resourceType: "Condition", code: { text: "Gout" }, note: [{ text: prose }] }, 150],
    ["a long value", { resourceType: "Observation", code: { text: "Report" }, valueString: prose }, 150],
    [
      "a long list",
      {
        resourceType: "List",
        title: "Drugs",
        entry: many(3000, (it) => ({ item: { display: `Drug ${it}` } })),
      },
      30,
    ],
    [
      "many components",
      {
        resourceType: "Observation",
        code: { text: "Panel" },
        component: many(3000, (it) => ({ code: { text: `c${it}` }, valueQuantity: quantity(it) })),
      },
      30,
    ],
    [
      "a long form",
      {
        resourceType: "QuestionnaireResponse",
        item: many(3000, (it) => ({ text: `Question ${it}`, answer: [{ valueInteger: it }] })),
      },
      30,
    ],
    [
      "many contained",
      {
        resourceType: "DiagnosticReport",
        code: { text: "Report" },
        contained: many(2000, (it) => ({
          resourceType: "Observation",
          id: `o${it}`,
          code: { text: `c${it}` },
          valueQuantity: quantity(it),
        })),
        result: many(2000, (it) => ({ reference: `#o${it}` })),
      },
      30,
    ],
  ])("%s", async (_name, resource, least) => {
    const text = JSON.stringify(resource);
    const { result, turns } = await countTurns(() => readRecord(text));
    expect(result.entries.length).toBeGreaterThan(least);
    expect(turns).toBeGreaterThan(result.entries.length);
    for (const entry of result.entries) expect(entry.text.length).toBeLessThanOrEqual(1200);
  });
});

test("a long value keeps its title and its label on each piece, and all of its words", async () => {
  const words = many(3000, (index) => `word${index}`).join(" ");
  const { entries } = await readRecord({
    resourceType: "CarePlan",
    title: "Plan",
    activity: [{ detail: { doNotPerform: true, code: { text: "Walk" }, description: words } }],
  });
  const pieces = entries.filter((it) => /word\d/.test(it.text));
  expect(pieces.length).toBeGreaterThan(10);
  for (const { text } of pieces)
    expect(text).toMatch(/^Plan: activity \/ detail \/ do NOT perform \/ description: word/);
  expect(
    pieces
      .map((it) => it.text)
      .join(" ")
      .match(/word\d+/g),
  ).toEqual(words.split(" "));
});

test("of a list inside of a thing the first are told, and how many are not", async () => {
  const reasonCode = many(600, (index) => ({ text: `reason${index}` }));
  const { entries } = await readRecord({
    resourceType: "CarePlan",
    title: "Plan",
    activity: [{ detail: { reasonCode } }],
  });
  const text = entries.map((it) => it.text).join(" ");
  expect(text).toContain("reason499, (100 more, not read)");
  expect(text).not.toContain("reason500");
});
