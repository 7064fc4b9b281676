import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Machine, machine } from "./machine.js";
import { resultsDir } from "./paths.js";
import { toSvg } from "./plot.js";
import { toMarkdown } from "./table.js";
import type { ModelName, Outcome } from "./types.js";

const outcomeFile = (run: string, model: ModelName, measure: string) =>
  path.join(run, `${model}-${measure}.json`);

/** A folder for this run; the newest one when resuming. */
export function openRun(name: string | undefined, resume: boolean): string {
  mkdirSync(resultsDir, { recursive: true });
  const earlier = readdirSync(resultsDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^\d{4}-/.test(entry.name))
    .map((entry) => entry.name)
    .sort();
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
  const run = path.join(resultsDir, name ?? (resume ? earlier.at(-1) : undefined) ?? stamp);
  mkdirSync(run, { recursive: true });
  return run;
}

/** At once and whole: a run that is broken off keeps what it has. */
export function writeOutcome(run: string, outcome: Outcome): void {
  const file = outcomeFile(run, outcome.model, outcome.measure);
  writeFileSync(`${file}.new`, `${JSON.stringify(outcome, undefined, 1)}\n`);
  renameSync(`${file}.new`, file);
}

export function readOutcome(run: string, model: ModelName, measure: string): Outcome | undefined {
  try {
    return JSON.parse(readFileSync(outcomeFile(run, model, measure), "utf8")) as Outcome;
  } catch {
    return undefined;
  }
}

interface Results {
  readonly machine: Machine;
  readonly settings: string;
  readonly outcomes: readonly Outcome[];
}

/** Of the table that the run has already. */
export function readResults(run: string): Results | undefined {
  try {
    return JSON.parse(readFileSync(path.join(run, "results.json"), "utf8")) as Results;
  } catch {
    return undefined;
  }
}

/** results.json, results.md and results.svg from whatever the run has by now. */
export function writeTable(
  run: string,
  plan: readonly (readonly [ModelName, string])[],
  settings: string,
  here: Machine = machine(),
): {
  markdown: string;
  outcomes: Outcome[];
} {
  const outcomes = plan.flatMap(([model, measure]) => readOutcome(run, model, measure) ?? []);
  const markdown = toMarkdown(here, outcomes, settings);
  writeFileSync(
    path.join(run, "results.json"),
    `${JSON.stringify({ machine: here, settings, outcomes } satisfies Results, undefined, 1)}\n`,
  );
  writeFileSync(path.join(run, "results.md"), markdown);
  writeFileSync(path.join(run, "results.svg"), toSvg(outcomes));
  return { markdown, outcomes };
}
