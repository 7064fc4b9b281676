// Statements over a patient's record, each with the entries that it rests on. The phantom's are noise: load MedGemma.
// node decide.mjs [RECORD] [QUESTION]
import { readFile } from "node:fs/promises";
import { MedGemma } from "medgemma";

const NOTES = `2001-06-06 Anaphylaxis after penicillin.

2012-03-01 Type 2 diabetes mellitus, metformin since.

2024-05-30 Dysuria and fever of 38.4 for two days. Urine: nitrite positive.`;

const [file, question = "Which antibiotic?"] = process.argv.slice(2);
const model = await MedGemma.load();
const record = file === undefined ? NOTES : await readFile(file, "utf8");
const result = await model.decide(record, question, {
  onStep: ({ step, entries }) => console.error(`${step}: ${entries} entries`),
});
console.log(result.text);
for (const { id, date, text } of result.entries) console.log(`[${id}] ${date ?? "undated"} ${text}`);
console.log(result.removedPointers, result.warnings, result.notice);
await model.dispose();
