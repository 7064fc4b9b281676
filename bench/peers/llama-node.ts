import path from "node:path";
import { patience, start } from "../lib/children.js";
import { benchDir } from "../lib/paths.js";
import type { Context } from "../lib/types.js";
import { need } from "./find.js";
import { ANSWER_TOKENS } from "./mtmd-cli.js";

/** Milliseconds of each question, one after the other in one process, until `enough` of them says so. */
export async function askLlamaNode(
  context: Context,
  picture: string,
  questions: readonly string[],
  enough: (took: readonly number[]) => boolean,
): Promise<number[]> {
  const { model, projector, threads } = context.model;
  const modules = need(context.peers.llamaNode);
  const task = { modules, model, projector, threads, picture, questions, tokens: ANSWER_TOKENS };
  const script = path.join(benchDir, "peers/llama-node/ask.mjs");
  const child = start(process.execPath, [script, JSON.stringify(task)]);
  const took: number[] = [];
  let rest = "";
  let last = "";
  const limit = patience(context.model.name);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, limit);
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line.startsWith('{"took":')) took.push((JSON.parse(line) as { took: number }).took);
    }
    if (enough(took)) child.kill("SIGKILL");
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    last = (last + text).slice(-300);
  });
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => resolve());
  }).finally(() => clearTimeout(timer));
  if (late)
    throw new Error(`llama.node still ran after ${limit / 1000} s, ${took.length} questions answered`);
  if (took.length === 0) throw new Error(`llama.node gave no answer: ${last.replaceAll("\n", " | ")}`);
  return took;
}
