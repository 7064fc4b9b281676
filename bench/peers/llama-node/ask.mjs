// llama.node asked about one picture, question by question: node ask.mjs '{"modules","model","projector",...}'
// Prints one line of JSON for each question: {"took": milliseconds}. Its own logs go to stdout too.
import { createRequire } from "node:module";
import path from "node:path";

const { modules, model, projector, threads, picture, questions, tokens } = JSON.parse(process.argv[2]);
const require = createRequire(path.join(modules, "package.json"));
const { loadModel } = require("@fugood/llama.node");

const context = await loadModel({
  model,
  n_ctx: 8192,
  n_gpu_layers: 0,
  n_threads: threads,
  lib_variant: "default",
});
if (!context.initMultimodal({ path: projector, use_gpu: false }))
  throw new Error("initMultimodal returned false");
for (const question of questions) {
  const began = performance.now();
  // With `messages` and the template by name it leaves the question out, so the prompt is written here.
  const prompt = `<start_of_turn>user\n<__media__>${question}<end_of_turn>\n<start_of_turn>model\n`;
  const result = await context.completion({
    prompt,
    media_paths: [picture],
    temperature: 0,
    n_predict: tokens,
  });
  if (typeof result.text !== "string") throw new Error("no answer");
  console.log(`\n${JSON.stringify({ took: performance.now() - began })}`);
}
await context.release();
