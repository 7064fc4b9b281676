import { expect, test } from "vitest";
import type { GenerateOptions } from "../../../../src/engine/engine.js";
import { RemoteEngine } from "../../../../src/engine/remote/remote-engine.js";
import { SAMPLING, SAMPLING_NAMES } from "../../../../src/engine/sampling.js";
import { UNUSUAL } from "../../../support/sampling.js";
import { answerOf, events, json, type Script, scriptedServer, vllm } from "./scripted-server.js";

const PARTS = [
  { type: "text", text: "<start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\n", special: true },
] as const;

const llamaServer: Script = (call, response) => {
  if (call.path === "/props") json(response, { model_path: "/m.gguf" });
  else if (call.path === "/v1/models") json(response, { data: [] });
  else if (call.path === "/tokenize") json(response, { tokens: [1] });
  else events(response, [{ content: "", stop: true, stop_type: "eos" }]);
};
const chat = vllm((_call, response) => events(response, answerOf("No.")));

/** What is sent for a generation. */
async function bodyOf(script: Script, options: Partial<GenerateOptions>): Promise<Record<string, unknown>> {
  const server = await scriptedServer(script);
  const engine = await RemoteEngine.load({ endpoint: server.url, endpointRetries: 0 });
  try {
    for await (const _ of engine.generate(PARTS, { maxTokens: 8, seed: 7, ...options }));
  } finally {
    await engine.dispose();
  }
  return server.calls.findLast(({ body }) => body.stream)?.body ?? {};
}

test("a greedy chat completion carries nothing of the draw, nor what is off", async () => {
  const body = await bodyOf(chat, { minP: 0.2 });
  expect(body).toMatchObject({ temperature: 0, seed: 7 });
  for (const field of ["top_k", "top_p", "min_p", "repetition_penalty", "repeat_penalty"])
    expect(body).not.toHaveProperty(field);
});

test("a drawn one carries the defaults that its server may not have, and no more", async () => {
  const body = await bodyOf(chat, { temperature: 1 });
  expect(body).toMatchObject({ temperature: 1, seed: 7, top_k: 64, top_p: 0.95 });
  for (const field of ["min_p", "repetition_penalty", "repeat_penalty"])
    expect(body).not.toHaveProperty(field);
});

test("a repetition penalty is told greedily too, by both servers' names", async () => {
  const body = await bodyOf(chat, { repeatPenalty: 1.3 });
  expect(body).toMatchObject({ repetition_penalty: 1.3, repeat_penalty: 1.3 });
});

test("a llama-server is told all, as its own defaults are others", async () => {
  expect(await bodyOf(llamaServer, {})).toMatchObject({
    ...{ temperature: 0, top_k: 64, top_p: 0.95, min_p: 0 },
    ...{ repeat_penalty: 1, repeat_last_n: 256, seed: 7 },
  });
});

test.each([
  ["llamaServer", llamaServer],
  ["chat", chat],
] as const)("%s is sent every option of the table that it supports", async (api, script) => {
  const body = await bodyOf(script, UNUSUAL);
  for (const name of SAMPLING_NAMES)
    for (const field of SAMPLING[name][api]) expect(body[field], field).toBe(UNUSUAL[name]);
});
