/**
 * This package against llama-server, llama-mtmd-cli, llama-bench and llama.node, in one run on one machine:
 *
 *     npm run bench [-- --help]
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { MEASURES } from "./engine/measures.js";
import { killAll } from "./lib/children.js";
import { log } from "./lib/log.js";
import { BUSY, busyShare } from "./lib/machine.js";
import { HELP, type Options, readOptions } from "./lib/options.js";
import { root } from "./lib/paths.js";
import { openRun, readOutcome, readResults, writeTable } from "./lib/run-folder.js";
import { endCurrent, supervise } from "./lib/supervise.js";
import { missed } from "./lib/table.js";
import type { Context, ModelName, ModelUnderTest } from "./lib/types.js";
import { findPeers } from "./peers/find.js";
import { standin } from "./peers/standin.js";

const TIMEOUT_MS = { phantom: 10 * 60_000, "4b": 120 * 60_000 } as const;

const known = Object.keys(MEASURES);
const options = optionsOrExit();
if (options.help) {
  console.log(HELP + known.join(", "));
  process.exit(0);
}
const plan = options.models.flatMap((model) =>
  known
    .filter((name) => options.only.includes(name) && MEASURES[name]?.models.includes(model))
    .map((name) => [model, name] as const),
);
const run = openRun(options.out, options.resume || options.table);
const settings = `${options.rounds} rounds${options.quick ? ", QUICK: too short to judge by" : ""}`;

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) process.exit(130);
  stopping = true;
  log("stopping; `--resume` goes on from here");
  killAll();
  await endCurrent();
  writeTable(run, plan, settings);
  process.exit(130);
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void stop());

if (!options.table) await measureAll(options);
// What stops the run also ends this process.
if (stopping) await new Promise(() => undefined);
const before = options.table ? readResults(run) : undefined;
const { markdown, outcomes } = writeTable(run, plan, before?.settings ?? settings, before?.machine);
console.log(markdown);
const failures = outcomes
  .filter(({ state }) => state !== "done")
  .map(({ model, measure }) => `${model}: ${measure}`);
const misses = missed(outcomes);
if (failures.length > 0) log(`failed: ${failures.join("; ")}`);
if (misses.length > 0) log(`bars missed: ${misses.join("; ")}`);
log(`written: ${path.relative(root, run)}/results.{md,json,svg}`);
process.exit(failures.length > 0 ? 1 : 0);

function optionsOrExit(): Options {
  try {
    return readOptions(process.argv.slice(2), known);
  } catch (error) {
    console.error((error as Error).message);
    process.exit(2);
  }
}

async function measureAll({ models, rounds, quick, resume }: Options): Promise<void> {
  build();
  const busy = await busyShare();
  if (busy > BUSY)
    log(
      `other programs take ${Math.round(busy * 100)} % of the cores: stop them, or the figures mean little`,
    );
  const peers = await findPeers();
  const files = new Map<ModelName, ModelUnderTest>();
  for (const model of models) {
    try {
      files.set(model, await modelUnderTest(model));
    } catch (error) {
      log(`${model} left out: ${(error as Error).message}`);
    }
  }
  for (const [index, [name, measure]] of plan.entries()) {
    const model = files.get(name);
    if (!model || stopping) continue;
    const place = `[${index + 1}/${plan.length}] ${name}: ${MEASURES[measure]?.title}`;
    const before = resume ? readOutcome(run, name, measure) : undefined;
    if (before?.state === "done" && before.rounds === rounds && before.quick === quick) {
      log(`${place}: done before`);
      continue;
    }
    log(place);
    await once(measure, { model, peers, rounds, quick, run });
    writeTable(run, plan, settings);
  }
}

async function once(measure: string, context: Context): Promise<void> {
  const began = performance.now();
  const problem = await supervise(measure, context, TIMEOUT_MS[context.model.name]);
  const outcome = readOutcome(context.run, context.model.name, measure);
  const state = problem ?? (outcome?.state === "done" ? "done" : (outcome?.problem ?? "failed"));
  log(`    ${state}, ${Math.round((performance.now() - began) / 1000)} s`);
}

/** What is measured is dist/ and the addon: both as the sources are now, unless MEDGEMMA_SKIP_BUILD=1. */
function build(): void {
  if (process.env.MEDGEMMA_SKIP_BUILD === "1") return;
  for (const script of ["build-native.mjs", "build-typescript.mjs"])
    execFileSync(process.execPath, [path.join(root, "scripts", script)], {
      cwd: root,
      stdio: ["ignore", 2, 2],
    });
}

async function modelUnderTest(name: ModelName): Promise<ModelUnderTest> {
  if (name === "4b") return { name, ...(await standin()), threads: os.availableParallelism(), side: 896 };
  const folder = path.join(root, "models/phantom");
  const files = {
    model: path.join(folder, "phantom-f16.gguf"),
    projector: path.join(folder, "mmproj-phantom-f16.gguf"),
  };
  if (!existsSync(files.model)) throw new Error("models/phantom is missing");
  // One thread, as the package itself takes for a model this small.
  return { name, ...files, threads: 1, side: 224 };
}
