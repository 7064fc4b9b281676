import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { RemoteEngine } from "../../../../src/engine/remote/remote-engine.js";
import { answerOf, events, json, type Script, scriptedServer, vllm } from "./scripted-server.js";

const PARTS = [
  { type: "text", text: "<start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\n", special: true },
] as const;

const llama =
  (script: Script): Script =>
  (call, response) => {
    if (call.path === "/props") json(response, { model_path: "/m.gguf" });
    else if (call.path === "/v1/models") json(response, { data: [] });
    else if (call.path === "/tokenize") json(response, { tokens: [1] });
    else script(call, response);
  };

async function failure(script: Script, work: "generate" | "score"): Promise<unknown> {
  const server = await scriptedServer(script);
  const engine = await RemoteEngine.load({ endpoint: server.url, endpointRetries: 0 });
  try {
    if (work === "score") return await engine.score(PARTS, ["Yes"]);
    const all = [];
    for await (const event of engine.generate(PARTS, { maxTokens: 8, logprobs: 1 })) all.push(event);
    return all;
  } catch (error) {
    return error;
  } finally {
    await engine.dispose();
  }
}

const STRANGE = [
  null,
  [],
  5,
  "secret",
  { choices: { secret: 1 } },
  { choices: ["secret"] },
  { choices: [null] },
];
const CHAT = [
  ...STRANGE,
  { choices: [{ delta: "secret" }] },
  { choices: [{ delta: { content: { secret: 1 } } }] },
  { choices: [{ delta: { content: "a" }, logprobs: { content: [{ secret: 1 }] } }] },
  { choices: [{ delta: {} }], usage: { prompt_tokens: "secret" } },
];
const LLAMA = [
  null,
  [],
  "secret",
  { content: 5 },
  { content: "", tokens: "secret" },
  { content: "a", completion_probabilities: [{ secret: 1 }] },
];

function expectReason(error: unknown, reason: string): void {
  expect(error).toMatchObject({ code: "endpoint_failed", facts: { reason } });
  expect(JSON.stringify(error) + error + (error as Error).cause).not.toContain("secret");
}

test.each(CHAT)("an event of another form is called that: %j", async (event) => {
  expectReason(
    await failure(
      vllm((_, response) => events(response, [event])),
      "generate",
    ),
    "shape",
  );
});

test.each(LLAMA)("and at a llama-server: %j", async (event) => {
  expectReason(
    await failure(
      llama((_, response) => events(response, [event])),
      "generate",
    ),
    "shape",
  );
});

test.each(STRANGE)("and where a score is asked: %j", async (answer) => {
  expectReason(
    await failure(
      vllm((_, response) => json(response, answer)),
      "score",
    ),
    "shape",
  );
});

test.each([
  ["bad_json", (response: ServerResponse) => response.end("data: {secret\n\n")],
  ["shape", (response: ServerResponse) => json(response, ["secret"])],
  ["no_json", (response: ServerResponse) => response.end("<!doctype html>secret")],
  [
    "no_json",
    (response: ServerResponse) => response.writeHead(200, { "content-type": "text/html" }).end("secret"),
  ],
  ["cut", (response: ServerResponse) => response.end()],
])("an answer that is none has the reason %s", async (reason, answer) => {
  expectReason(
    await failure(
      vllm((_, response) => answer(response)),
      "generate",
    ),
    reason,
  );
  expectReason(
    await failure(
      llama((_, response) => answer(response)),
      "generate",
    ),
    reason,
  );
});

test("probabilities that are not told are not offered", async () => {
  const script = vllm((_, response) => json(response, { choices: null }));
  expect(await failure(script, "score")).toMatchObject({ facts: { capability: "logprobs" } });
});

test("what is told as null is not there", async () => {
  const sparse = [{ choices: null, usage: null }, ...answerOf("Yes")].map((chunk) => ({
    ...chunk,
    error: undefined,
  }));
  const script = vllm((_, response) =>
    events(response, [
      { choices: [{ delta: { content: null, reasoning: null }, logprobs: null, finish_reason: null }] },
      ...sparse,
    ]),
  );
  const server = await scriptedServer(script);
  const engine = await RemoteEngine.load({ endpoint: server.url, endpointRetries: 0 });
  const seen = [];
  for await (const event of engine.generate(PARTS, { maxTokens: 8 })) seen.push(event);
  expect(seen).toMatchObject([{ text: "Yes" }, { type: "done" }]);
  await engine.dispose();
});
