import { expect, test } from "vitest";
import { readRecord } from "../../../../src/fhir/record.js";

const told = async (text: string) => (await readRecord(text)).entries.map((entry) => entry.text).join("\n");

test.each([
  ["Case no. A-99812, chest pain", "A-99812"],
  ["Case number 7741230: chest pain", "7741230"],
  ["Kassennr. K123456789, Husten", "K123456789"],
  ["Mobil 0171 2345678, Husten", "2345678"],
  ["Handy +49 171 2345678", "2345678"],
])("a number with its label goes: %s", async (text, number) => {
  expect(await told(text)).not.toContain(number);
});

test.each([
  "Patient mobil 0 von 5 Tagen",
  "mobile 2 x 30 min",
  "Case 2 of 3: nodule 12 mm",
  "in this case no 5 mm nodule",
  "in this case no 15 mm nodule is seen",
  "Mobil 100 m am Rollator",
])("and what only looks like one stays: %s", async (text) => {
  expect(await told(text)).toContain(text);
});
