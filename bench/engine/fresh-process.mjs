// A process as a user has it, without this bench's tools in it: loads, encodes, answers; says what it took.
//
//   node fresh-process.mjs '{"model","projector","threads","isolation","picture","question","tokens","cacheDir"?}'
//
// Prints one line of JSON.
import { readFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { loadAddon } from "../../dist/engine/native/addon.js";
import { NativeEngine } from "../../dist/engine/native/native-engine.js";
import { ProcessEngine } from "../../dist/engine/process/process-engine.js";
import { readPicture } from "../../dist/image/read-picture.js";
import { renderPrompt } from "../../dist/prompt/render.js";

const task = JSON.parse(process.argv[2]);
const { model, projector, threads, isolation, picture, question, tokens, cacheDir } = task;
const delay = monitorEventLoopDelay({ resolution: 1 });
const delays = {};

/** A part of the work; how long the event loop stood still at most, and how long it all took, in milliseconds. */
async function phase(name, work) {
  delay.reset();
  delay.enable();
  const began = performance.now();
  const result = await work();
  const took = performance.now() - began;
  // A delay that is not over is not counted yet.
  await sleep(20);
  delay.disable();
  delays[name] = delay.max / 1e6;
  return { result, took };
}

let cacheBytes = 0;
const onLog = (_level, line) => {
  const size = /KV buffer size =\s+([\d.]+) MiB/.exec(line);
  if (size) cacheBytes += Number(size[1]) * 2 ** 20;
};
const inside = isolation === "none";
if (inside) loadAddon().setLogger(onLog);
const options = { model, projector, threads, ...(cacheDir && { embeddingCacheDir: cacheDir }) };

await sleep(50);
const { result: engine, took: load } = await phase("load", () =>
  inside ? NativeEngine.load(options) : ProcessEngine.load({ ...options, onLog }),
);
const image = await readPicture(picture);
const parts = renderPrompt([
  {
    role: "user",
    content: [
      { type: "image", image },
      { type: "text", text: question },
    ],
  },
]);
const { took: encode } = await phase("encode", () => engine.encode(image));
let first = 0;
await phase("generate", async () => {
  const began = performance.now();
  for await (const event of engine.generate(parts, { maxTokens: tokens })) {
    if (event.type === "text" && first === 0) first = encode + performance.now() - began;
  }
});
const peak = (pid) => {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;
  } catch {
    return Number.NaN;
  }
};
const memory = {
  application: process.resourceUsage().maxRSS * 1024,
  child: inside ? 0 : peak(engine.pid),
  cacheBytes,
};
await engine.dispose();
console.log(JSON.stringify({ load, encode, first, delays, memory }));
