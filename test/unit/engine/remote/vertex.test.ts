import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { googleHeaders, isVertex, mayHaveToken } from "../../../../src/engine/remote/http/google-auth.js";
import { request } from "../../../../src/engine/remote/http/http.js";
import { RemoteEngine } from "../../../../src/engine/remote/remote-engine.js";
import { renderPrompt } from "../../../../src/prompt/render.js";
import { withoutVariables } from "./environment.js";
import { answerOf, events, json, type Script, scriptedServer } from "./scripted-server.js";

// Google's library asks the machine for a token at this address, as on Compute Engine.
withoutVariables("GCE_METADATA_HOST", "METADATA_SERVER_DETECTION", "GOOGLE_APPLICATION_CREDENTIALS", "HOME");

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

const NEVER = new AbortController().signal;

/** Credentials of another cloud's machine, whose token a server of the test's exchanges for one of Google's. */
async function tokensFrom(script: Script): Promise<void> {
  const server = await scriptedServer(script, "form");
  const folder = await mkdtemp(path.join(tmpdir(), "medgemma-credentials-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(path.join(folder, "token"), "SECRET");
  const credentials = {
    type: "external_account",
    audience: "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q",
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    token_url: `${server.url}/v1/token`,
    credential_source: { file: path.join(folder, "token") },
  };
  const file = path.join(folder, "credentials.json");
  await writeFile(file, JSON.stringify(credentials));
  process.env.GOOGLE_APPLICATION_CREDENTIALS = file;
}

test("credentials that Google refuses are told from an outage of Google's", async () => {
  await tokensFrom((_, response) =>
    json(response, { error: "invalid_grant", error_description: "SECRET" }, 400),
  );
  const refused = await googleHeaders()(NEVER).catch((error) => error);
  expect(refused).toMatchObject({ code: "endpoint_credentials", facts: { reason: "google_credentials" } });
  expect(`${refused.message} ${refused.remedy} ${JSON.stringify(refused.facts)}`).not.toContain("SECRET");
  await tokensFrom((_, response) => json(response, {}, 503));
  await expect(googleHeaders()(NEVER)).rejects.toMatchObject({
    code: "endpoint_failed",
    facts: { reason: "status 503", of: "google_token" },
  });
  await tokensFrom((_, response) => response.destroy());
  await expect(googleHeaders()(NEVER)).rejects.toMatchObject({
    code: "endpoint_failed",
    facts: { reason: "ECONNRESET", of: "google_token" },
  });
});

test("an abort while Google is asked is an abort, and the time limit one", async () => {
  const stop = new AbortController();
  await tokensFrom(() => stop.abort());
  const connection = { url: "http://127.0.0.1:1", headers: googleHeaders(), retries: 0, timeout: 60_000 };
  await expect(request(connection, "/", undefined, stop.signal)).rejects.toMatchObject({ code: "aborted" });
  await tokensFrom(() => undefined);
  const quick = { ...connection, headers: googleHeaders(), timeout: 300 };
  await expect(request(quick, "/", undefined, NEVER)).rejects.toMatchObject({
    code: "endpoint_failed",
    facts: { reason: "TimeoutError" },
  });
});

test("without credentials that is said, with what to do", async () => {
  process.env.METADATA_SERVER_DETECTION = "none";
  process.env.HOME = "/nonexistent";
  await expect(googleHeaders()(NEVER)).rejects.toMatchObject({
    code: "endpoint_credentials",
    facts: { reason: "google_credentials" },
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
