/**
 * The longest time that a record of 5 MB, or one resource of 4 MB, holds the event loop, while it is read and while
 * `decide` works on the record with a scripted engine: `node bench/run.mjs bench/records.ts`. The bar is 50 ms.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { FakeEngine } from "../src/engine/fake-engine.js";
import { readRecord } from "../src/fhir/record.js";
import { MedGemma } from "../src/medgemma/medgemma.js";
import { largeRecord } from "../test/support/record.js";

const BAR = 50;
const ROUNDS = 5;
const text = largeRecord(5_000_000);

async function longest(work: () => Promise<unknown>): Promise<number> {
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  await work();
  loop.disable();
  return loop.max / 1e6;
}

const answer = ({ text: prompt }: { text: string }) =>
  prompt.includes("JSON list of types") ? '["Observation"]' : "- A1c was measured [E3]";
const model = MedGemma.fromEngine(new FakeEngine({ answer }));
const many = (of: (index: number) => object) => Array.from({ length: 40_000 }, (_, index) => of(index));
const one = (resource: object) => JSON.stringify(resource);
const note = one({
  resourceType: "Condition",
  note: [{ text: "The patient walks daily. ".repeat(160_000) }],
});
const list = one({
  resourceType: "List",
  entry: many((it) => ({ item: { display: `Drug ${it}` }, date: "2020-01-01" })),
});
const form = one({
  resourceType: "QuestionnaireResponse",
  item: many((it) => ({
    linkId: `${it}`,
    text: `Question ${it}`,
    answer: [{ valueString: `answer ${it}` }],
  })),
});
const works = {
  "a note of 4 MB": () => readRecord(note),
  "a list of 40,000": () => readRecord(list),
  "a form of 40,000 answers": () => readRecord(form),
  "reading 5 MB": () => readRecord(text),
  "decide on 5 MB": () => model.decide(text, "How was hemoglobin A1c?"),
};
for (const [name, work] of Object.entries(works)) {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await longest(work));
  rounds.sort((a, b) => a - b);
  const [least, median, most] = [rounds[0] ?? 0, rounds[ROUNDS >> 1] ?? 0, rounds.at(-1) ?? 0];
  const verdict = median < BAR ? "met" : "MISSED";
  console.log(
    `${name}: ${median.toFixed(1)} ms (${least.toFixed(1)}..${most.toFixed(1)}), bar ${BAR} ms ${verdict}`,
  );
}
await model.dispose();
