// Drafts a report of a picture. In a clone: `node bench/run.mjs examples/report.ts chest.png`.
import { MedGemma } from "medgemma";

await using model = await MedGemma.load(); // the embedded phantom; { model, projector } for MedGemma itself
const { findings, impression, missing, notice } = await model.report(
  process.argv[2] ?? "examples/images/chest-007.png",
);
console.log({ findings, impression, missing, notice });
