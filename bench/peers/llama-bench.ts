import path from "node:path";
import { patience, run } from "../lib/children.js";
import type { Context } from "../lib/types.js";
import { need } from "./find.js";

/** Tokens a second of llama.cpp itself. One repetition a call: the rounds are the caller's. */
export async function llamaBench(
  context: Context,
  prompt: number,
  generated: number,
): Promise<{ prefill: number; decode: number }> {
  const { model, threads } = context.model;
  const { stdout } = await run(
    path.join(need(context.peers.llama), "llama-bench"),
    [
      ...["-m", model, "-p", String(prompt), "-n", String(generated)],
      ...["-t", String(threads), "-ngl", "0", "-r", "1", "-o", "json"],
    ],
    { timeout: patience(context.model.name) },
  );
  const tests = JSON.parse(stdout) as { n_gen: number; avg_ts: number }[];
  const pace = (generates: boolean) =>
    tests.find(({ n_gen }) => n_gen > 0 === generates)?.avg_ts ?? Number.NaN;
  return { prefill: pace(false), decode: pace(true) };
}
