/** One measure in this process: node bench/run.mjs bench/engine/main.ts MEASURE CONTEXT. bench/index.ts starts it. */
import { busyShare } from "../lib/machine.js";
import { writeOutcome } from "../lib/run-folder.js";
import type { Context, Outcome, Row } from "../lib/types.js";
import { MEASURES } from "./measures.js";

process.stdin.resume().once("end", () => process.exit(3));
process.once("SIGTERM", () => process.exit(3));

const [name = "", json = ""] = process.argv.slice(-2);
const context = JSON.parse(json) as Context;
const measure = MEASURES[name];
if (!measure) throw new Error(`No measure ${name}.`);

const rows: Row[] = [];
const busyBefore = await busyShare();
const began = performance.now();
const write = (state: Outcome["state"], problem?: string) =>
  writeOutcome(context.run, {
    measure: name,
    model: context.model.name,
    title: measure.title,
    state,
    ...(problem !== undefined && { problem }),
    rounds: context.rounds,
    quick: context.quick,
    seconds: Math.round((performance.now() - began) / 1000),
    busyBefore,
    rows,
  });

write("running", "broken off");
try {
  for await (const row of measure.run(context)) {
    rows.push(row);
    write("running", "broken off");
  }
  write("done");
} catch (error) {
  console.error(error);
  write("failed", error instanceof Error ? error.message : String(error));
}
process.exit(0);
