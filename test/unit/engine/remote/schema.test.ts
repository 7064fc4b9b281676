import { expect, test } from "vitest";
import { z } from "zod";
import { MedGemma } from "../../../../src/medgemma/medgemma.js";
import { rejection } from "../../../support/ask.js";
import { answerOf, events, json, type Script, scriptedServer, vllm } from "./scripted-server.js";

const SCHEMA = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  properties: {
    code: { type: "string", pattern: "[A-Z]\\d" },
    size: { type: "number", minimum: 0, maximum: 1 },
  },
  required: ["code"],
  note: "of the form's second page",
};

const answering = async (answer: string) => {
  const server = await scriptedServer(vllm((_, response) => events(response, answerOf(answer))));
  return { server, model: await MedGemma.load({ endpoint: server.url }) };
};

test("a chat endpoint is sent the caller's own schema", async () => {
  const { server, model } = await answering('{"code": "A1"}');
  const { value } = await model.ask([], "Q", { schema: SCHEMA });
  expect(value).toEqual({ code: "A1" });
  expect(server.calls.at(-1)?.body).toMatchObject({
    response_format: { type: "json_schema", json_schema: { name: "answer", schema: SCHEMA, strict: true } },
  });
});

test.each([
  ['{"code": "none"}', { path: "/code", keyword: "pattern" }],
  ['{"code": "A1", "size": 1.5}', { path: "/size", keyword: "maximum" }],
  ['{"size": 1}', { path: "", keyword: "required" }],
  ["[]", { path: "", keyword: "type" }],
])("what an endpoint makes of the schema is checked: %s", async (answer, facts) => {
  const { model } = await answering(answer);
  const error = await rejection(model.ask([], "Q", { schema: SCHEMA }));
  expect([error.code, error.facts]).toEqual(["answer_invalid", facts]);
  const library = z.object({ code: z.string().regex(/^[A-Z]\d$/), size: z.number().max(1).optional() });
  expect((await rejection(model.ask([], "Q", { schema: library }))).code).toBe("answer_invalid");
});

test("a thought before an endpoint's answer is a thought, markers inside are letters", async () => {
  const pieces = [{ reasoning_content: "Hm." }, { content: '{"code": "A1 <unused95>"}' }];
  const script: Script = (_, response) =>
    events(response, [
      ...pieces.map((delta) => ({ choices: [{ delta }] })),
      { choices: [{ delta: {}, finish_reason: "stop" }] },
    ]);
  const server = await scriptedServer(vllm(script));
  const model = await MedGemma.load({ endpoint: server.url });
  const { value, thought } = await model.ask([], "Q", { schema: SCHEMA });
  expect([value, thought]).toEqual([{ code: "A1 <unused95>" }, "Hm."]);
});

test("a llama-server is sent the grammar, and no control word may follow it", async () => {
  const server = await scriptedServer(({ path, body }, response) => {
    if (path === "/props") json(response, { model_path: "/srv/m.gguf" });
    else if (path === "/v1/models") json(response, { data: [{ id: "m" }] });
    else if (path === "/tokenize")
      json(response, { tokens: [String(body.content).includes("94") ? 100 : 101] });
    else if (path === "/completion")
      events(response, [{ content: '{"code": "A1"}' }, { content: "", stop: true }]);
    else response.writeHead(404).end();
  });
  const model = await MedGemma.load({ endpoint: server.url });
  await model.ask([], "Q", { schema: SCHEMA });
  const sent = server.calls.find(({ path }) => path === "/completion")?.body;
  expect(sent).toMatchObject({
    grammar: expect.stringMatching(/^root ::= /),
    logit_bias: [
      [100, false],
      [101, false],
    ],
  });
  expect(sent).not.toHaveProperty("json_schema");
});
