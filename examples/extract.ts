// Reads a chest film into typed values, each with its probability. In a clone: `npm i zod && node bench/run.mjs examples/extract.ts`.
import { LAB_REPORT_SCHEMA, MedGemma } from "medgemma";
import { z } from "zod";

const findings = z.object({
  cardiomegaly: z.boolean(),
  nodule: z.boolean(),
  opacity: z.boolean(),
  effusion: z.enum(["none", "left", "right"]),
  pacemaker: z.boolean(),
});

// Without a model the embedded phantom answers: a test object that knows only drawn pictures.
await using model = await MedGemma.load();

const { value, values, notice } = await model.extract("examples/images/chest-001.png", findings);
console.log(value.effusion, value);
for (const { path, probability } of values) console.log(path, probability.toFixed(3));
console.log(notice);

// A laboratory report, as text or as a picture of it. The phantom cannot read; MedGemma 1.5 can.
const report = "Haemoglobin 13.2 g/dL (12.0 - 16.0)\nSodium 141 mmol/L (135 - 145)";
const { value: tests } = await model.extract({ text: report }, LAB_REPORT_SCHEMA);
for (const { name, result, unit } of tests) console.log(name, result, unit);
