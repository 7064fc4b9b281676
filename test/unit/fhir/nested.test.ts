import { expect, test } from "vitest";
import { readRecord } from "../../../src/fhir/record.js";
import { bundle } from "../../support/record.js";

const told = async (div: string) => {
  const composition = {
    resourceType: "Composition",
    status: "final",
    title: "Letter",
    text: { status: "generated", div },
  };
  const { entries } = await readRecord(bundle({ resourceType: "Patient" }, composition));
  return entries.map(({ text }) => text).join("\n");
};
const nested = (depth: number) =>
  `<p>Asthma since 2020.</p>${"<div>".repeat(depth)}Wheezing.${"</div>".repeat(depth)}`;

test("a narrative is read to any depth that a page has", async () => {
  expect(await told(nested(500))).toMatch(/Asthma since 2020[\s\S]*Wheezing/);
  expect(await told(`${"<p>One line.<br></p>".repeat(5000)}The end.`)).toMatch(/The end/);
});

test("beyond it the rest is said to be unread", async () => {
  const text = await told(nested(100_000));
  expect(text).toMatch(/Asthma since 2020[\s\S]*nested too deeply to be read/);
  expect(text).not.toContain("<div>");
});
