// Drafts a report of a picture: node report.mjs [PICTURE]
import { MedGemma } from "medgemma";

const model = await MedGemma.load(); // the embedded phantom; { model, projector } for MedGemma itself
const { findings, impression, missing, notice } = await model.report(
  process.argv[2] ?? new URL("images/chest-007.png", import.meta.url),
);
console.log({ findings, impression, missing, notice });
await model.dispose();
