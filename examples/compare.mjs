// Tells what has changed between two pictures, as it comes: node compare.mjs [PRIOR] [CURRENT]
import { MedGemma } from "medgemma";

const [
  prior = new URL("images/chest-020.png", import.meta.url),
  current = new URL("images/chest-021.png", import.meta.url),
] = process.argv.slice(2);

const model = await MedGemma.load();
for await (const event of model.streamCompare(prior, current)) {
  if (event.type === "text-delta") process.stdout.write(event.text);
  if (event.type === "finish") console.log(`\n${event.result.notice}`);
}
await model.dispose();
