/**
 * Thousands of requests at random on the phantom, and what must hold: every answer equals the one computed alone, no
 * request is forgotten, nothing stands still, memory stays flat. Ends with 1 when one of these does not hold.
 *
 *   npm run stress -- [--seconds 60] [--requests N] [--seed 1] [--context 2048] [--parallel 8] [--at-once 24]
 *
 * The phantom's sliding window is 256: contexts up to about 4096 keep everything, larger ones only the windows; 512 is
 * so small that requests are paused.
 *
 * Memory is judged after the first 30 % of the time. glibc's arenas fragment for several thousand requests before they
 * level off, so that short runs judge them and not the engine: on Linux set MALLOC_ARENA_MAX=1.
 */
import { parseArgs } from "node:util";
import { seededRandom } from "../../src/base/random.js";
import { NativeEngine } from "../../src/engine/native/native-engine.js";
import { makeTasks, type Outcome, run, type Task } from "./work.js";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    requests: { type: "string", default: "1000000" },
    seed: { type: "string", default: "1" },
    context: { type: "string", default: "2048" },
    parallel: { type: "string", default: "8" },
    "at-once": { type: "string", default: "24" },
  },
});
const contextSize = Number(values.context);
const random = seededRandom(Number(values.seed));
/** Of a log-probability, between batches of different shapes; the tail of the distribution rounds more coarsely. */
const ROUNDING = 0.15;
/** Two best tokens that are as near to each other as this may change places. */
const NEAR = 0.05;
const STUCK_MS = 120_000;
/** Growth of memory, once everything has warmed up, that is noise of the allocators. */
const GROWTH_SHARE = 0.05;

const violations: string[] = [];
const counts = { answered: 0, cancelled: 0, deterministic: 0, scored: 0, nearTies: 0, cached: 0, prompt: 0 };

const engine = await NativeEngine.load({
  model: "models/phantom/phantom-f16.gguf",
  projector: "models/phantom/mmproj-phantom-f16.gguf",
  threads: 1,
  contextSize,
  parallel: Number(values.parallel),
  // So small that pictures are forgotten and encoded again.
  embeddingCacheBytes: 12 * 16 * 256 * 4,
});

const tasks = await makeTasks(random, contextSize);
const expectedStarted = performance.now();
for (const task of tasks) task.expected = await run(engine, task, { deterministic: true });
const expectedSeconds = (performance.now() - expectedStarted) / 1000;

function violation(what: string): void {
  violations.push(what);
  // The first ones say what is wrong; a thousand like them say no more.
  if (violations.length <= 20) console.error(what);
}

function compare(task: Task, got: Outcome, deterministic: boolean): void {
  const { expected } = task;
  if (!expected) throw new Error("No answer to compare with.");
  for (const [index, token] of expected.tokens.entries()) {
    const other = got.tokens[index];
    const distance = Math.abs((other?.logprob ?? Number.NaN) - token.logprob);
    if (other?.id === token.id && distance <= (deterministic ? 0 : ROUNDING)) continue;
    if (!deterministic && task.labels.length === 0 && other?.id !== token.id && distance <= NEAR) {
      // Either is right, and the rest follows from it.
      counts.nearTies++;
    } else {
      violation(`${task.name}: token ${index} is ${JSON.stringify(other)}, not ${JSON.stringify(token)}`);
    }
    return;
  }
  if (got.text !== expected.text || got.tokens.length !== expected.tokens.length) {
    violation(`${task.name}: ${JSON.stringify([got.text, expected.text])}`);
  }
}

let open = 0;
let submitted = 0;
let lastEnd = performance.now();

async function request(): Promise<void> {
  const task = tasks[Math.floor(random() * tasks.length)];
  if (!task) throw new Error("No tasks.");
  const deterministic = random() < 0.03;
  const cancel = random() < 0.2;
  const stop = new AbortController();
  const timer = cancel ? setTimeout(() => stop.abort(), random() * random() * 1000) : undefined;
  open++;
  submitted++;
  try {
    const priority = random() < 0.3 ? "batch" : "interactive";
    const got = await run(engine, task, { deterministic, priority, signal: stop.signal });
    compare(task, got, deterministic);
    counts.answered++;
    if (deterministic) counts.deterministic++;
    if (task.labels.length > 0) counts.scored++;
    counts.cached += got.usage?.cachedTokens ?? 0;
    counts.prompt += got.usage?.promptTokens ?? 0;
  } catch (error) {
    if (cancel && (error as { code?: string }).code === "aborted") counts.cancelled++;
    else violation(`${task.name}: ${error}`);
  } finally {
    clearTimeout(timer);
    open--;
    lastEnd = performance.now();
  }
}

/** Megabytes outside V8's heap, whose size swings by tens of them, after what can be given back has been. */
async function memory(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    (globalThis as { gc?: () => void }).gc?.();
    await new Promise((wake) => setTimeout(wake, 50));
  }
  const { rss, heapTotal } = process.memoryUsage();
  return (rss - heapTotal) / 2 ** 20;
}

const watchdog = setInterval(async () => {
  if (open === 0 || performance.now() - lastEnd < STUCK_MS) return;
  console.error("stuck:", open, "open requests;", JSON.stringify(await engine.stats()));
  process.exit(1);
}, 1000);

const started = performance.now();
const seconds = () => (performance.now() - started) / 1000;
/** Workers that ask one after the other, until the time or the number is reached. */
async function phase(until: number): Promise<void> {
  const worker = async () => {
    while (seconds() < until && submitted < Number(values.requests)) await request();
  };
  await Promise.all(Array.from({ length: Number(values["at-once"]) }, worker));
}

const total = Number(values.seconds);
const megabytes: number[] = [];
for (let tenth = 1; tenth <= 10; tenth++) {
  await phase((total * tenth) / 10);
  megabytes.push(await memory());
}
// Collectors and allocators give back in bouts, so that the least of several readings counts.
const warm = Math.min(...megabytes.slice(2, 6));
const end = Math.min(...megabytes.slice(6));
clearInterval(watchdog);

const stats = await engine.stats();
const { running, waiting, failed } = stats.requests;
if (running !== 0 || waiting !== 0 || failed !== 0)
  violation(`at the end: ${JSON.stringify(stats.requests)}`);
const ended = stats.requests.completed + stats.requests.cancelled;
// A request whose signal came before it reached the scheduler is in none of the scheduler's counts.
if (ended > submitted + tasks.length || stats.requests.completed < counts.answered) {
  violation(`${submitted} requests, but ${JSON.stringify(stats.requests)}`);
}
if (end > warm * (1 + GROWTH_SHARE)) violation(`memory grew from ${warm.toFixed(1)} to ${end.toFixed(1)} MB`);
await engine.dispose();

console.log(
  [
    `context ${contextSize}, seed ${values.seed}: ${submitted} requests in ${seconds().toFixed(0)} s`,
    `(${tasks.length} questions answered alone before, in ${expectedSeconds.toFixed(0)} s)`,
    `answered ${counts.answered} (${counts.deterministic} deterministic, ${counts.scored} scorings), cancelled ${counts.cancelled}`,
    `near ties ${counts.nearTies}, paused ${stats.requests.preempted} times, prompt tokens from prefixes ${((100 * counts.cached) / counts.prompt).toFixed(0)} %`,
    `pictures encoded ${stats.images.encoded}, from memory ${stats.images.memoryHits}; prefixes evicted ${stats.prefixCache.evictions}`,
    `memory ${warm.toFixed(1)} MB warm, ${end.toFixed(1)} MB at the end; by tenths of the time ${megabytes.map((each) => each.toFixed()).join(" ")}`,
    violations.length === 0 ? "nothing amiss" : `${violations.length} VIOLATIONS`,
  ].join("\n"),
);
process.exitCode = violations.length === 0 ? 0 : 1;
