// Asks a picture a question and shows the answer as it comes: node ask.mjs [PICTURE] [QUESTION]
import { MedGemma } from "medgemma";

const [
  picture = new URL("images/chest-001.png", import.meta.url),
  question = "Is there a pleural effusion?",
] = process.argv.slice(2);

const model = await MedGemma.load();
for await (const event of model.stream(picture, question)) {
  if (event.type === "text-delta") process.stdout.write(event.text);
  if (event.type === "finish") {
    const { notice, usage, timings } = event.result;
    console.log(
      `\n${usage.completionTokens} tokens, first after ${timings.timeToFirstToken.toFixed(0)} ms\n${notice}`,
    );
  }
}
await model.dispose();
