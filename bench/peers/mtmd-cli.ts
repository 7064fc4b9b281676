import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { patience, run } from "../lib/children.js";
import { log } from "../lib/log.js";
import { newPictureFile } from "../lib/pictures.js";
import { QUESTIONS } from "../lib/prompts.js";
import type { Context } from "../lib/types.js";
import { need } from "./find.js";

export interface CliRun {
  /** Milliseconds. */
  readonly encode: number;
  /** The whole program, loading included. */
  readonly total: number;
  /** From the first picture byte computed to the end. */
  readonly withoutLoad: number;
}

export const ANSWER_TOKENS = 16;

/**
 * Runs of llama-mtmd-cli: one question about one picture each. A run of the 4B takes minutes, so runs are kept in the
 * folder of this bench run and shared by the measures that need them.
 */
export async function cliRuns(context: Context, atLeast: number): Promise<CliRun[]> {
  const file = path.join(context.run, `${context.model.name}-llama-mtmd-cli.runs.json`);
  const runs = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as CliRun[]) : [];
  while (runs.length < atLeast) {
    runs.push(await once(context, runs.length));
    writeFileSync(file, JSON.stringify(runs));
  }
  return runs;
}

async function once(context: Context, seed: number): Promise<CliRun> {
  const { model, projector, threads } = context.model;
  log(`llama-mtmd-cli, run ${seed + 1}`);
  const { stdout, stderr, took } = await run(
    path.join(need(context.peers.llama), "llama-mtmd-cli"),
    [
      ...["-m", model, "--mmproj", projector, "--chat-template", "gemma", "-ngl", "0", "--no-mmproj-offload"],
      ...["-t", String(threads), "-c", "8192", "--temp", "0", "-n", String(ANSWER_TOKENS)],
      ...["--image", await newPictureFile(context, 1000 + seed), "-p", QUESTIONS[0]],
    ],
    { timeout: patience(context.model.name) },
  );
  const encode = Number(/(?:encoding done|encoded) in (\d+) ms/.exec(stdout + stderr)?.[1]);
  if (Number.isNaN(encode)) throw new Error("llama-mtmd-cli did not say how long the picture took");
  const began = /^(\d+)\.(\d\d)\.(\d{3})\.(\d{3}) \S* ?encoding mtmd batch/m.exec(stdout + stderr);
  const loaded = began ? Number(began[1]) * 60_000 + Number(began[2]) * 1000 + Number(began[3]) : 0;
  return { encode, total: took, withoutLoad: took - loaded };
}
