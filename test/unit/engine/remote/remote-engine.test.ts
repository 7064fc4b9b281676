import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { GenerationEvent } from "../../../../src/engine/engine.js";
import type { RemoteOptions } from "../../../../src/engine/remote/endpoint/remote-options.js";
import { RemoteEngine } from "../../../../src/engine/remote/remote-engine.js";

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function load(completion: RequestListener, options: Partial<RemoteOptions> = { endpointRetries: 1 }) {
  server = createServer((request, response) => {
    const json = (value: unknown) => response.end(JSON.stringify(value));
    request.resume();
    if (request.url === "/props") json({ model_path: "/srv/private/m.gguf", modalities: { vision: true } });
    else if (request.url === "/v1/models") json({ data: [] });
    else if (request.url === "/tokenize") json({ tokens: [1, 2] });
    else completion(request, response);
  });
  const listening = server;
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  const { port } = listening.address() as AddressInfo;
  return RemoteEngine.load({ endpoint: `http://127.0.0.1:${port}`, ...options });
}

/** Under a time limit that a busy machine may need several tries to load in. */
async function loadWithin(endpointTimeout: number, completion: Parameters<typeof load>[0]) {
  for (;;) {
    try {
      return await load(completion, { endpointRetries: 0, endpointTimeout });
    } catch (error) {
      expect(error).toMatchObject({ facts: { reason: "TimeoutError" } });
      server?.closeAllConnections();
      server?.close();
    }
  }
}

async function all(engine: RemoteEngine, signal?: AbortSignal): Promise<GenerationEvent[]> {
  const parts = [{ type: "text", text: "Hi", special: true }] as const;
  const events: GenerationEvent[] = [];
  for await (const event of engine.generate(parts, { maxTokens: 4, ...(signal && { signal }) }))
    events.push(event);
  return events;
}

const TEXT = 'data: {"content":"No","stop":false}\n\n';
const DONE =
  'data: {"content":"","stop":true,"stop_type":"limit","tokens_predicted":1,"tokens_evaluated":2}\n\n';

describe("RemoteEngine", () => {
  it("streams an answer and tells the model's name without its folder", async () => {
    const engine = await load((_, response) => response.end(TEXT + DONE));
    expect(await all(engine)).toMatchObject([
      { type: "text", text: "No" },
      { type: "done", finishReason: "length", usage: { promptTokens: 2, completionTokens: 1 } },
    ]);
    expect(JSON.stringify(engine.info)).not.toContain("private");
  });

  it.each([429, 503])("tries again after status %i", async (status) => {
    let calls = 0;
    const engine = await load((_, response) => {
      if (calls++ === 0) response.writeHead(status, { "retry-after": "0.01" }).end();
      else response.end(TEXT + DONE);
    });
    expect(await all(engine)).toHaveLength(2);
    expect(calls).toBe(2);
  });

  it("tells a prompt that is too long for the context from other failures", async () => {
    const error = {
      code: 400,
      message: "secret",
      type: "exceed_context_size_error",
      n_prompt_tokens: 99,
      n_ctx: 64,
    };
    const engine = await load((_, response) => response.writeHead(400).end(JSON.stringify({ error })));
    const failure = await all(engine).catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ code: "context_full", facts: { required: 99, available: 64 } });
    expect(String(failure)).not.toContain("secret");
  });

  it.each([302, 500])("fails on status %i without the body", async (status) => {
    const engine = await load((_, response) =>
      response.writeHead(status, { location: "/elsewhere" }).end("SECRET"),
    );
    const error = await all(engine).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "endpoint_failed", facts: { status } });
    expect(String(error)).not.toContain("SECRET");
  });

  it.each([401, 403])("tells refused credentials from other failures by status %i", async (status) => {
    const engine = await load((_, response) => response.writeHead(status).end("SECRET"));
    const error = await all(engine).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "endpoint_credentials", facts: { status } });
    expect(String(error)).not.toContain("SECRET");
  });

  it.each([
    ["a cut stream", TEXT],
    ["malformed JSON", "data: {SECRET\n\n"],
  ])("fails on %s", async (_, body) => {
    const engine = await load((_request, response) => response.end(body));
    const error = await all(engine).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "endpoint_failed" });
    expect(`${error} ${(error as Error).cause}`).not.toContain("SECRET");
  });

  it("closes the request on abort", async () => {
    const stop = new AbortController();
    let hasClosed = () => {};
    const closed = new Promise<void>((resolve) => {
      hasClosed = resolve;
    });
    const engine = await load((_, response) => {
      response.on("close", hasClosed);
      response.write(TEXT, () => stop.abort());
    });
    await expect(all(engine, stop.signal)).rejects.toMatchObject({ code: "aborted" });
    await closed;
  });

  it("ends what takes longer than the limit, before the answer and within it", async () => {
    const silent = await loadWithin(300, () => undefined);
    await expect(all(silent)).rejects.toMatchObject({
      code: "endpoint_failed",
      facts: { reason: "TimeoutError" },
    });
    const stuck = await loadWithin(300, (_, response) => response.write(TEXT));
    await expect(all(stuck)).rejects.toMatchObject({
      code: "endpoint_failed",
      facts: { reason: "TimeoutError" },
    });
  });

  it("says that nobody listens, after its tries", async () => {
    const free = createServer();
    await new Promise<void>((resolve) => free.listen(0, "127.0.0.1", resolve));
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    const refused = RemoteEngine.load({ endpoint: `http://127.0.0.1:${port}`, endpointRetries: 1 });
    await expect(refused).rejects.toMatchObject({
      code: "endpoint_failed",
      facts: { reason: "ECONNREFUSED" },
    });
  });

  it("gives up a busy endpoint after its tries", async () => {
    let calls = 0;
    const engine = await load((_, response) => {
      calls++;
      response.writeHead(503).end();
    });
    await expect(all(engine)).rejects.toMatchObject({ code: "endpoint_failed", facts: { status: 503 } });
    expect(calls).toBe(2);
  });

  it("ends what runs on dispose, and takes nothing more", async () => {
    const engine = await load((_, response) => response.write(TEXT));
    const answer = all(engine);
    setTimeout(() => engine.dispose(), 50);
    await expect(answer).rejects.toMatchObject({ code: "disposed" });
    await expect(all(engine)).rejects.toMatchObject({ code: "disposed" });
    await expect(engine.tokenize("a", { special: false })).rejects.toMatchObject({ code: "disposed" });
    await engine.dispose();
  });

  it("ends a tokenisation on dispose too", async () => {
    const engine = await load(() => undefined);
    server?.removeAllListeners("request");
    server?.on("request", () => undefined);
    const tokens = engine.tokenize("a", { special: false });
    setTimeout(() => engine.dispose(), 50);
    await expect(tokens).rejects.toMatchObject({ code: "disposed" });
  });

  it("refuses another model than the one that was named", async () => {
    await expect(load(() => undefined, { endpointModel: "other" })).rejects.toMatchObject({
      code: "unsupported_by_endpoint",
      facts: { capability: "model" },
    });
    const engine = await load(() => undefined, { endpointModel: "m", contextSize: 512 });
    expect(engine.info).toMatchObject({ contextSize: 512, model: { name: "m" } });
  });

  it("refuses what the endpoint does not offer", async () => {
    const engine = await load((_, response) => response.end());
    await expect(engine.encode()).rejects.toMatchObject({ code: "unsupported_by_endpoint" });
  });
});
