// How often the rules by words of ESI raise what they should, and what they should not, on written sentences.
// node bench/run.mjs bench/triage-words.ts [FILE.json ...]: [{"text": ..., "level": 1, 2 or null}]
import { readFileSync } from "node:fs";
import { ESI } from "../src/medgemma/tasks/triage/scales/esi.js";
import { findSpoken } from "../src/medgemma/tasks/triage/words/find.js";

const FIXTURES = ["test/fixtures/triage/words-held-out.json", "test/fixtures/triage/words.json"];
const given = process.argv.slice(2);

for (const file of given.length > 0 ? given : FIXTURES) {
  const cases = JSON.parse(readFileSync(file, "utf8")) as { text: string; level: number | null }[];
  const wrong: string[] = [];
  let [missed, urgent, raised, harmless] = [0, 0, 0, 0];
  for (const { text, level } of cases) {
    const found = Math.min(...findSpoken([text], ESI.words ?? []).map((it) => it.level));
    const right = level === null ? found === Number.POSITIVE_INFINITY : found <= level;
    if (level === null) harmless++;
    else urgent++;
    if (right) continue;
    if (level === null) raised++;
    else missed++;
    wrong.push(`  ${level === null ? "raised" : "missed"}: ${JSON.stringify(text)}`);
  }
  console.log(`${file}: ${missed} of ${urgent} urgent texts missed, ${raised} of ${harmless} others raised`);
  if (wrong.length > 0) console.log(wrong.join("\n"));
}
