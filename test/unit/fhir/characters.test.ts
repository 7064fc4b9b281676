import { expect, test } from "vitest";
import { readRecord } from "../../../src/fhir/record.js";
import { bundle } from "../../support/record.js";

const patient = { resourceType: "Patient", name: [{ family: "Müller", given: ["Jörg"] }] };
const condition = (text: string) => ({ resourceType: "Condition", code: { text }, note: [{ text }] });

test.each(["M&uuml;ller", "M&#252;ller", "M&#xFC;ller", "m&uuml;ller"])(
  "a name written as %s is taken out of plain strings",
  async (name) => {
    const { entries } = await readRecord(
      bundle(patient, condition(`Herr ${name} hat Fieber &gt; 39 &deg;C`)),
    );
    const told = entries.map(({ text }) => text).join("\n");
    expect(told).not.toMatch(/m(?:ü|&[^;]*;)ller/i);
    expect(told).toContain("Fieber > 39 °C");
  },
);

test("what is no name of a character stays", async () => {
  const text = "R&D; AT&T; a&b; 5 &; &nosuchthing; seen";
  const { entries } = await readRecord(bundle(patient, condition(text)));
  expect(entries.map((entry) => entry.text).join("\n")).toContain(text);
});

test("text that begins with a bracket and ends nothing is text", async () => {
  const { entries } = await readRecord("<no fever> and penicillin allergy");
  expect(entries[0]?.text).toContain("penicillin allergy");
  for (const xml of ["<Bundle><entry/></Bundle>", "<?xml version='1.0'?>\n<a/>", "<Patient/>"])
    await expect(readRecord(xml)).rejects.toMatchObject({ code: "record_unreadable" });
});
