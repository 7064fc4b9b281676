// Tells how probable findings are, and leaves open what is not sure: node classify.mjs [PICTURE]
import { MedGemma } from "medgemma";

const model = await MedGemma.load();
const picture = process.argv[2] ?? new URL("images/chest-007.png", import.meta.url);
const { labels, undecided, notice } = await model.classify(picture, ["cardiomegaly", "nodule", "pacemaker"], {
  multiLabel: true,
  abstainBelow: 0.8,
});
for (const { label, probability } of labels) {
  console.log(label, probability.toFixed(3), undecided.includes(label) ? "(left open)" : "");
}
console.log(notice);
await model.dispose();
