/**
 * Files, texts, records, models and paths that are made to hurt, thousands a run, against an application that another
 * user asks all the time. Ends with 1 when one of them ends the application, gives an error without a type, or breaks a
 * budget: 5 s (a second for a text), 100 ms of the event loop, 1 GB, no descriptor left open, innocent questions within
 * twice their usual time.
 *
 *   npm run stress:hostile -- [--seconds 600] [--count N] [--seed 1] [--kinds scans,long-text] [--json]
 *
 * A kind and its number give the same attack on every machine: `--kinds scans --seed 17 --count 1` repeats one. What
 * breaks a budget of time is tried twice more, for a machine has other work. Linux only: it reads /proc. Build first
 * (`npm run build`): decoders run from dist/.
 */
import { parseArgs } from "node:util";
import { ATTACK_KINDS } from "../../../test/support/hostile/attacks/index.js";
import { log } from "../../lib/log.js";
import { short, spread } from "../../lib/stats.js";
import { judge, type Verdict } from "./judge.js";
import { Victim } from "./victim.js";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "600" },
    count: { type: "string", default: "1000000" },
    seed: { type: "string", default: "1" },
    kinds: { type: "string", default: ATTACK_KINDS.join(",") },
    json: { type: "boolean", default: false },
  },
});
const kinds = values.kinds.split(",");
const unknown = kinds.filter((kind) => !ATTACK_KINDS.includes(kind));
if (unknown.length > 0)
  throw new Error(`Unknown: ${unknown.join(", ")}. Kinds are ${ATTACK_KINDS.join(", ")}.`);
const TRIES = 3;

interface Tally {
  runs: number;
  answered: number;
  slowest: number;
  delay: number;
  growth: number;
  readonly beside: number[];
  readonly codes: Map<string, number>;
}
interface Violation {
  readonly kind: string;
  readonly seed: number;
  readonly name: string | undefined;
  readonly faults: readonly string[];
  readonly over: readonly string[];
}

const linesOf = ({ faults, over }: Verdict) => [...faults, ...over];

const tallies = new Map<string, Tally>();
const violations: Violation[] = [];
const victim = new Victim();
let interrupted = false;
process.once("SIGINT", () => {
  interrupted = true;
  log("Ctrl-C: ends after this attack; once more ends at once");
  process.once("SIGINT", () => {
    victim.stop();
    process.exit(130);
  });
});

function tallyOf(kind: string): Tally {
  const made = tallies.get(kind) ?? {
    runs: 0,
    answered: 0,
    slowest: 0,
    delay: 0,
    growth: 0,
    beside: [],
    codes: new Map<string, number>(),
  };
  tallies.set(kind, made);
  return made;
}

async function one(kind: string, seed: number): Promise<void> {
  const tally = tallyOf(kind);
  let verdict: Verdict = { faults: [], over: [] };
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const finding = await victim.attack({ kind, seed });
    verdict = judge(finding);
    if (verdict.faults.length === 0 && verdict.over.length > 0 && attempt < TRIES - 1) continue;
    const { outcome = "?", elapsed = 0, delay = 0, growth = 0, beside = [] } = finding;
    tally.runs++;
    if (outcome === "answered") tally.answered++;
    else tally.codes.set(outcome.slice(0, 40), (tally.codes.get(outcome.slice(0, 40)) ?? 0) + 1);
    tally.slowest = Math.max(tally.slowest, elapsed);
    tally.delay = Math.max(tally.delay, delay);
    tally.growth = Math.max(tally.growth, growth);
    if (beside.length > 0) tally.beside.push(spread(beside).median);
    const violation = { kind, seed, name: finding.name, ...verdict };
    if (linesOf(violation).length === 0) return;
    violations.push(violation);
    // The next ones are to be judged by themselves.
    if (verdict.faults.length > 0) victim.stop();
    log(`${kind} ${seed}: ${finding.name ?? "?"}: ${linesOf(violation).join("; ")}`);
    return;
  }
}

const began = performance.now();
const first = Number(values.seed);
let done = 0;
for (let seed = first; seed < first + Number(values.count); seed++) {
  for (const kind of kinds) {
    if (interrupted || performance.now() - began > Number(values.seconds) * 1000) break;
    await one(kind, seed);
    done++;
    if (process.stderr.isTTY) process.stderr.write(`\r${done} attacks, ${violations.length} broke a budget `);
  }
  if (interrupted || performance.now() - began > Number(values.seconds) * 1000) break;
}
victim.stop();
if (process.stderr.isTTY) process.stderr.write("\n");

const table = [...tallies].map(([kind, tally]) => ({
  kind,
  runs: tally.runs,
  answered: tally.answered,
  refused: Object.fromEntries([...tally.codes].sort((a, b) => b[1] - a[1])),
  slowestSeconds: tally.slowest / 1000,
  longestDelayMs: tally.delay,
  mostGrowthMB: tally.growth / 1e6,
  beside: tally.beside.length > 0 ? spread(tally.beside).max : undefined,
}));
if (values.json) {
  console.log(JSON.stringify({ attacks: done, seed: first, kinds: table, violations }, null, 2));
} else {
  console.log("| kind | runs | answered | refused | slowest s | event loop ms | growth MB | beside |");
  console.log("|---|---|---|---|---|---|---|---|");
  for (const row of table) {
    const refused = Object.entries(row.refused).map(([code, count]) => `${code} ${count}`);
    console.log(
      `| ${row.kind} | ${row.runs} | ${row.answered} | ${refused.join(", ")} | ${short(row.slowestSeconds)} | ${short(row.longestDelayMs)} | ${short(row.mostGrowthMB)} | ${row.beside === undefined ? "" : short(row.beside)} |`,
    );
  }
  for (const violation of violations)
    console.log(
      `\n--kinds ${violation.kind} --seed ${violation.seed}: ${violation.name ?? "?"}\n  ${linesOf(violation).join("\n  ")}`,
    );
  console.log(`\n${done} attacks, ${violations.length} broke a budget`);
}
process.exitCode = interrupted ? 130 : violations.length > 0 ? 1 : 0;
