import { expect, test } from "vitest";
import { MedGemma } from "../../../../src/medgemma/medgemma.js";
import { answerOf, events, scriptedServer, vllm } from "./scripted-server.js";

test("tokens that an endpoint does not count are not told as none", async () => {
  const script = vllm((_, response) => events(response, answerOf('{"a":').slice(0, 3)));
  const server = await scriptedServer(script);
  const model = await MedGemma.load({ endpoint: server.url, endpointRetries: 0 });
  const { usage } = await model.ask([], "Hi", { maxTokens: 8 });
  expect(usage).toMatchObject({ promptTokens: Number.NaN, completionTokens: Number.NaN });
  expect(server.calls.at(-1)?.body).toMatchObject({ stream_options: { include_usage: true } });
  const schema = { type: "object", properties: { a: { type: "string" } } } as const;
  const error = await model.ask([], "Hi", { maxTokens: 8, schema }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    code: "answer_incomplete",
    message: "The answer ended, before its JSON was whole.",
  });
  await model.dispose();
});
