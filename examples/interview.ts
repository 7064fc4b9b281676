// Interviews whoever sits at the terminal and reports. The phantom's questions are noise: load MedGemma.
import readline from "node:readline/promises";
import { MedGemma } from "medgemma";

await using model = await MedGemma.load();
const terminal = readline.createInterface({ input: process.stdin, output: process.stdout });
const interview = model.interview({ reason: "cough", maxQuestions: 5 });
for await (const question of interview) {
  interview.answer(await terminal.question(`${question.text}\n> `));
  if (interview.alerts.length > 0) console.log("This may be an emergency: call for help.");
}
terminal.close();
const { text, warnings, notice } = await interview.report();
console.log(`\n${text}\n`, warnings, notice);
