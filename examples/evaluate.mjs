// Scores a classification on cases with known truth: node evaluate.mjs
import { evaluate, MedGemma } from "medgemma";

/** @param {string} name */
const example = (name) => new URL(`images/${name}`, import.meta.url);
const cases = [
  { images: example("chest-001.png"), truth: ["nodule", "opacity"] },
  { images: example("chest-007.png"), truth: ["nodule"] },
  { images: example("chest-009.png"), truth: [] },
  { images: example("chest-021.png"), truth: ["opacity"] },
];

const model = await MedGemma.load();
const { metrics, labels, notice } = await evaluate(model, "classify", cases, {
  labels: ["nodule", "opacity"],
  task: { multiLabel: true },
});
for (const [name, { value, low, high }] of Object.entries(metrics)) console.log(name, value, low, high);
console.log(labels, notice);
await model.dispose();
