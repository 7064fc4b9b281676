import path from "node:path";
import { run } from "../lib/children.js";
import { benchDir } from "../lib/paths.js";
import type { Context } from "../lib/types.js";
import { need } from "./find.js";

/** Milliseconds that transformers takes for one picture in bfloat16. */
export async function torchEncode(context: Context): Promise<number> {
  const script = path.join(benchDir, "peers/siglip_bf16.py");
  // Two runs: the first one of a process also warms up.
  const { stdout } = await run(need(context.peers.torch), [script, String(context.model.threads), "2"]);
  const line = stdout.trim().split("\n").at(-1) ?? "";
  const { milliseconds } = JSON.parse(line) as { milliseconds: number[] };
  return Math.min(...milliseconds);
}
