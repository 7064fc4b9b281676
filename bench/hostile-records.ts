/**
 * Records made to hold an application: the longest time that each holds the event loop, and how its whole time grows
 * when it doubles: `node bench/run.mjs bench/hostile-records.ts [NAME] [SIZE]`. The bar is 50 ms, and at most three times
 * as long for twice as much. With `=` before the name only the one of just this name is measured.
 */
import { readRecord } from "../src/fhir/record.js";
import { HOSTILE } from "../test/support/hostile-records.js";
import { measureHeld } from "./lib/held.js";

const BAR = 50;
const GROWTH = 3;
/** Below so many milliseconds noise decides how it grows. */
const TOO_SHORT = 200;
const [wanted = "", size = "100000"] = process.argv.slice(2);

for (const [name, make] of Object.entries(HOSTILE)) {
  if (wanted.startsWith("=") ? name !== wanted.slice(1) : !name.includes(wanted)) continue;
  const count = Number(size);
  const [half, text] = [make(count >> 1), make(count)];
  let ended = "";
  const read = (record: string) => async () => {
    ended = await readRecord(record).then(
      ({ entries }) => `${entries.length} entries`,
      (error) => String(error.code ?? error),
    );
  };
  const before = await measureHeld(read(half));
  const { total, longest } = await measureHeld(read(text));
  const grows = total > TOO_SHORT && total / before.total > GROWTH;
  const verdict = longest < BAR && !grows ? "met" : "MISSED";
  console.log(
    `${verdict.padEnd(7)}${name.padEnd(28)}${(text.length / 1e6).toFixed(1)} MB  longest ${longest.toFixed(0)} ms  total ${before.total.toFixed(0)} -> ${total.toFixed(0)} ms  ${ended}`,
  );
}
