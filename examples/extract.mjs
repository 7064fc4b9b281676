// Reads a chest film into typed values, each with its probability: node extract.mjs [PICTURE]
import { LAB_REPORT_SCHEMA, MedGemma } from "medgemma";

// A zod schema does as well, and types the value: docs/structured-output.md.
const findings = {
  type: "object",
  properties: {
    cardiomegaly: { type: "boolean" },
    nodule: { type: "boolean" },
    opacity: { type: "boolean" },
    effusion: { enum: ["none", "left", "right"] },
    pacemaker: { type: "boolean" },
  },
  required: ["cardiomegaly", "nodule", "opacity", "effusion", "pacemaker"],
};

// Without a model the embedded phantom answers: a test object that knows only drawn pictures.
const model = await MedGemma.load();

const picture = process.argv[2] ?? new URL("images/chest-001.png", import.meta.url);
const { value, values, notice } = await model.extract(picture, findings);
console.log(value);
for (const { path, probability } of values) console.log(path, probability.toFixed(3));
console.log(notice);

// A laboratory report, as text or as a picture of it. The phantom cannot read; MedGemma 1.5 can.
const report = "Haemoglobin 13.2 g/dL (12.0 - 16.0)\nSodium 141 mmol/L (135 - 145)";
const { value: tests } = await model.extract({ text: report }, LAB_REPORT_SCHEMA);
for (const { name, result, unit } of tests) console.log(name, result, unit);
await model.dispose();
