import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { isThere } from "../../../../src/engine/remote/http/http.js";
import { RemoteEngine } from "../../../../src/engine/remote/remote-engine.js";
import { renderPrompt } from "../../../../src/prompt/render.js";
import { until } from "../../../support/until.js";
import { answerOf, events, type Script, scriptedServer, vllm } from "./scripted-server.js";

const QUESTION = renderPrompt<never>([{ role: "user", content: "Hi" }]);
type Options = { priority?: "batch" | "interactive"; signal?: AbortSignal };

async function ask(engine: RemoteEngine, options: Options = {}): Promise<string> {
  let text = "";
  for await (const event of engine.generate(QUESTION, { maxTokens: 8, ...options }))
    if (event.type === "text") text += event.text;
  return text;
}

/** Answers when it is told to. */
function held() {
  const waiting: (() => void)[] = [];
  const script: Script = (_, response) =>
    void waiting.push(() => events(response, answerOf(String(waiting.length))));
  return { waiting, script };
}

const completions = (server: { calls: readonly { path: string }[] }) =>
  server.calls.filter(({ path }) => path === "/v1/chat/completions").length;

test("requests go where the fewest run, and no more at once than there are places", async () => {
  const [left, right] = [held(), held()];
  const servers = [await scriptedServer(vllm(left.script)), await scriptedServer(vllm(right.script))];
  const engine = await RemoteEngine.load({ endpoint: servers.map(({ url }) => url), parallel: 2 });
  const answers = Array.from({ length: 6 }, () => ask(engine));
  await until(() => expect([left.waiting.length, right.waiting.length]).toEqual([2, 2]));
  await sleep(50);
  expect([left.waiting.length, right.waiting.length]).toEqual([2, 2]);
  expect((await engine.stats()).requests).toMatchObject({ running: 4, waiting: 2 });
  left.waiting[0]?.();
  left.waiting[1]?.();
  await until(() => expect(left.waiting).toHaveLength(4));
  for (const answer of [...left.waiting.slice(2), ...right.waiting]) answer();
  await Promise.all(answers);
  expect((await engine.stats()).requests).toMatchObject({ running: 0, waiting: 0, completed: 6 });
});

test("who waits: interactive before batch, no more than the queue holds, and not after an abort", async () => {
  const { waiting, script } = held();
  const server = await scriptedServer(vllm(script));
  const engine = await RemoteEngine.load({ endpoint: server.url, parallel: 1, queueSize: 3 });
  const order: string[] = [];
  const first = ask(engine);
  await until(() => expect(waiting).toHaveLength(1));
  const stop = new AbortController();
  const batch = ask(engine, { priority: "batch" }).then(() => order.push("batch"));
  const aborted = ask(engine, { signal: stop.signal });
  const interactive = ask(engine).then(() => order.push("interactive"));
  await until(async () => expect((await engine.stats()).requests.waiting).toBe(3));
  await expect(ask(engine)).rejects.toMatchObject({ code: "queue_full" });
  stop.abort();
  await expect(aborted).rejects.toMatchObject({ code: "aborted" });
  for (const count of [1, 2, 3]) {
    await until(() => expect(waiting).toHaveLength(count));
    waiting[count - 1]?.();
  }
  await Promise.all([first, batch, interactive]);
  expect(order).toEqual(["interactive", "batch"]);
});

test("what waits is let go on dispose", async () => {
  const { waiting, script } = held();
  const server = await scriptedServer(vllm(script));
  const engine = await RemoteEngine.load({ endpoint: server.url, parallel: 1 });
  const answers = [ask(engine), ask(engine)];
  const rejected = answers.map((answer) => expect(answer).rejects.toMatchObject({ code: "disposed" }));
  await until(() => expect(waiting).toHaveLength(1));
  await engine.dispose();
  await Promise.all(rejected);
});

test("a place is free again when the caller breaks off", async () => {
  const server = await scriptedServer(vllm((_, response) => events(response, answerOf("Yes"))));
  const engine = await RemoteEngine.load({ endpoint: server.url, parallel: 1 });
  for await (const _ of engine.generate(QUESTION, { maxTokens: 8 })) break;
  expect(await ask(engine)).toBe("Yes");
  expect((await engine.stats()).requests).toMatchObject({ running: 0, completed: 1, cancelled: 1 });
});

test.each([429, 503, 502])(
  "a status %i of one is answered by another, which goes on alone",
  async (status) => {
    const busy = await scriptedServer(vllm((_, response) => response.writeHead(status).end()));
    const free = await scriptedServer(vllm((_, response) => events(response, answerOf("Yes"))));
    const engine = await RemoteEngine.load({ endpoint: [busy.url, free.url] });
    expect(await Promise.all([ask(engine), ask(engine)])).toEqual(["Yes", "Yes"]);
    expect(await ask(engine)).toBe("Yes");
    expect(completions(busy)).toBe(1);
  },
);

test("an endpoint that comes back is asked again", async () => {
  const lost = await scriptedServer(vllm((_, response) => events(response, answerOf("left"))));
  const other = await scriptedServer(vllm((_, response) => events(response, answerOf("right"))));
  const engine = await RemoteEngine.load({ endpoint: [lost.url, other.url] });
  await lost.close();
  expect(await ask(engine)).toBe("right");
  await lost.open();
  // The health check asks after 5 seconds.
  await until(async () => expect(await ask(engine)).toBe("left"));
  await engine.dispose();
});

test("a gateway that hides the path of the health check is there", async () => {
  const hiding = await scriptedServer((_, response) => response.writeHead(404).end());
  const gone = await scriptedServer((_, response) => response.writeHead(502).end());
  const { signal } = new AbortController();
  const connection = { headers: async () => ({}), retries: 0, timeout: 5000 };
  expect(await isThere({ ...connection, url: hiding.url }, "/health", signal)).toBe(true);
  expect(await isThere({ ...connection, url: gone.url }, "/health", signal)).toBe(false);
});

test("when none answers, that is said after the tries", async () => {
  const servers = [0, 1].map(() => scriptedServer(vllm((_, response) => response.writeHead(503).end())));
  const [left, right] = await Promise.all(servers);
  const engine = await RemoteEngine.load({
    endpoint: [left?.url ?? "", right?.url ?? ""],
    endpointRetries: 1,
  });
  await expect(ask(engine)).rejects.toMatchObject({
    code: "endpoint_failed",
    facts: { status: 503, endpoint: new URL(right?.url ?? "").host },
  });
  expect([completions(left as never), completions(right as never)]).toEqual([2, 2]);
  await engine.dispose();
});

test("an answer that has begun is not begun again elsewhere", async () => {
  const cut: Script = (_, response) => {
    response.write('data: {"choices":[{"delta":{"content":"Ye"}}]}\n\n', () => response.destroy());
  };
  const servers = [await scriptedServer(vllm(cut)), await scriptedServer(vllm(cut))];
  const engine = await RemoteEngine.load({ endpoint: servers.map(({ url }) => url) });
  await expect(ask(engine)).rejects.toMatchObject({ code: "endpoint_failed" });
  expect(servers.map(completions)).toEqual([1, 0]);
});

test("endpoints of different models are refused", async () => {
  const one = await scriptedServer(vllm((_, response) => response.end()));
  const other = await scriptedServer((_, response) =>
    response.end(JSON.stringify({ data: [{ id: "other", owned_by: "vllm" }] })),
  );
  await expect(RemoteEngine.load({ endpoint: [one.url, other.url] })).rejects.toMatchObject({
    code: "bad_option",
    facts: { models: ["google/medgemma-4b-it", "other"] },
  });
});

test("one that is dead and one that is busy once: the busy one is asked again", async () => {
  let calls = 0;
  const dead = await scriptedServer(vllm((_, response) => response.end()));
  const busy = await scriptedServer(
    vllm((_, response) => {
      if (calls++ === 0) response.writeHead(429).end();
      else events(response, answerOf("Yes"));
    }),
  );
  const engine = await RemoteEngine.load({ endpoint: [dead.url, busy.url] });
  await dead.close();
  expect(await ask(engine)).toBe("Yes");
  await engine.dispose();
});

test("a server that dies before its first word is not missed", async () => {
  const dying: Script = (_, response) => {
    response.write('data: {"choices":[{"delta":{"role":"assistant","content":""}}]}\n\n', () =>
      response.destroy(),
    );
  };
  const servers = [
    await scriptedServer(vllm(dying)),
    await scriptedServer(vllm((_, response) => events(response, answerOf("Yes")))),
  ];
  const engine = await RemoteEngine.load({ endpoint: servers.map(({ url }) => url) });
  expect(await ask(engine)).toBe("Yes");
  await engine.dispose();
});

test("what was admitted is not refused when its endpoint fails", async () => {
  const failing: (() => void)[] = [];
  const held: (() => void)[] = [];
  const servers = [
    await scriptedServer(vllm((_, response) => void failing.push(() => response.writeHead(503).end()))),
    await scriptedServer(vllm((_, response) => void held.push(() => events(response, answerOf("Yes"))))),
  ];
  const engine = await RemoteEngine.load({
    endpoint: servers.map(({ url }) => url),
    parallel: 1,
    queueSize: 1,
  });
  const answers = [ask(engine), ask(engine), ask(engine)];
  await until(() => expect([failing.length, held.length]).toEqual([1, 1]));
  failing[0]?.();
  for (const count of [1, 2, 3]) {
    await until(() => expect(held).toHaveLength(count));
    held[count - 1]?.();
  }
  expect(await Promise.all(answers)).toEqual(["Yes", "Yes", "Yes"]);
  await engine.dispose();
});

test("a token count and a score are completed work, not cancelled", async () => {
  const server = await scriptedServer(vllm((_, response) => response.end()));
  const engine = await RemoteEngine.load({ endpoint: server.url });
  await engine.tokenize("a", { special: false });
  expect((await engine.stats()).requests).toMatchObject({ completed: 1, cancelled: 0, running: 0 });
});
