import { describe, expect, test } from "vitest";
import { resolveRemoteOptions } from "../../../../src/engine/remote/endpoint/remote-options.js";
import { RemoteEngine } from "../../../../src/engine/remote/remote-engine.js";
import { renderPrompt } from "../../../../src/prompt/render.js";
import { answerOf, events, json, scriptedServer, vllm } from "./scripted-server.js";

const QUESTION = renderPrompt<never>([{ role: "user", content: "Hi" }]);

async function ask(endpoint: string): Promise<string> {
  const engine = await RemoteEngine.load({ endpoint, endpointRetries: 0, apiKey: "SECRET" });
  let text = "";
  for await (const event of engine.generate(QUESTION, { maxTokens: 8 }))
    if (event.type === "text") text += event.text;
  return text;
}

test.each([
  "",
  "/",
  "//",
  "/v1",
  "/v1/",
  "/v1/chat/completions",
  "/v1/chat/completions/",
  "/chat/completions",
  "/v1/completions",
  "/completion",
  "/v1/models",
  "/health",
  "/props?x=1",
  "/v1/chat/completions?stream=true#top",
  "/#/",
  "/V1",
  "/V1/Chat/Completions",
  "/docs",
  "/docs#/default",
  "/redoc/",
  "/openapi.json",
  "/index.html",
  "/v1/embeddings",
  "/metrics",
  "/v1/models?x=1",
  "/api/chat",
  "/api/generate/",
  "/api/tags",
  "/api/v0",
  "/api/v0/chat/completions",
])("http://host:8000%s is the endpoint itself", (end) => {
  for (const base of ["http://host:8000", "https://host/gateway/v2"])
    expect(resolveRemoteOptions({ endpoint: base + end }).endpoints).toEqual([base]);
});

test.each([
  "https://p.googleapis.com/v1/projects/p/locations/l/endpoints/7",
  "https://p.googleapis.com/v1/projects/p/locations/l/endpoints/7/chat/completions",
])("of Vertex AI it stays the endpoint's: %s", (endpoint) => {
  const [resolved] = resolveRemoteOptions({ endpoint }).endpoints;
  expect(resolved).toBe("https://p.googleapis.com/v1/projects/p/locations/l/endpoints/7");
});

test.each([
  "localhost:8080",
  "ftp://host",
  "http://user:SECRET@host",
  "http://host/v1?key=SECRET",
  "http://host/?access_token=SECRET",
  "",
])("%s is refused, and not repeated", (endpoint) => {
  try {
    resolveRemoteOptions({ endpoint });
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ code: "bad_option", facts: { option: "endpoint" } });
    expect(String(error)).not.toContain("SECRET");
  }
});

test.each(["", "/v1", "/v1/", "/v1/models", "/v1/chat/completions", "/chat/completions", "/docs"])(
  "a gateway at /api stays there: /api%s",
  (end) => {
    expect(resolveRemoteOptions({ endpoint: `https://host/api${end}` }).endpoints).toEqual([
      "https://host/api",
    ]);
  },
);

test("what only looks like a call stays a part of the address", () => {
  for (const path of ["/openai", "/apis", "/my-docs", "/health-models", "/v10", "/api/chats"])
    expect(resolveRemoteOptions({ endpoint: `http://host${path}` }).endpoints).toEqual([
      `http://host${path}`,
    ]);
});

test("a pasted address of a call answers", async () => {
  const server = await scriptedServer(vllm((_, response) => events(response, answerOf("Yes"))));
  expect(await ask(`${server.url}/v1/chat/completions`)).toBe("Yes");
});

describe("a redirect", () => {
  const good = vllm((_, response) => events(response, answerOf("Yes")));

  test("of a question without body is followed at the same place only", async () => {
    const server = await scriptedServer((call, response) => {
      if (call.path === "/v1/models") response.writeHead(301, { location: "/moved/models" }).end();
      else good({ ...call, path: call.path.replace("/moved/models", "/v1/models") }, response);
    });
    expect(await ask(server.url)).toBe("Yes");
    const elsewhere = await scriptedServer(good);
    const away = await scriptedServer((call, response) =>
      response.writeHead(302, { location: `${elsewhere.url}${call.path}?user=SECRET` }).end(),
    );
    await expect(ask(away.url)).rejects.toMatchObject({
      code: "endpoint_failed",
      facts: { reason: "redirect", address: elsewhere.url },
      remedy: `Name the endpoint as ${elsewhere.url}`,
    });
    expect(elsewhere.calls).toHaveLength(0);
  });

  test.each([301, 302, 303, 307, 308])(
    "of an answer's question by %i is refused, with the address",
    async (status) => {
      const server = await scriptedServer((call, response) => {
        if (!call.path.endsWith("/chat/completions")) good(call, response);
        else
          response.writeHead(status, { location: `http://u:SECRET@host/other${call.path}?key=SECRET` }).end();
      });
      const error = await ask(server.url).catch((caught) => caught);
      expect(error).toMatchObject({
        facts: { reason: "redirect", address: "http://host/other" },
        remedy: "Name the endpoint as http://host/other",
      });
      expect(JSON.stringify(error) + error).not.toContain("SECRET");
    },
  );

  test("without end, or to a page to sign in at, is told", async () => {
    const loop = await scriptedServer((call, response) =>
      response.writeHead(302, { location: `${call.path}/again` }).end(),
    );
    await expect(ask(loop.url)).rejects.toMatchObject({ facts: { reason: "redirect" } });
    const login = await scriptedServer((_, response) =>
      response.writeHead(302, { location: "https://login.example/start?next=x" }).end(),
    );
    await expect(ask(login.url)).rejects.toMatchObject({ remedy: expect.stringContaining("sign in") });
  });

  test("to nowhere is a status", async () => {
    const server = await scriptedServer((call, response) =>
      call.path.endsWith("/chat/completions") ? json(response, {}, 302) : good(call, response),
    );
    await expect(ask(server.url)).rejects.toMatchObject({ facts: { status: 302 } });
  });
});
