// Tells what has changed between two pictures, as it comes.
import { MedGemma } from "medgemma";

await using model = await MedGemma.load();
const [prior = "examples/images/chest-020.png", current = "examples/images/chest-021.png"] =
  process.argv.slice(2);
for await (const event of model.streamCompare(prior, current)) {
  if (event.type === "text-delta") process.stdout.write(event.text);
  if (event.type === "finish") console.log(`\n${event.result.notice}`);
}
