// Tells how probable findings are, and leaves open what is not sure.
import { MedGemma } from "medgemma";

await using model = await MedGemma.load();
const image = process.argv[2] ?? "examples/images/chest-007.png";
const { labels, undecided, notice } = await model.classify(image, ["cardiomegaly", "nodule", "pacemaker"], {
  multiLabel: true,
  abstainBelow: 0.8,
});
for (const { label, probability } of labels) {
  console.log(label, probability.toFixed(3), undecided.includes(label) ? "(left open)" : "");
}
console.log(notice);
