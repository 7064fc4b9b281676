import { parseArgs } from "node:util";
import type { ModelName } from "./types.js";

export const HELP = `npm run bench -- [options]

  --model phantom|4b   only one of the two; both by default
  --only a,b           only these measures
  --repeat N           rounds of each measure; 5, with --quick 2
  --quick              fewer tokens and rounds, to see that all works
  --resume             go on with the newest run: what is done stays
  --out NAME           folder of the run below bench/results/
  --table              only write the table of the newest run (or of --out) again

  MEDGEMMA_PEERS=DIR     llama-bench, llama-mtmd-cli and llama-server, already compiled
  MEDGEMMA_STANDIN=DIR   the 4B stand-in, already made
  MEDGEMMA_TORCH=PYTHON  a Python with torch and transformers; without it that row stays empty
  MEDGEMMA_SKIP_BUILD=1  measure dist/ and the addon as they are
  MEDGEMMA_BENCH_CACHE=DIR  where the above are made otherwise; build-bench/

Measures: `;

export interface Options {
  readonly models: readonly ModelName[];
  readonly only: readonly string[];
  readonly rounds: number;
  readonly quick: boolean;
  readonly resume: boolean;
  readonly out: string | undefined;
  readonly table: boolean;
  readonly help: boolean;
}

/** @throws Error for what is no option, no model or no number. */
export function readOptions(args: readonly string[], known: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      model: { type: "string" },
      only: { type: "string" },
      repeat: { type: "string" },
      quick: { type: "boolean", default: false },
      resume: { type: "boolean", default: false },
      out: { type: "string" },
      table: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const { model, quick, resume, out, table, help } = values;
  if (model !== undefined && model !== "phantom" && model !== "4b")
    throw new Error(`--model is phantom or 4b, not ${model}`);
  const only = values.only?.split(",") ?? known;
  const unknown = only.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`No measure ${unknown.join(", ")}; there are ${known.join(", ")}`);
  const rounds = Number(values.repeat ?? (quick ? 2 : 5));
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--repeat is a number from 1, not ${values.repeat}`);
  return {
    models: model === undefined ? ["phantom", "4b"] : [model],
    only,
    rounds,
    quick,
    resume,
    out,
    table,
    help,
  };
}
