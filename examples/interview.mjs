// Interviews whoever sits at the terminal and reports. The phantom's questions are noise: load MedGemma.
// node interview.mjs
import readline from "node:readline";
import { MedGemma } from "medgemma";

const model = await MedGemma.load();
const terminal = readline.createInterface({ input: process.stdin });
// By lines, so that answers from a pipe are not lost while the model writes a question.
const lines = terminal[Symbol.asyncIterator]();
const interview = model.interview({ reason: "cough", maxQuestions: 5 });
let answers = 0;
for await (const question of interview) {
  process.stdout.write(`${question.text}\n> `);
  const { done, value } = await lines.next();
  if (done) break;
  interview.answer(value);
  answers++;
  if (interview.alerts.length > 0) console.log("This may be an emergency: call for help.");
}
terminal.close();
if (answers > 0) {
  const { text, warnings, notice } = await interview.report();
  console.log(`\n${text}\n`, warnings, notice);
} else console.log("\nNobody answered: there is nothing to report.");
await model.dispose();
