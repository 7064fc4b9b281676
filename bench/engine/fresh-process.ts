import path from "node:path";
import { patience, run } from "../lib/children.js";
import { benchDir } from "../lib/paths.js";
import { QUESTIONS } from "../lib/prompts.js";
import type { Context } from "../lib/types.js";

/** What fresh-process.mjs says. Milliseconds and bytes. */
export interface FreshProcess {
  readonly load: number;
  readonly encode: number;
  /** To the first token, from the question about a decoded picture. */
  readonly first: number;
  readonly delays: { readonly load: number; readonly encode: number; readonly generate: number };
  readonly memory: { readonly application: number; readonly child: number; readonly cacheBytes: number };
}

export type Isolation = "process" | "none";

export async function freshProcess(
  context: Context,
  isolation: Isolation,
  picture: string,
  cacheDir?: string,
): Promise<FreshProcess> {
  const { model, projector, threads } = context.model;
  const tokens = context.quick ? 8 : 32;
  const task = { model, projector, threads, isolation, picture, question: QUESTIONS[0], tokens, cacheDir };
  const script = path.join(benchDir, "engine/fresh-process.mjs");
  const { stdout } = await run(process.execPath, [script, JSON.stringify(task)], {
    timeout: patience(context.model.name),
  });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as FreshProcess;
}
