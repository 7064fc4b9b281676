// Scores a classification on cases with known truth. In a clone: `node bench/run.mjs examples/evaluate.ts`.
import { type EvaluateCase, evaluate, MedGemma } from "medgemma";

const cases: EvaluateCase[] = [
  { images: "examples/images/chest-001.png", truth: ["nodule", "opacity"] },
  { images: "examples/images/chest-007.png", truth: ["nodule"] },
  { images: "examples/images/chest-009.png", truth: [] },
  { images: "examples/images/chest-021.png", truth: ["opacity"] },
];

await using model = await MedGemma.load();
const { metrics, labels, notice } = await evaluate(model, "classify", cases, {
  labels: ["nodule", "opacity"],
  task: { multiLabel: true },
});
for (const [name, { value, low, high }] of Object.entries(metrics)) console.log(name, value, low, high);
console.log(labels, notice);
