import { expect, test } from "vitest";
import { checkEndpoint } from "../../../../src/cli/endpoint-check.js";
import type { LoadOptions } from "../../../../src/medgemma/load/load-options.js";
import { answerOf, events, json, type Script, scriptedServer, vllm } from "./scripted-server.js";

async function findings(url: string, options: Pick<LoadOptions, "endpointTimeout" | "endpointModel"> = {}) {
  const all = [];
  for await (const line of checkEndpoint(url, options, new AbortController().signal)) all.push(line);
  return all;
}

const named = (lines: Awaited<ReturnType<typeof findings>>, name: string) =>
  lines.find((line) => line.name === name);

test("doctor tells what an endpoint of chat completions serves, and that it answers", async () => {
  const server = await scriptedServer(vllm((_, response) => events(response, answerOf("Hi", "length"))));
  const lines = await findings(server.url);
  expect(lines).toMatchObject([
    { name: "kind", value: "chat completions" },
    { name: "model", value: "google/medgemma-4b-it" },
    { name: "context", value: "4096 tokens" },
    { name: "pictures", value: "896 pixels square" },
    { name: "offers", value: "images, logprobs, jsonSchema, prefill; not grammar" },
    { name: "endpoint", ok: true },
  ]);
  expect(server.calls.at(-1)?.body).toMatchObject({ max_tokens: 1 });
});

test("and what a llama-server does", async () => {
  const script: Script = (call, response) => {
    if (call.path === "/props")
      json(response, { model_path: "/srv/m.gguf", model_ftype: "Q8_0", build_info: "b1-abc" });
    else if (call.path === "/v1/models") json(response, { data: [] });
    else if (call.path === "/tokenize") json(response, { tokens: [1] });
    else events(response, [{ content: "Hi" }, { content: "", stop: true, stop_type: "limit" }]);
  };
  const lines = await findings((await scriptedServer(script)).url);
  expect(named(lines, "kind")).toMatchObject({ value: "llama-server (b1-abc)" });
  expect(named(lines, "model")).toMatchObject({ value: "m, Q8_0" });
  expect(named(lines, "pictures")).toMatchObject({ value: "none" });
  expect(named(lines, "endpoint")).toMatchObject({ ok: true });
});

test("one that serves but does not answer, or is not there, fails with what to do", async () => {
  const server = await scriptedServer(vllm((_, response) => response.writeHead(500).end()));
  const lines = await findings(server.url);
  expect(named(lines, "model")).toBeDefined();
  expect(named(lines, "endpoint")).toMatchObject({ ok: false, detail: expect.stringContaining("500") });
  await server.close();
  expect(await findings(server.url)).toMatchObject([
    {
      name: "endpoint",
      ok: false,
      detail: expect.stringContaining("ECONNREFUSED"),
      remedy: expect.any(String),
    },
  ]);
});

test("credentials that are refused fail it", async () => {
  const server = await scriptedServer((_, response) => response.writeHead(401).end());
  expect(await findings(server.url)).toMatchObject([{ ok: false, detail: expect.stringContaining("401") }]);
});
