import { expect, test, vi } from "vitest";
import type { GenerateOptions, PromptPart } from "../../../../src/engine/engine.js";
import { RemoteEngine } from "../../../../src/engine/remote/remote-engine.js";
import { renderPrompt } from "../../../../src/prompt/render.js";
import { until } from "../../../support/until.js";
import { answerOf, events, json, type Script, scriptedServer, vllm } from "./scripted-server.js";

const QUESTION = renderPrompt<never>([{ role: "user", content: "Hi" }]);
const BEGUN: PromptPart[] = [...QUESTION, { type: "text", text: "The", special: false }];
const MODEL = "google/medgemma-4b-it";

async function ask(
  engine: RemoteEngine,
  parts: readonly PromptPart[] = QUESTION,
  options: Partial<GenerateOptions> = {},
): Promise<string> {
  let text = "";
  for await (const event of engine.generate(parts, { maxTokens: 8, ...options }))
    if (event.type === "text") text += event.text;
  return text;
}

const says = (text: string): Script => vllm((_, response) => events(response, answerOf(text)));
const host = ({ url }: { url: string }) => new URL(url).host;

/** Chat completions of nobody in particular: no tokens, no beginnings of answers. */
const plain =
  (text: string): Script =>
  (call, response) => {
    if (call.path === "/v1/models") json(response, { data: [{ id: MODEL }] });
    else if (call.path === "/v1/chat/completions") events(response, answerOf(text));
    else response.writeHead(404).end();
  };

/** A llama-server of the same name, which knows grammars. */
const llama: Script = (call, response) => {
  if (call.path === "/props") json(response, { model_path: "/srv/m.gguf" });
  else if (call.path === "/v1/models") json(response, { data: [{ id: "m" }] });
  else if (call.path === "/tokenize") json(response, { tokens: [1] });
  else if (call.path === "/completion") events(response, [{ content: "llama" }, { content: "", stop: true }]);
  else response.writeHead(404).end();
};

test("a request goes only where what it needs is offered", async () => {
  const servers = [await scriptedServer(plain("plain")), await scriptedServer(says("vllm"))];
  const engine = await RemoteEngine.load({ endpoint: servers.map(({ url }) => url) });
  expect(engine.info.capabilities).toMatchObject({ prefill: true, grammar: false });
  expect(await Promise.all([0, 1, 2].map(() => ask(engine, BEGUN)))).toEqual(["vllm", "vllm", "vllm"]);
  expect(Array.from(await engine.tokenize("a", { special: false }))).toEqual([1, 2, 3]);
  expect(await ask(engine)).toBe("plain");
  const sent = servers.map(({ calls }) => calls.length);
  for (const [capability, parts, options] of [
    ["grammar", QUESTION, { grammar: 'root ::= "a"' }],
    ["tokenize", undefined, {}],
  ] as const) {
    const work = parts ? ask(engine, parts, options) : engine.tokenize("a", { special: true });
    await expect(work).rejects.toMatchObject({ code: "unsupported_by_endpoint", facts: { capability } });
  }
  expect(servers.map(({ calls }) => calls.length)).toEqual(sent);
});

test("a grammar goes to the llama-server of a pool", async () => {
  const named = plain("plain");
  const other: Script = (call, response) =>
    call.path === "/v1/models" ? json(response, { data: [{ id: "m" }] }) : named(call, response);
  const servers = [await scriptedServer(other), await scriptedServer(llama)];
  const engine = await RemoteEngine.load({ endpoint: servers.map(({ url }) => url) });
  const grammar = 'root ::= "llama"';
  expect(await Promise.all([0, 1, 2].map(() => ask(engine, QUESTION, { grammar })))).toEqual(
    Array(3).fill("llama"),
  );
});

test("an endpoint without prefill refuses it before anything is sent", async () => {
  const server = await scriptedServer(plain("plain"));
  const engine = await RemoteEngine.load({ endpoint: server.url });
  const sent = server.calls.length;
  await expect(ask(engine, BEGUN)).rejects.toMatchObject({ facts: { capability: "prefill" } });
  expect(server.calls).toHaveLength(sent);
});

test("what waits for one endpoint keeps nobody from another", async () => {
  const held: (() => void)[] = [];
  const holding = vllm((_, response) => void held.push(() => events(response, answerOf("vllm"))));
  const servers = [await scriptedServer(plain("plain")), await scriptedServer(holding)];
  const engine = await RemoteEngine.load({ endpoint: servers.map(({ url }) => url), parallel: 1 });
  const waiting = [ask(engine, BEGUN), ask(engine, BEGUN)];
  await until(() => expect(held).toHaveLength(1));
  expect(await Promise.all([ask(engine), ask(engine)])).toEqual(["plain", "plain"]);
  held[0]?.();
  await until(() => expect(held).toHaveLength(2));
  held[1]?.();
  expect(await Promise.all(waiting)).toEqual(["vllm", "vllm"]);
});

test("an error names the endpoint by its host only", async () => {
  const failing = vllm((_, response) => response.writeHead(500).end());
  const servers = [await scriptedServer(failing), await scriptedServer(failing)];
  const engine = await RemoteEngine.load({
    endpoint: servers.map(({ url }) => url),
    apiKey: "SECRET",
  });
  const failure = await ask(engine).catch((error) => error);
  expect(failure).toMatchObject({
    code: "endpoint_failed",
    facts: { status: 500, endpoint: host(servers[1] as never) },
  });
  expect(JSON.stringify(failure)).not.toContain("SECRET");
});

test("endpoints of one host are told apart, as two of Vertex AI without names", async () => {
  const server = await scriptedServer((call, response) => {
    if (call.path.includes("/endpoints/1/")) events(response, answerOf("one"));
    else response.writeHead(400).end();
  });
  const place = `${server.url}/v1/projects/SECRET/locations/l/endpoints`;
  const engine = await RemoteEngine.load({ endpoint: [`${place}/1`, `${place}/2`], apiKey: "key" });
  const [one, two] = [ask(engine), ask(engine)];
  expect(await one).toBe("one");
  await expect(two).rejects.toMatchObject({ facts: { status: 400, endpoint: `${host(server)}#2` } });
  const { endpoints } = await engine.stats();
  expect(endpoints).toEqual([
    { name: host(server), state: "up", running: 0, completed: 1, failed: 0 },
    { name: `${host(server)}#2`, state: "up", running: 0, completed: 0, failed: 1 },
  ]);
});

test("a pool begins without an endpoint that is out of order, says so once, and takes it in later", async () => {
  const [there, late] = [await scriptedServer(says("there")), await scriptedServer(says("late"))];
  await late.close();
  const onLog = vi.fn();
  const engine = await RemoteEngine.load({ endpoint: [late.url, there.url], onLog });
  expect(onLog.mock.calls).toEqual([["warning", expect.stringContaining(host(late))]]);
  expect(await Promise.all([ask(engine), ask(engine)])).toEqual(["there", "there"]);
  expect((await engine.stats()).endpoints).toMatchObject([{ state: "down" }, { state: "up", completed: 2 }]);
  await late.open();
  await until(async () => expect(await ask(engine)).toBe("late"));
  expect(onLog.mock.calls.filter(([level]) => level === "warning")).toHaveLength(1);
  await engine.dispose();
});

test("one that comes late with another model stays out, which is said once", async () => {
  const there = await scriptedServer(says("there"));
  const other = await scriptedServer((_, response) => json(response, { data: [{ id: "other" }] }));
  await other.close();
  const onLog = vi.fn();
  const engine = await RemoteEngine.load({ endpoint: [other.url, there.url], onLog });
  await other.open();
  await until(() => expect(onLog).toHaveBeenCalledTimes(2));
  expect(onLog.mock.lastCall).toEqual(["warning", expect.stringContaining("another model")]);
  expect(await Promise.all([ask(engine), ask(engine)])).toEqual(["there", "there"]);
  await engine.dispose();
});

test("a pool does not begin when none answers, or one is wrongly named or refuses the key", async () => {
  const servers = [await scriptedServer(says("a")), await scriptedServer(says("b"))];
  const endpoint = servers.map(({ url }) => url);
  const refusing = await scriptedServer((_, response) => response.writeHead(401).end());
  await expect(
    RemoteEngine.load({ endpoint: [...endpoint, refusing.url], endpointRetries: 0 }),
  ).rejects.toMatchObject({ code: "endpoint_credentials", facts: { endpoint: host(refusing) } });
  await expect(RemoteEngine.load({ endpoint, endpointModel: "other" })).rejects.toMatchObject({
    code: "unsupported_by_endpoint",
  });
  for (const server of servers) await server.close();
  await expect(RemoteEngine.load({ endpoint })).rejects.toMatchObject({
    code: "endpoint_failed",
    facts: { reason: "ECONNREFUSED", endpoint: host(servers[0] as never) },
  });
});

test("without a log the process is warned of a missing endpoint", async () => {
  const [there, gone] = [await scriptedServer(says("there")), await scriptedServer(says("gone"))];
  await gone.close();
  const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
  const engine = await RemoteEngine.load({ endpoint: [there.url, gone.url] });
  expect(warned.mock.calls).toEqual([
    [expect.stringContaining(host(gone)), expect.objectContaining({ code: "MEDGEMMA_ENDPOINT" })],
  ]);
  warned.mockRestore();
  await engine.dispose();
});

/** Takes the credentials until told. */
function gate(text: string) {
  let status = 200;
  const script = vllm((_, response) => {
    if (status === 200) events(response, answerOf(text));
    else response.writeHead(status).end();
  });
  return {
    script,
    answerWith: (next: number) => {
      status = next;
    },
  };
}

test.each([401, 403])(
  "one that refuses the credentials with %i while it runs is left alone",
  async (status) => {
    const gates = [gate("first"), gate("second")] as const;
    const servers = [await scriptedServer(gates[0].script), await scriptedServer(gates[1].script)];
    const engine = await RemoteEngine.load({ endpoint: servers.map(({ url }) => url), endpointRetries: 0 });
    gates[0].answerWith(status);
    expect(await Promise.all([0, 1, 2].map(() => ask(engine)))).toEqual(Array(3).fill("second"));
    const { endpoints } = await engine.stats();
    expect(endpoints?.map(({ state }) => state)).toEqual(["down", "up"]);
    // What one refuses and the other cannot do now is no matter of credentials alone.
    gates[1].answerWith(503);
    await expect(ask(engine)).rejects.toMatchObject({ code: "endpoint_failed", facts: { status: 503 } });
    gates[1].answerWith(status);
    await expect(ask(engine)).rejects.toMatchObject({ code: "endpoint_credentials", facts: { status } });
    await engine.dispose();
  },
);
