/**
 * What the child process costs: time to the first token and tokens per second, child process against in-process, in
 * pairs that take turns in one run.
 *
 *   node bench/run.mjs bench/process.ts [--model FILE [--projector FILE]] [--pairs 30] [--tokens 64] [--threads 2]
 */
import { parseArgs } from "node:util";
import type { Engine, PromptPart } from "../src/engine/engine.js";
import { NativeEngine } from "../src/engine/native/native-engine.js";
import { ProcessEngine } from "../src/engine/process/process-engine.js";
import type { RgbImage } from "../src/image/rgb.js";
import { renderPrompt } from "../src/prompt/render.js";

const { values } = parseArgs({
  options: {
    model: { type: "string" },
    projector: { type: "string" },
    pairs: { type: "string", default: "30" },
    tokens: { type: "string", default: "64" },
    threads: { type: "string", default: "2" },
  },
});
const phantom = {
  model: "models/phantom/phantom-f16.gguf",
  projector: "models/phantom/mmproj-phantom-f16.gguf",
};
const files = values.model === undefined ? phantom : { model: values.model, projector: values.projector };

interface Run {
  /** Milliseconds. */
  readonly first: number;
  readonly tokensPerSecond: number;
}

/** As the caller sees it: from the call to the first piece, and the pace of the pieces after it. */
async function measure(engine: Engine, parts: readonly PromptPart[], seed: number): Promise<Run> {
  const started = performance.now();
  let first = 0;
  let last = 0;
  let tokens = 0;
  // Hot, so that the answer does not end early; of one seed, so that both engines say the same.
  const options = { maxTokens: Number(values.tokens), temperature: 10, topK: 0, topP: 1, seed };
  for await (const event of engine.generate(parts, options)) {
    last = performance.now();
    if (event.type === "text" && first === 0) first = last;
    if (event.type === "done") tokens = event.usage.completionTokens;
  }
  return { first: first - started, tokensPerSecond: ((tokens - 1) * 1000) / (last - first) };
}

const median = (numbers: readonly number[]): number => quantile(numbers, 0.5);

function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** `old/new` pair by pair: what both suffered from other programs falls out. */
function row(what: string, unit: string, here: readonly number[], there: readonly number[]): string {
  const ratios = there.map((value, index) => value / (here[index] ?? Number.NaN));
  const spread = `${quantile(ratios, 0.25).toFixed(3)}..${quantile(ratios, 0.75).toFixed(3)}`;
  const cells = [median(here).toFixed(2), median(there).toFixed(2), median(ratios).toFixed(3), spread];
  return `| ${what} (${unit}) | ${cells.join(" | ")} |`;
}

function picture(side: number, seed: number): RgbImage {
  const data = Uint8Array.from({ length: side * side * 3 }, (_, index) => (index * (seed + 1) * 31) >> 4);
  return {
    width: side,
    height: side,
    data,
    origin: { format: "raw", storedWidth: side, storedHeight: side, steps: [] },
  };
}

const ask = (content: Parameters<typeof renderPrompt<RgbImage>>[0][number]["content"]) =>
  renderPrompt([{ role: "user", content }]);

const loadOptions = {
  model: files.model,
  ...(files.projector !== undefined && { projector: files.projector }),
  threads: Number(values.threads),
};
const native = await NativeEngine.load(loadOptions);
const child = await ProcessEngine.load(loadOptions);
const side = native.info.projector?.imageSize ?? 0;
const known = picture(side, 0);

const text = "Describe the findings of a normal chest radiograph in detail.";
const prompts: [string, (pair: number) => PromptPart[]][] = [["text", () => ask(`${text}`)]];
if (side > 0) {
  const withPicture = (image: RgbImage) =>
    ask([
      { type: "image", image },
      { type: "text", text },
    ]);
  prompts.push(["known picture", () => withPicture(known)]);
  prompts.push(["new picture", (pair) => withPicture(picture(side, pair + 1))]);
}

console.log(
  `${native.info.model.name}, ${values.threads} threads, ${values.pairs} pairs, ${values.tokens} tokens\n`,
);
console.log("| measure | in-process | child process | ratio of pairs, median | quartiles |");
console.log("|---|---|---|---|---|");
for (const [name, make] of prompts) {
  const runs: { here: Run; there: Run }[] = [];
  for (let pair = -1; pair < Number(values.pairs); pair++) {
    const parts = make(pair);
    // Whoever goes first in a pair finds the caches cold: take turns.
    const order = pair % 2 === 0 ? [native, child] : [child, native];
    const results = new Map<Engine, Run>();
    for (const engine of order) results.set(engine, await measure(engine, parts, pair + 2));
    const [here, there] = [results.get(native), results.get(child)];
    if (pair >= 0 && here && there) runs.push({ here, there });
  }
  const column = (pick: (run: Run) => number) =>
    [runs.map(({ here }) => pick(here)), runs.map(({ there }) => pick(there))] as const;
  console.log(row(`${name}: first token`, "ms", ...column(({ first }) => first)));
  console.log(row(`${name}: pace`, "tokens/s", ...column(({ tokensPerSecond }) => tokensPerSecond)));
}
await Promise.all([native.dispose(), child.dispose()]);
