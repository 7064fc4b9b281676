// How urgent a case is: the model's level, held to published limits: node triage.mjs
import { MedGemma } from "medgemma";

const model = await MedGemma.load();
const {
  level,
  levelName,
  model: said,
  rules,
  redFlags,
  questions,
  notice,
} = await model.triage({
  age: 49,
  complaint: "asthma",
  vitals: { heartRate: 134, spo2: 88 },
});
console.log(`Level ${level} (${levelName}); the model said ${said.level}, the rules ${rules.level}`);
for (const { finding, source } of rules.checks) console.log(`- ${finding}: ${source}`);
console.log({ redFlags, questions });
console.log(notice);
await model.dispose();
