import { expect, test } from "vitest";
import { retryAfter } from "../../../../src/base/http.js";
import { LONGEST_RETRY_AFTER } from "../../../../src/engine/remote/http/status-error.js";
import { RemoteEngine } from "../../../../src/engine/remote/remote-engine.js";
import type { RgbImage } from "../../../../src/image/rgb.js";
import { renderPrompt } from "../../../../src/prompt/render.js";
import { answerOf, events, json, type Script, scriptedServer, vllm } from "./scripted-server.js";

const image: RgbImage = {
  data: new Uint8Array(14 * 14 * 3),
  width: 14,
  height: 14,
  origin: { format: "raw", storedWidth: 14, storedHeight: 14, steps: [] },
};

async function ask(script: Script, pictures: 0 | 1, endpointRetries = 0): Promise<unknown> {
  const server = await scriptedServer(vllm(script));
  const engine = await RemoteEngine.load({ endpoint: server.url, imageSize: 14, endpointRetries });
  const content = [
    ...(pictures ? [{ type: "image", image } as const] : []),
    { type: "text", text: "Hi" } as const,
  ];
  try {
    const all = [];
    for await (const event of engine.generate(renderPrompt([{ role: "user", content }]), { maxTokens: 8 }))
      all.push(event);
    return all;
  } catch (error) {
    return error;
  } finally {
    await engine.dispose();
  }
}

const refuse =
  (status: number, body: unknown): Script =>
  (_, response) =>
    json(response, body, status);

const NO_IMAGES: readonly [number, unknown][] = [
  [
    400,
    {
      object: "error",
      message: "secret/m is not a multimodal model None",
      type: "BadRequestError",
      code: 400,
    },
  ],
  [400, { error: { message: "secret/m is not a multimodal model", type: "BadRequestError" } }],
  [
    500,
    {
      error: {
        code: 500,
        message: "image input is not supported - hint: provide the mmproj",
        type: "server_error",
      },
    },
  ],
  [
    500,
    {
      error: {
        code: 500,
        message: 'Failed to parse messages: Unsupported content part type: "image_url"; secret',
      },
    },
  ],
  [400, { error: { message: "The model secret does not support images." } }],
  [404, { error: { message: "No endpoints found that support image input", code: 404 } }],
  [400, { error: { message: "At most 0 image(s) may be provided in one prompt." } }],
  [422, { detail: "This model does not support multimodal input: secret" }],
  [400, { error: "unknown variant `image_url`, expected `text`" }],
];

test.each(NO_IMAGES)(
  "a model that reads no pictures is told from other refusals: %i %j",
  async (status, body) => {
    const error = await ask(refuse(status, body), 1);
    expect(error).toMatchObject({ code: "unsupported_by_endpoint", facts: { capability: "images" } });
    expect(JSON.stringify(error) + error).not.toContain("secret");
    // Without a picture it is about something else.
    expect(await ask(refuse(status, body), 0)).toMatchObject({ code: "endpoint_failed", facts: { status } });
  },
);

test("so is one that says so in plain words, or within the stream", async () => {
  const refused = { code: "unsupported_by_endpoint", facts: { capability: "images" } };
  const plain: Script = (_, response) => response.writeHead(400).end("model does not support images");
  expect(await ask(plain, 1)).toMatchObject(refused);
  const within: Script = (_, response) =>
    events(response, [{ error: { message: "image input is not supported", code: 500 } }]);
  expect(await ask(within, 1)).toMatchObject(refused);
});

test.each([
  [{ error: { message: "secret", type: "invalid_request_error" } }, "invalid_request_error"],
  [{ message: "secret", type: "BadRequestError" }, "BadRequestError"],
  [{ error: { message: "secret", type: "secret words" } }, undefined],
  [{ error: "secret" }, undefined],
  [null, undefined],
])("a refusal tells its kind, and no text: %j", async (body, kind) => {
  const error = await ask(refuse(400, body), 1);
  expect(error).toMatchObject({ code: "endpoint_failed", facts: { status: 400 } });
  expect((error as { facts: object }).facts).toHaveProperty("status", 400);
  expect((error as { facts: { kind?: string } }).facts.kind).toBe(kind);
  expect(JSON.stringify(error) + error).not.toContain("secret");
  if (kind !== undefined) expect(String(error)).toContain(kind);
});

test("a web page as refusal is called one", async () => {
  const page: Script = (_, response) =>
    response.writeHead(404, { "content-type": "text/html" }).end("<p>secret");
  const error = await ask(page, 0);
  expect(error).toMatchObject({ code: "endpoint_failed", facts: { status: 404, kind: "web_page" } });
  expect(String(error)).toContain("a web page");
});

test.each([
  ["3600", 60],
  [() => new Date(Date.now() + 7_200_000).toUTCString(), 120],
])("an endpoint that asks to come back much later is not asked again", async (header, minutes) => {
  let calls = 0;
  const script: Script = (_, response) => {
    calls++;
    response.writeHead(429, { "retry-after": typeof header === "string" ? header : header() }).end();
  };
  const error = await ask(script, 0, 3);
  expect(error).toMatchObject({ code: "endpoint_failed", facts: { status: 429, reason: "busy" } });
  expect(String(error)).toContain(`come back in ${minutes} minutes`);
  expect(calls).toBe(1);
});

test("one that asks for a moment, by a date, is asked again", async () => {
  let calls = 0;
  const script: Script = (_, response) => {
    if (calls++ > 0) events(response, answerOf("Yes"));
    else response.writeHead(503, { "retry-after": new Date(Date.now() + 1000).toUTCString() }).end();
  };
  expect(await ask(script, 0, 1)).toMatchObject([{ text: "Yes" }, { type: "done" }]);
  expect(calls).toBe(2);
});

test("Retry-After has seconds, a date, or nothing that is known", () => {
  expect(retryAfter("3600")).toBe(3_600_000);
  expect(retryAfter(" 0.5 ")).toBe(500);
  expect(retryAfter(new Date(0).toUTCString())).toBe(0);
  expect(retryAfter(new Date(Date.now() + 2 * LONGEST_RETRY_AFTER).toUTCString())).toBeGreaterThan(
    LONGEST_RETRY_AFTER,
  );
  expect(retryAfter("soon")).toBeUndefined();
  expect(retryAfter("")).toBeUndefined();
});
