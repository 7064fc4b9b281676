import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { MedGemmaError } from "../../../src/base/errors.js";
import { ProcessEngine } from "../../../src/engine/process/process-engine.js";
import { answer } from "../../support/ask.js";
import { type Golden, goldens, messagesOf, PHANTOM } from "../../support/phantom.js";
import { isAlive } from "./support.js";

export interface Outcome {
  kills: number;
  answered: number;
  /** Answered with other words than the reference's. */
  wrong: number;
  /** Rejections by code. */
  rejected: Record<string, number>;
  /** Rejections that are not ours. */
  untyped: string[];
  /** Times the engine gave up and was loaded again. */
  gaveUp: number;
  restarts: number;
  /** Requests that never settled. */
  open: number;
  newTemporaryFiles: string[];
  orphans: number[];
}

const WORKERS = 3;
/** Asks without pause from several sides while the process is killed at random moments, also while it starts. */
export async function killUnderLoad(kills: number): Promise<Outcome> {
  const outcome: Outcome = {
    kills: 0,
    answered: 0,
    wrong: 0,
    rejected: {},
    untyped: [],
    gaveUp: 0,
    restarts: 0,
    open: 0,
    newTemporaryFiles: [],
    orphans: [],
  };
  // A folder of its own: other programs have theirs in the machine's.
  const temporary = mkdtempSync(path.join(tmpdir(), "medgemma-kills-"));
  const load = () => ProcessEngine.load({ ...PHANTOM, threads: 1, env: { TMPDIR: temporary } });
  const pids = new Set<number>();
  let engine = await load();
  let reload: Promise<void> | undefined;
  let over = false;

  const work = async (first: number) => {
    for (let i = first; !over; i += WORKERS) {
      const golden = goldens[i % goldens.length] as Golden;
      outcome.open++;
      try {
        const { text } = await answer(engine, await messagesOf(golden), { deterministic: true });
        outcome.answered++;
        if (text !== golden.answer) outcome.wrong++;
      } catch (error) {
        const code = MedGemmaError.isInstance(error) ? error.code : String(error);
        outcome.rejected[code] = (outcome.rejected[code] ?? 0) + 1;
        if (!MedGemmaError.isInstance(error)) outcome.untyped.push(code);
        else if (error.facts.crashes !== undefined) reload ??= loadAgain();
        // A rejection can come within a turn of the event loop; asking again at once would never let it turn.
        await (reload ?? delay(1));
      } finally {
        outcome.open--;
      }
    }
  };
  const loadAgain = async () => {
    outcome.gaveUp++;
    outcome.restarts += (await engine.stats()).restarts;
    await engine.dispose();
    engine = await load();
    reload = undefined;
  };

  const workers = Array.from({ length: WORKERS }, (_, first) => work(first));
  while (outcome.kills < kills) {
    await delay(Math.random() * 1500);
    const { pid } = engine;
    if (pid === undefined) continue;
    pids.add(pid);
    try {
      process.kill(pid, "SIGKILL");
      outcome.kills++;
    } catch {
      // It has just gone by itself.
    }
  }
  over = true;
  await Promise.all(workers);
  outcome.restarts += (await engine.stats()).restarts;
  if (engine.pid !== undefined) pids.add(engine.pid);
  await engine.dispose();
  outcome.orphans = [...pids].filter(isAlive);
  outcome.newTemporaryFiles = readdirSync(temporary);
  rmSync(temporary, { recursive: true });
  return outcome;
}
