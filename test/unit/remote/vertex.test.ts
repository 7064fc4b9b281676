import { afterEach, beforeEach, expect, test } from "vitest";
import { googleHeaders, isVertex, mayHaveToken } from "../../../src/engine/remote/google-auth.js";
import { RemoteEngine } from "../../../src/engine/remote/remote-engine.js";
import { renderPrompt } from "../../../src/prompt/render.js";
import { answerOf, events, json, scriptedServer } from "./scripted-server.js";

// Google's library asks the machine for a token at this address, as on Compute Engine.
const NAMES = ["GCE_METADATA_HOST", "METADATA_SERVER_DETECTION", "GOOGLE_APPLICATION_CREDENTIALS", "HOME"];
let before: [string, string | undefined][];
beforeEach(() => {
  before = NAMES.map((name) => [name, process.env[name]]);
  for (const name of NAMES) delete process.env[name];
});
afterEach(() => {
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

const ENDPOINT = "/v1/projects/p/locations/europe-west4/endpoints/123";

test("a dedicated endpoint is asked with a token of Google's library", async () => {
  const metadata = await scriptedServer((call, response) => {
    response.setHeader("metadata-flavor", "Google");
    if (call.path.includes("/token")) json(response, { access_token: "machine", expires_in: 3600 });
    else json(response, {});
  });
  process.env.GCE_METADATA_HOST = new URL(metadata.url).host;
  process.env.METADATA_SERVER_DETECTION = "assume-present";
  const vertex = await scriptedServer((call, response) => {
    if (call.headers.authorization !== "Bearer machine") response.writeHead(401).end();
    else if (call.path === `${ENDPOINT}/chat/completions`) events(response, answerOf("Yes"));
    else response.writeHead(404).end();
  });
  const engine = await RemoteEngine.load({ endpoint: vertex.url + ENDPOINT, contextSize: 2048 });
  expect(engine.info).toMatchObject({ contextSize: 2048, projector: { imageSize: 896, imageTokens: 256 } });
  const seen = [];
  const parts = renderPrompt<never>([{ role: "user", content: "Hi" }]);
  for await (const event of engine.generate(parts, { maxTokens: 4 })) seen.push(event);
  expect(seen).toMatchObject([{ text: "Yes" }, { type: "done" }]);
  await expect(engine.tokenize("a", { special: false })).rejects.toMatchObject({
    code: "unsupported_by_endpoint",
    facts: { capability: "tokenize" },
  });
});

test("without credentials that is said, with what to do", async () => {
  process.env.METADATA_SERVER_DETECTION = "none";
  process.env.HOME = "/nonexistent";
  await expect(googleHeaders()()).rejects.toMatchObject({
    code: "endpoint_failed",
    facts: { reason: "credentials" },
    remedy: expect.stringContaining("gcloud auth application-default login"),
  });
});

test.each([
  ["https://123.europe-west4-9.prediction.vertexai.goog", true],
  ["https://europe-west4-aiplatform.googleapis.com", true],
  ["https://proxy.example.org", false],
  ["http://europe-west4-aiplatform.googleapis.com", false],
  ["http://127.0.0.1:80", true],
  ["http://[::1]", true],
  ["http://proxy.example.org", false],
  ["http://localhost.example.org", false],
])("%s may have a token: %s", (address, may) => {
  expect(mayHaveToken(address + ENDPOINT)).toBe(may);
});

test.each([
  ["https://123.europe-west4-9.prediction.vertexai.goog/v1/projects/p/locations/l/endpoints/123", true],
  ["https://europe-west4-aiplatform.googleapis.com/v1/projects/p/locations/l/endpoints/123", true],
  [`http://localhost:8000${ENDPOINT}`, true],
  ["https://vertexai.goog.example.org/v1", false],
  ["http://localhost:8000/v1", false],
])("%s is Vertex AI: %s", (address, vertex) => {
  expect(isVertex(address)).toBe(vertex);
});
