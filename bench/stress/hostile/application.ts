/** The application under attack: a model, an innocent user who asks all the time, and one attack after another. */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { MedGemma, MedGemmaError } from "../../../src/index.js";
import { type Application, makeAttack } from "../../../test/support/hostile/attacks/index.js";
import { spread } from "../../lib/stats.js";
import { descriptors, markMemory, peakMemory } from "./memory.js";
import type { Finding, Order } from "./messages.js";

const CALM_QUESTIONS = 15;
/** Descriptors of what an attack began are closed by then. */
const SETTLE_MS = 1000;

const uncaught: string[] = [];
const say = (finding: Finding) => process.send?.(finding);
const words = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error));
process.on("uncaughtException", (error) => uncaught.push(words(error)));
process.on("unhandledRejection", (error) => uncaught.push(words(error)));

const model = await MedGemma.load({ threads: 1, contextSize: 2048, parallel: 8 });

/** Asked again and again, with another picture each time, so that no cache answers. */
let asked = 0;
async function innocent(): Promise<number> {
  const data = new Uint8Array(64 * 64 * 3).fill(asked++ % 251);
  const began = performance.now();
  await model.ask({ data, width: 64, height: 64, channels: 3 }, "Is there a nodule?", {
    maxTokens: 4,
    seed: 1,
  });
  return performance.now() - began;
}
const calm: number[] = [];
await innocent();
for (let i = 0; i < CALM_QUESTIONS; i++) calm.push(await innocent());
const usual = spread(calm).median;
const opened = descriptors();

async function attackWith({ kind, seed }: Order): Promise<Finding> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "medgemma-hostile-"));
  try {
    const attack = await makeAttack(kind, seed, folder);
    say({ what: "begun", name: attack.name });
    return { what: "ended", name: attack.name, ...(await measured(attack.run, { model, folder })) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measured(
  run: (application: Application) => Promise<unknown>,
  application: Application,
): Promise<Partial<Finding>> {
  uncaught.length = 0;
  const before = descriptors();
  // What making the attack held up is not the package's.
  await sleep(20);
  const held = markMemory();
  const delays = monitorEventLoopDelay({ resolution: 5 });
  delays.enable();
  const questions = askMeanwhile();
  const began = performance.now();
  let outcome = "answered";
  try {
    await run(application);
  } catch (error) {
    outcome = MedGemmaError.isInstance(error) ? error.code : `untyped: ${words(error)}`;
  }
  const elapsed = performance.now() - began;
  // A long stretch at the very end is seen by the next turn only.
  await sleep(20);
  delays.disable();
  const beside = await questions.stop();
  const growth = peakMemory() - held;
  const settled = performance.now();
  while (descriptors() > before && performance.now() - settled < SETTLE_MS) await sleep(20);
  return {
    outcome,
    elapsed,
    delay: delays.max / 1e6,
    growth,
    descriptors: descriptors() - opened,
    beside,
    uncaught: [...uncaught],
  };
}

function askMeanwhile(): { stop(): Promise<number[]> } {
  const took: number[] = [];
  let stopped = false;
  const asking = (async () => {
    while (!stopped) {
      try {
        const elapsed = await innocent();
        // The last one had the machine to itself for a part of its time.
        if (!stopped) took.push(elapsed / usual);
      } catch (error) {
        uncaught.push(`an innocent question failed: ${words(error)}`);
        await sleep(50);
      }
    }
  })();
  return {
    async stop() {
      stopped = true;
      await asking;
      return took;
    },
  };
}

process.on("message", (order: Order) => {
  void attackWith(order).then(say, (error) => say({ what: "ended", outcome: `untyped: ${words(error)}` }));
});
say({ what: "ready" });
// The runner of TypeScript imports nothing more once this file has ended.
await once(process, "disconnect");
process.exit();
