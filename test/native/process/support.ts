import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { Engine, GenerateOptions } from "../../../src/engine/engine.js";
import { ProcessEngine } from "../../../src/engine/process/process-engine.js";
import type { ProcessEngineOptions } from "../../../src/engine/process/process-options.js";
import type { RgbImage } from "../../../src/image/rgb.js";
import { renderPrompt } from "../../../src/prompt/render.js";
import { type Answer, answerText, UNENDING } from "../../support/ask.js";
import { PHANTOM } from "../../support/phantom.js";

/** One thread: two would wait for each other whenever another program has a core. */
export function loadProcess(options: Partial<ProcessEngineOptions> = {}): Promise<ProcessEngine> {
  return ProcessEngine.load({ ...PHANTOM, threads: 1, ...options });
}

/** Letters by chance, a second or two of them. */
export const BABBLE = {
  ...UNENDING,
  temperature: 10,
  topK: 0,
  topP: 1,
  minP: 0,
  seed: 1,
  maxTokens: 1500,
} as const;

export const QUESTION = "What is a pleural effusion?";

/** Events of a request that runs until something stops it. */
export function babble(engine: Engine, options: Partial<GenerateOptions> = {}) {
  const parts = renderPrompt<RgbImage>([{ role: "user", content: QUESTION }]);
  return engine.generate(parts, { ...BABBLE, ...options });
}

/** The same, once its first token has come; `rest` settles with the request. */
export async function babbling(engine: Engine): Promise<{ rest: Promise<number> }> {
  const events = babble(engine)[Symbol.asyncIterator]();
  await events.next();
  const rest = (async () => {
    let pieces = 1;
    while (!(await events.next()).done) pieces++;
    return pieces;
  })();
  rest.catch(() => undefined);
  return { rest };
}

export const shortAnswer = (engine: Engine): Promise<Answer> =>
  answerText(engine, QUESTION, { maxTokens: 8 });

/** A process that has ended but that nobody has collected yet does not count. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    if (process.platform !== "linux") return true;
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** The deadline is far above what it takes: only what never comes runs into it. */
export async function waitUntil(condition: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 120_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`Not within two minutes: ${what}`);
    await delay(5);
  }
}

export function pidOf(engine: ProcessEngine): number {
  if (engine.pid === undefined) throw new Error("No process runs.");
  return engine.pid;
}
