/**
 * Asks a picture a question and shows the answer as it comes.
 *
 *   node bench/run.mjs examples/ask.ts [IMAGE] [QUESTION]     (in a clone: a TypeScript runner)
 */
import { MedGemma } from "../src/index.js";

const [image = "examples/images/chest-001.png", question = "Is there a pleural effusion?"] =
  process.argv.slice(2);

const model = await MedGemma.load();
try {
  for await (const event of model.stream(image, question)) {
    if (event.type === "text-delta") process.stdout.write(event.text);
    if (event.type === "finish") {
      const { notice, usage, timings } = event.result;
      console.log(
        `\n${usage.completionTokens} tokens, first after ${timings.timeToFirstToken.toFixed(0)} ms`,
      );
      console.log(notice);
    }
  }
} finally {
  await model.dispose();
}
