// Explains a sentence of a report. The embedded phantom was not taught this: load MedGemma for words that mean something.
// node explain.mjs [MODEL PROJECTOR]
import { MedGemma } from "medgemma";

const [model, projector] = process.argv.slice(2);
const medgemma = await MedGemma.load(model && projector ? { model, projector } : {});
const { text, notice } = await medgemma.explain("There is blunting of the left costophrenic angle.", {
  report: "FINDINGS: There is blunting of the left costophrenic angle.\nIMPRESSION: Small left effusion.",
});
console.log(text, notice);
await medgemma.dispose();
