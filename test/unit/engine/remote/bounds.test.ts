import type { ServerResponse } from "node:http";
import { afterEach, expect, test, vi } from "vitest";
import { readAnswer } from "../../../../src/engine/remote/http/sse.js";
import { RemoteEngine } from "../../../../src/engine/remote/remote-engine.js";
import { json, type Script, scriptedServer, vllm } from "./scripted-server.js";

/** Sends without end, as fast as it is read. */
function endlessly(response: ServerResponse, begin: string, piece: string): void {
  response.write(begin);
  const go = () => {
    while (!response.destroyed && response.write(piece));
  };
  response.on("drain", go);
  response.on("error", () => undefined);
  go();
}

async function ask(script: Script): Promise<unknown> {
  const server = await scriptedServer(script);
  const engine = await RemoteEngine.load({ endpoint: server.url, endpointRetries: 0 });
  const parts = [
    { type: "text", text: "<start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\n", special: true },
  ] as const;
  let text = "";
  try {
    for await (const event of engine.generate(parts, { maxTokens: 8 }))
      if (event.type === "text") text += event.text;
    return text;
  } finally {
    await engine.dispose();
  }
}

const MEGABYTE = "x".repeat(1 << 20);
const chunk = (content: string) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`;
const tooLong = { code: "endpoint_failed", facts: { reason: "too_long" } };

test.each([
  ["events", "", chunk("Yes. ")],
  ["a line", 'data: {"choices":[{"delta":{"content":"', MEGABYTE],
  ["comments", "", ": ping\n\n"],
])("%s without end are no answer of eight tokens", async (_, begin, piece) => {
  await expect(ask(vllm((_call, response) => endlessly(response, begin, piece)))).rejects.toMatchObject(
    tooLong,
  );
});

test("nor is a list of models without end, or a refusal's body", async () => {
  await expect(ask((_call, response) => endlessly(response, '{"data":[', MEGABYTE))).rejects.toMatchObject(
    tooLong,
  );
  const refuses = vllm((_call, response) => {
    response.writeHead(400);
    endlessly(response, '{"message":"', MEGABYTE);
  });
  await expect(ask(refuses)).rejects.toMatchObject({ code: "endpoint_failed", facts: { status: 400 } });
});

afterEach(() => vi.restoreAllMocks());

const DEEP = "[".repeat(200_000) + "]".repeat(200_000);
const shape = { code: "endpoint_failed", facts: { reason: "shape" } };

test.each([
  ["in an event", `data: {"choices":${DEEP}}\n\n`, shape],
  ["in an event of several lines", `data: {"choices":\ndata: ${DEEP}}\n\n`, shape],
  ["in an event that is named an error", `event: error\ndata: ${DEEP}\n\n`, {}],
  ["in a line", `{"choices":[]}\n{"choices":${DEEP}}\n`, shape],
  ["in the first line", `{"choices":${DEEP}}\n{"choices":[]}\n`, shape],
  ["in a document", `{"choices":${DEEP}}`, shape],
  ["of a hundred thousand names", `{"choices":[],"a":{${'"a":1,'.repeat(100_000)}"b":1}}`, shape],
])("JSON in JSON without end %s is not parsed", async (_, body, error) => {
  const parser = vi.spyOn(JSON, "parse");
  const refused = expect(ask(vllm((_call, response) => response.end(body)))).rejects;
  await refused.toMatchObject({ code: "endpoint_failed", ...error });
  expect(Math.max(...parser.mock.calls.map(([text]) => text.length))).toBeLessThan(20_000);
});

test("nor in a list of models, or a refusal's body", async () => {
  const parser = vi.spyOn(JSON, "parse");
  await expect(ask((_call, response) => response.end(`{"data":${DEEP}}`))).rejects.toMatchObject(shape);
  const refuses = vllm((_call, response) => response.writeHead(400).end(`{"error":${DEEP}}`));
  await expect(ask(refuses)).rejects.toMatchObject({ code: "endpoint_failed", facts: { status: 400 } });
  expect(Math.max(...parser.mock.calls.map(([text]) => text.length))).toBeLessThan(20_000);
});

test("a llama-server's last event may repeat a long prompt", async () => {
  const prompt = MEGABYTE.repeat(3);
  const server = await scriptedServer((call, response) => {
    if (call.path === "/props") json(response, { model_path: "/m.gguf" });
    else if (call.path === "/v1/models") json(response, { data: [] });
    else if (call.path === "/tokenize") json(response, { tokens: [1] });
    else response.end(`data: ${JSON.stringify({ content: "", stop: true, prompt: call.body.prompt })}\n\n`);
  });
  const engine = await RemoteEngine.load({ endpoint: server.url, endpointRetries: 0 });
  const events = engine.generate([{ type: "text", text: prompt, special: true }], { maxTokens: 8 });
  await expect(events.next()).resolves.toMatchObject({ value: { type: "done" } });
  await events.return();
  await engine.dispose();
});

test("an event of more than may be is refused, whole or in pieces", async () => {
  for (const size of [1, 5, 100]) {
    const bytes = Buffer.from(`data: ${"x".repeat(30)}\n\n`);
    const pieces = async function* () {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    };
    const all: string[] = [];
    const read = async () => {
      for await (const event of readAnswer(pieces(), { most: 20, items: 20 })) all.push(event);
    };
    if (size < 100) await expect(read()).rejects.toMatchObject(tooLong);
  }
});
